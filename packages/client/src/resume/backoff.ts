/** Waits between attempts: exponential, with full jitter, so that many clients that were cut together come back apart. */
export interface BackoffSettings {
  /** The first wait is up to this long. */
  readonly baseMs: number;
  /** No wait is longer, but for what the daemon itself asks for. */
  readonly maxMs: number;
}

export class Backoff {
  readonly #settings: BackoffSettings;
  readonly #random: () => number;
  #failureCount = 0;

  constructor(settings: BackoffSettings, random: () => number) {
    this.#settings = settings;
    this.#random = random;
  }

  /** How often in a row it went wrong. */
  get failureCount(): number {
    return this.#failureCount;
  }

  /** How long to wait now. @param atLeastMs what the daemon asks for; the jitter comes on top of it */
  nextMs(atLeastMs = 0): number {
    const { baseMs, maxMs } = this.#settings;
    const most = Math.min(maxMs, baseMs * 2 ** this.#failureCount);
    this.#failureCount += 1;
    return atLeastMs + this.#random() * most;
  }

  /** It went well: the next wait is a first one. */
  reset(): void {
    this.#failureCount = 0;
  }
}
