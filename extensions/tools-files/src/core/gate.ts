/** Lets a number of pieces of work run at a time; the others wait, first come, first served. */
export class Gate {
  #freeCount: number;
  readonly #waiting = new Set<() => void>();

  constructor(atOnceMax: number) {
    this.#freeCount = atOnceMax;
  }

  /** Settles with how to leave again; with undefined, and nothing to leave, when `signal` aborts before its turn. */
  async enter(signal: AbortSignal): Promise<(() => void) | undefined> {
    if (signal.aborted) return undefined;
    if (this.#freeCount > 0) this.#freeCount--;
    else if (!(await this.#waitForTurn(signal))) return undefined;
    return () => this.#leave();
  }

  async #waitForTurn(signal: AbortSignal): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const onTurn = () => resolve(true);
    const onAbort = () => {
      // Whoever was already let in has the place and must leave it again.
      if (this.#waiting.delete(onTurn)) resolve(false);
    };
    this.#waiting.add(onTurn);
    signal.addEventListener("abort", onAbort);
    const isIn = await promise;
    signal.removeEventListener("abort", onAbort);
    return isIn;
  }

  #leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#freeCount++;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
