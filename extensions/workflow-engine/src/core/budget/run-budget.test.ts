import { noUsage, type Usage } from "@lathe/kernel";
import { expect, test } from "vitest";
import { RunBudget } from "./run-budget.ts";
import type { SpendingPlan } from "./spending-plan.ts";

const model = { provider: "test", model: "priced" };
const config = {
  prices: { "test/priced": { input: 1_000_000, output: 1_000_000 } },
  reserveFraction: 0,
  agentEstimateTokens: 10,
};
const open = (tokens: number | null): RunBudget =>
  new RunBudget({ tokens, usd: null }, config, { priceOf: () => undefined });
const used = (tokens: number): Usage => ({ ...noUsage, inputTokens: tokens, outputTokens: 0 });
const alone: SpendingPlan = { runId: "run_1", tokens: null, shared: [], model };
const sharing = (runId: string): SpendingPlan => ({ ...alone, runId, shared: [{ id: 0, tokens: 100 }] });
const before = (tokens: number) => ({ usage: used(tokens), usd: tokens });

test("C4: what agents used in an earlier daemon is counted, in tokens and in USD", () => {
  const budget = open(1_000);
  budget.restore(alone, before(300));
  const spending = budget.recover("cnv_1", alone, { ...before(40), used: used(5), isLastWords: false });
  expect(budget.event("run_1")).toMatchObject({ spentTokens: 345, spentUsd: 345 });
  expect(spending.spentUsd).toBe(45);
});

test("C4: a turn that has gone on counts once, what was known of it at the crash included", () => {
  const budget = open(1_000);
  const spending = budget.recover("cnv_1", alone, { usage: null, usd: 0, used: used(5), isLastWords: false });
  expect(spending.turns.reserve()).toBe(true);
  spending.turns.spend(used(7), model);
  spending.turns.release();
  spending.settle(used(12));
  expect(budget.spentTokens).toBe(12);
});

test("C4: a turn that was over at the crash counts as a whole, and a later one of the same agent does too", () => {
  const budget = open(1_000);
  const spending = budget.recover("cnv_1", alone);
  spending.settle(used(12));
  spending.settle(used(3));
  expect(budget.spentTokens).toBe(15);
});

test("an agent that is gone on with in the same daemon spends from where it did", () => {
  const budget = open(1_000);
  const spending = budget.admit(alone);
  if (spending === undefined) throw new Error("There is room.");
  budget.remember("cnv_1", spending);
  spending.turns.spend(used(9), model);
  budget.recover("cnv_1", alone).settle(used(9));
  expect(budget.spentTokens).toBe(9);
});

test("C4: what agents share is shared with those of an earlier daemon, but not with a nested workflow", () => {
  const budget = open(null);
  budget.restore(sharing("run_1"), before(100));
  expect(budget.admit(sharing("run_1"))).toBeUndefined();
  expect(budget.admit(sharing("run_2"))).toBeDefined();
  expect(budget.admit(alone)).toBeDefined();
});

test("C4: the last words that a crash cut off may still be said, once", () => {
  const budget = open(100);
  budget.restore(alone, before(90));
  const spending = budget.recover("cnv_1", alone, { usage: null, usd: 0, used: noUsage, isLastWords: true });
  expect(spending.turns.reserve()).toBe(true);
  spending.turns.spend(used(5), model);
  expect(spending.turns.reserve()).toBe(false);
});

test("a run that was told before a crash that much is used is told next that all is", () => {
  const budget = open(100);
  budget.restore(alone, before(85));
  expect(budget.event("run_1").kind).toBe("spent");
  budget.admit(alone)?.turns.spend(used(15), model);
  expect(budget.event("run_1").kind).toBe("exhausted");
});
