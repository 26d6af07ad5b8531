// What the turns of a part of a conversation took together: whole ones, and steps of one that is cut in two.
import { addUsage, noUsage } from "@lathe/kernel";
import type { PartTotals, StepSummary, TurnSummary } from "@lathe/wire";
import { cacheHitRateOf, UsageSum } from "./usage-sum.ts";

export class PartSum {
  readonly #usage: UsageSum = new UsageSum();
  readonly #models: Set<string> = new Set();
  #durationMs = 0;

  add(turn: TurnSummary): void {
    this.#usage.add(turn);
    this.#models.add(turn.model);
    this.#durationMs += turn.durationMs ?? 0;
  }

  /** The first steps of a turn, which counts as a turn of this part. */
  addBeginning({ model }: TurnSummary, steps: readonly StepSummary[]): void {
    this.#models.add(model);
    this.#addSteps(1, steps);
  }

  /** Steps of a turn that counts elsewhere. */
  addSteps(steps: readonly StepSummary[]): void {
    for (const { provider, model } of steps) this.#models.add(`${provider}/${model}`);
    this.#addSteps(0, steps);
  }

  totals(): PartTotals {
    return { ...this.#usage.totals(), durationMs: this.#durationMs, models: [...this.#models] };
  }

  #addSteps(turnCount: 0 | 1, steps: readonly StepSummary[]): void {
    const usage = steps.reduce(
      (sum, step) => (step.usage === null ? sum : addUsage(sum, step.usage)),
      noUsage,
    );
    this.#usage.add(
      {
        stepCount: steps.length,
        toolCallCount: steps.reduce((sum, { toolCalls }) => sum + toolCalls.length, 0),
        usage,
        cacheHitRate: cacheHitRateOf(usage),
      },
      turnCount,
    );
    this.#durationMs += steps.reduce((sum, { metrics }) => sum + metrics.totalMs, 0);
  }
}
