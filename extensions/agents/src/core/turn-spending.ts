// What one turn may use by the budget of its own run, and what it has used. A turn that goes on after a crash begins with
// what was stored.
//
// Invariants
//   S1  What is stored with a step is what was used by its end, however far the turn has run ahead of the disk.
//   S2  What a complete step has used is counted once: as stored, or as told by the turn, and never as both. So is what an
//       answer has used that was whole at a crash, which is not asked for again.
import {
  type Budget,
  type BudgetLimits,
  createLedger,
  type DurableEvent,
  type ModelPrices,
  noUsage,
  type PendingStep,
  type RunSpending,
} from "@lathe/kernel";

export class TurnSpending {
  /** For the turn. */
  readonly budget: Budget;
  readonly #limits: BudgetLimits;
  readonly #account: ReturnType<typeof createLedger>;
  readonly #byTheEndOf = new WeakMap<DurableEvent, RunSpending>();

  /**
   * @param before what was stored with the last complete step
   * @param pending the step behind it, where its answer is whole
   */
  constructor(before: RunSpending, pending: PendingStep | null, prices: ModelPrices) {
    const { limits, spentTokens: tokens, spentUsd: usd } = before;
    this.#limits = limits;
    // Nothing is set aside for last words: a turn that is over its budget keeps what it has, and says no more.
    this.#account = createLedger({ limits, priceOf: (model) => prices.priceOf(model), reserveFraction: 0 });
    this.#account.restore({ tokens, usd, usage: noUsage, unknownSteps: 0, unpricedSteps: 0 });
    const budget = this.#account.admit(0) ?? this.#account.wrapUp(0);
    if (pending !== null && pending.usage !== null) budget.restore(pending.usage, pending);
    this.budget = budget;
  }

  /** What was used so far. */
  get spent(): RunSpending {
    const { tokens: spentTokens, usd: spentUsd } = this.#account.spent();
    return { limits: this.#limits, spentTokens, spentUsd };
  }

  /** Takes note of what was used by the end of these events, which the turn says now. */
  mark(events: readonly DurableEvent[]): void {
    const last = events.at(-1);
    if (last !== undefined) this.#byTheEndOf.set(last, this.spent);
  }

  /** What was used by the end of these events; of those that no turn has said, by now. */
  spentBy(events: readonly DurableEvent[]): RunSpending {
    const last = events.at(-1);
    return (last && this.#byTheEndOf.get(last)) ?? this.spent;
  }
}

/** A turn that has not used anything. */
export function beginSpending(limits: BudgetLimits, prices: ModelPrices): TurnSpending {
  return new TurnSpending({ limits, spentTokens: 0, spentUsd: 0 }, null, prices);
}
