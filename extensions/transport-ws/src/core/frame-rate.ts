/** A token bucket: `perSecond` frames in a second on the average, and twice as many at once. */
export class FrameRate {
  readonly #perSecond: number;
  readonly #burst: number;
  #left: number;
  #refilledMs: number;

  constructor(perSecond: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#burst = 2 * perSecond;
    this.#left = this.#burst;
    this.#refilledMs = nowMs;
  }

  /** False where it is one too many. */
  take(nowMs: number): boolean {
    const earned = ((nowMs - this.#refilledMs) / 1_000) * this.#perSecond;
    this.#left = Math.min(this.#burst, this.#left + earned);
    this.#refilledMs = nowMs;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
