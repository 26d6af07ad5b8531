import { noUsage, type Usage } from "@lathe/kernel";
import type { TurnSummary } from "@lathe/wire";
import { expect, test } from "vitest";
import { cacheHitRateOf, UsageSum } from "./usage-sum.ts";

function sumOf(...usages: readonly Partial<Usage>[]): UsageSum {
  const sum = new UsageSum();
  for (const reported of usages) {
    const usage = { ...noUsage, ...reported };
    const turn = { stepCount: 1, toolCallCount: 2, usage, cacheHitRate: cacheHitRateOf(usage) };
    sum.add(turn as TurnSummary);
  }
  return sum;
}

test("the rate counts the input of those turns alone that say what came from the cache", () => {
  const reported = { inputTokens: 100, cacheReadTokens: 50 };
  expect(sumOf(reported, { inputTokens: 900 }, { inputTokens: 300, cacheReadTokens: 300 }).totals()).toEqual({
    ...{ turnCount: 3, stepCount: 3, toolCallCount: 6 },
    usage: { ...noUsage, inputTokens: 1_300, cacheReadTokens: 350 },
    cacheHitRate: 350 / 400,
  });
});

test("where nobody has reported anything, nothing is known", () => {
  expect(sumOf({ inputTokens: 900 }, {}).totals()).toMatchObject({ turnCount: 2, cacheHitRate: null });
  expect(sumOf().totals()).toEqual({
    ...{ turnCount: 0, stepCount: 0, toolCallCount: 0 },
    usage: noUsage,
    cacheHitRate: null,
  });
});
