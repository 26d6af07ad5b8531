// Between the check of a version and the rename nothing else of this daemon may rename to the same path.

const lastTurns = new Map<string, Promise<unknown>>();

/** Runs `work` after all earlier work on the same key has settled. */
export function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
  const before = lastTurns.get(key) ?? Promise.resolve();
  const turn = before.then(work, work);
  lastTurns.set(key, turn);
  const forget = () => {
    if (lastTurns.get(key) === turn) lastTurns.delete(key);
  };
  turn.then(forget, forget);
  return turn;
}
