import type { TimersPower } from "@lathe/kernel";

const intervalMsMin = 1_000;

export interface HeartbeatParts {
  readonly timers: TimersPower;
  /** How often the other side says something at least. */
  readonly intervalMs: number;
  /** Called after a silence: whatever comes back is a sign of life. */
  readonly ask: () => void;
  /** Called once, after a silence that a question did not end. */
  readonly onSilent: () => void;
}

/** A connection that is dead does not say so: after a silence the other side is asked, and then given up. */
export class Heartbeat {
  readonly #parts: HeartbeatParts;
  #isHeard = true;
  #isAsked = false;
  #release: () => void = () => {};

  constructor(parts: HeartbeatParts) {
    this.#parts = parts;
    this.#look();
  }

  heard(): void {
    this.#isHeard = true;
  }

  close(): void {
    this.#release();
  }

  #look(): void {
    const { timers, intervalMs, ask, onSilent } = this.#parts;
    if (!this.#isHeard && this.#isAsked) {
      onSilent();
      return;
    }
    this.#isAsked = !this.#isHeard;
    if (this.#isAsked) ask();
    this.#isHeard = false;
    this.#release = timers.after(Math.max(intervalMsMin, intervalMs), () => this.#look());
  }
}
