import type { TimersPower } from "@lathe/kernel";

/** Aborts `signal` when something that is waited for takes too long: the daemon says a word every few seconds. */
export class IdleWatch {
  readonly #timers: TimersPower;
  readonly #idleMs: number;
  readonly #idle = new AbortController();
  readonly signal: AbortSignal;

  /** @param signal aborts the watch's own signal too */
  constructor(timers: TimersPower, idleMs: number, signal: AbortSignal) {
    this.#timers = timers;
    this.#idleMs = idleMs;
    this.signal = AbortSignal.any([signal, this.#idle.signal]);
  }

  /** Does the work under watch. Only waiting counts: what the consumer does in between may take as long as it likes. */
  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    const release = this.#timers.after(this.#idleMs, () => {
      this.#idle.abort(new Error(`nothing came for ${this.#idleMs} ms`));
    });
    try {
      return await work();
    } finally {
      release();
    }
  }
}
