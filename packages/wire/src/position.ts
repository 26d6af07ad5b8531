/** A position that no log has: whoever asks for what comes after it is answered with a `reset`. */
const nowhere = Number.MAX_SAFE_INTEGER;

/**
 * The position that a client says it has, as it was sent: in `Last-Event-ID`, which may hold anything, or where there is
 * none in its input. What is no whole number from 0 is one that no log has, so that nothing is left out unseen.
 */
export function positionAsked(lastEventId: string | undefined, otherwise: number | string): number {
  const asked = lastEventId ?? otherwise;
  const position = typeof asked === "number" ? asked : /^\d{1,16}$/.test(asked) ? Number(asked) : nowhere;
  return Number.isSafeInteger(position) && position >= 0 ? position : nowhere;
}
