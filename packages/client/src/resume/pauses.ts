import type { TimersPower } from "@lathe/kernel";

/** Waits that can be cut short all at once, when somebody does not want to wait any longer. */
export class Pauses {
  readonly #timers: TimersPower;
  #hurry = new AbortController();

  constructor(timers: TimersPower) {
    this.#timers = timers;
  }

  /** Settles after `ms`, or when there is hurry. Throws the signal's reason as soon as it aborts. */
  async pause(ms: number, signal: AbortSignal): Promise<void> {
    await this.#timers.sleep(ms, AbortSignal.any([signal, this.#hurry.signal]));
    signal.throwIfAborted();
  }

  hurry(): void {
    this.#hurry.abort();
    this.#hurry = new AbortController();
  }
}
