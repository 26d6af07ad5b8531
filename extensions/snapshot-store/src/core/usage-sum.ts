// What turns took together.
import { addUsage, noUsage, type Usage } from "@lathe/kernel";
import type { TurnSummary, UsageTotals } from "@lathe/wire";

/** The share of the input that came from the provider's cache; null where that cannot be said. */
export function cacheHitRateOf({ inputTokens, cacheReadTokens }: Usage): number | null {
  if (inputTokens === null || cacheReadTokens === null || inputTokens === 0) return null;
  return Math.min(1, cacheReadTokens / inputTokens);
}

/** What is counted of a turn. */
type Counted = Pick<TurnSummary, "stepCount" | "toolCallCount" | "usage" | "cacheHitRate">;

export class UsageSum {
  #turnCount = 0;
  #stepCount = 0;
  #toolCallCount = 0;
  #usage = noUsage;
  /** Of the turns of which it is known what came from the cache. */
  #knownUsage = noUsage;

  /** `turnCount`: 0 for the steps of a turn that counts elsewhere. */
  add({ stepCount, toolCallCount, usage, cacheHitRate }: Counted, turnCount: 0 | 1 = 1): void {
    this.#turnCount += turnCount;
    this.#stepCount += stepCount;
    this.#toolCallCount += toolCallCount;
    this.#usage = addUsage(this.#usage, usage);
    if (cacheHitRate !== null) this.#knownUsage = addUsage(this.#knownUsage, usage);
  }

  totals(): UsageTotals {
    return {
      turnCount: this.#turnCount,
      stepCount: this.#stepCount,
      toolCallCount: this.#toolCallCount,
      usage: this.#usage,
      cacheHitRate: cacheHitRateOf(this.#knownUsage),
    };
  }
}
