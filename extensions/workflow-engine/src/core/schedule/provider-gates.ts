// One gate for each provider, for the agents of all runs: when it says that it has too much to do, fewer go through at a
// time and nobody begins until it may be asked again; with every answer one more may. A wave of agents then waits, instead
// of failing together.
//
// The rule is that of TCP's congestion window (RFC 5681): halve on trouble, add one for each window of successes.
import type { TimersPower } from "@lathe/kernel";
import { type ReleaseSlot, Slots } from "./slots.ts";

export interface ProviderGatesDesk {
  readonly timers: Pick<TimersPower, "after">;
  /** Agents that one provider answers at the same time, at most. */
  readonly countMax: number;
}

export class ProviderGates {
  readonly #desk: ProviderGatesDesk;
  readonly #gates = new Map<string, ProviderGate>();

  constructor(desk: ProviderGatesDesk) {
    this.#desk = desk;
  }

  of(provider: string): ProviderGate {
    const known = this.#gates.get(provider);
    if (known !== undefined) return known;
    const gate = new ProviderGate(this.#desk);
    this.#gates.set(provider, gate);
    return gate;
  }
}

export class ProviderGate {
  readonly #desk: ProviderGatesDesk;
  readonly #slots: Slots;
  #window: number;
  #successes = 0;
  #stopHolding: (() => void) | undefined;

  constructor(desk: ProviderGatesDesk) {
    this.#desk = desk;
    this.#window = desk.countMax;
    this.#slots = new Slots(desk.countMax);
  }

  /** How many may go through at a time now. */
  get window(): number {
    return this.#window;
  }

  get isHeld(): boolean {
    return this.#stopHolding !== undefined;
  }

  /** As `Slots.take`. */
  enter(signal: AbortSignal): Promise<ReleaseSlot | undefined> {
    return this.#slots.take(signal);
  }

  /** The provider has refused somebody for so long. Refusals of one wave, while it is held, count as one. */
  onBusy(delayMs: number): void {
    if (!this.isHeld) this.#window = Math.max(1, Math.floor(this.#window / 2));
    this.#successes = 0;
    this.#stopHolding?.();
    this.#slots.resize(0);
    this.#stopHolding = this.#desk.timers.after(delayMs, () => {
      this.#stopHolding = undefined;
      this.#slots.resize(this.#window);
    });
  }

  onAnswered(): void {
    if (this.#window >= this.#desk.countMax) return;
    this.#successes += 1;
    if (this.#successes < this.#window) return;
    this.#successes = 0;
    this.#window += 1;
    if (!this.isHeld) this.#slots.resize(this.#window);
  }
}
