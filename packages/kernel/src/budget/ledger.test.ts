import { describe, expect, test } from "vitest";
import type { Usage } from "../contracts/usage.ts";
import { noUsage } from "../turn/usage.ts";
import { type Account, createLedger, type LedgerOptions } from "./ledger.ts";

const model = { provider: "test", model: "m" };
const prices = { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 };

function open(tokens: number | null, options: Partial<LedgerOptions> = {}): Account {
  return createLedger({ limits: { tokens, usd: null }, priceOf: () => undefined, ...options });
}

/** So many tokens, a tenth of them said by the model. */
function used(tokens: number): Usage {
  const outputTokens = Math.floor(tokens / 10);
  return { ...noUsage, inputTokens: tokens - outputTokens, outputTokens };
}

/** An agent that takes steps of this size until it may not go on; returns how many it took. */
function work(account: Account, size: number, estimate = size): number {
  const budget = account.admit(estimate);
  if (budget === undefined) return 0;
  let stepCount = 0;
  for (; budget.reserve(); stepCount += 1) budget.spend(used(size), model);
  budget.release();
  return stepCount;
}

describe("an agent", () => {
  test("takes steps while the largest so far fits, and leaves the rest to its last words", () => {
    const run = open(10_000);
    expect(work(run, 1_000)).toBe(9);
    expect(run.remaining()).toEqual({ tokens: 1_000, usd: null });
    const lastWords = run.wrapUp(500);
    expect(lastWords.reserve()).toBe(true);
    lastWords.spend(used(900), model);
    expect(lastWords.reserve()).toBe(false);
    lastWords.release();
    expect([run.spent().tokens, run.held()]).toEqual([9_900, { tokens: 0, usd: 0 }]);
  });

  test("is let in while anything is left, however large its first step may be", () => {
    const run = open(10_000);
    expect([work(run, 9_000, 50_000), work(run, 4_000), work(run, 10)]).toEqual([1, 1, 0]);
    expect(run.spent().tokens).toBe(13_000);
    expect(run.remaining().tokens).toBe(0);
  });

  test("does as it wants where there is no limit", () => {
    const run = open(null);
    const budget = run.admit(1_000_000);
    for (let count = 0; count < 100; count += 1) {
      expect(budget?.reserve()).toBe(true);
      budget?.spend(used(1_000_000), model);
    }
    expect([run.spent().tokens, run.remaining()]).toEqual([100_000_000, { tokens: null, usd: null }]);
  });

  test("has one budget for all its turns: what it has learnt of its steps stays", () => {
    const run = open(10_000);
    const budget = run.admit(100);
    expect(budget?.reserve()).toBe(true);
    budget?.spend(used(6_000), model);
    budget?.release();
    expect(run.held().tokens).toBe(0);
    expect(budget?.reserve()).toBe(false);
  });
});

describe("what is held", () => {
  test("keeps others out from the admission on, until it is given back", () => {
    const run = open(1_000);
    const first = run.admit(600);
    const second = run.admit(600);
    expect([run.held().tokens, run.admit(1)]).toEqual([1_200, undefined]);
    second?.release();
    expect(run.held().tokens).toBe(600);
    run.admit(1)?.release();
    first?.release();
    expect(run.held().tokens).toBe(0);
  });

  test("is the estimate at first, then the largest step, less what the step has used so far", () => {
    const run = open(100_000);
    const budget = run.admit(5_000);
    const heldAfter = (act: () => unknown): number => {
      act();
      return run.held().tokens;
    };
    expect(heldAfter(() => budget?.reserve())).toBe(5_000);
    expect(heldAfter(() => budget?.spend(used(800), model))).toBe(4_200);
    expect(heldAfter(() => budget?.reserve())).toBe(800);
    expect(heldAfter(() => budget?.spend(used(300), model))).toBe(500);
    expect(heldAfter(() => budget?.spend(used(900), model))).toBe(0);
    expect(heldAfter(() => budget?.reserve())).toBe(1_200);
    expect(heldAfter(() => budget?.release())).toBe(0);
    expect(heldAfter(() => budget?.release())).toBe(0);
  });
});

describe("accounts", () => {
  test("a limit counts everything below it, and none beside it", () => {
    const run = open(100_000);
    const nested = run.open({ limits: { tokens: 5_000, usd: null } });
    const beside = run.open();
    expect([work(nested.open(), 2_000), work(nested.open(), 2_000)]).toEqual([2, 1]);
    expect([nested.remaining().tokens, nested.open().remaining().tokens]).toEqual([0, 0]);
    expect(work(beside, 2_000)).toBeGreaterThan(40);
    expect(run.spent().tokens).toBe(nested.spent().tokens + beside.spent().tokens);
  });

  test("the tightest limit on the way up is what is left", () => {
    const run = open(1_000);
    const wide = run.open({ limits: { tokens: 50_000, usd: 2 } });
    expect(wide.open().remaining()).toEqual({ tokens: 1_000, usd: 2 });
    expect(work(wide, 600)).toBe(1);
    expect(wide.remaining()).toEqual({ tokens: 400, usd: 2 });
  });

  test("nothing starts where the limit is 0", () => {
    const run = open(0);
    expect([run.admit(0), run.open().admit(10), run.wrapUp(1).reserve()]).toEqual([
      undefined,
      undefined,
      false,
    ]);
  });

  test("what was spent before a crash counts", () => {
    const before = open(10_000);
    expect(work(before.open(), 1_000)).toBe(9);
    const after = open(10_000);
    after.open().restore(before.spent());
    expect(after.spent()).toEqual(before.spent());
    expect([work(after, 1_000), after.wrapUp(1).reserve()]).toEqual([1, false]);
  });
});

describe("a turn that goes on after a crash", () => {
  test("counts at once what it used before, and at its end only what was not told", () => {
    const run = open(100_000);
    const budget = run.admit(1_000);
    budget?.restore(used(3_000), model);
    expect(run.spent().tokens).toBe(3_000);
    budget?.reserve();
    budget?.spend(used(500), model);
    budget?.release();
    budget?.settle(used(3_500), model);
    expect(run.spent().tokens).toBe(3_500);
  });

  test("counts at its end what nobody told", () => {
    const run = open(100_000);
    const budget = run.admit(1_000);
    budget?.reserve();
    budget?.spend(used(500), model);
    budget?.release();
    budget?.settle({ ...used(4_000), cacheReadTokens: 10 }, model);
    expect(run.spent()).toMatchObject({ tokens: 4_000, usage: { ...used(4_000), cacheReadTokens: 10 } });
    // The next turn begins with nothing told.
    budget?.settle(used(20), model);
    budget?.settle(null, model);
    expect(run.spent().tokens).toBe(4_020);
  });
});

describe("what cannot be known", () => {
  test("counts 0, and is told apart from nothing", () => {
    const run = open(1_000);
    const budget = run.admit(10);
    budget?.reserve();
    budget?.spend({ ...noUsage, outputTokens: 7 }, model);
    // Nothing at all is said of this one.
    budget?.reserve();
    budget?.release();
    expect(run.spent()).toEqual({
      ...{ tokens: 7, usd: 0, unknownSteps: 2, unpricedSteps: 1 },
      usage: { ...noUsage, outputTokens: 7 },
    });
  });

  test("a model without a price costs nothing, and is said to have none", () => {
    const limits = { tokens: null, usd: 1 };
    const run = createLedger({ limits, priceOf: (named) => (named.model === "m" ? prices : undefined) });
    const budget = run.admit(10);
    budget?.reserve();
    budget?.spend(used(50_000_000), { provider: "test", model: "other" });
    expect(run.spent()).toMatchObject({ tokens: 50_000_000, usd: 0, unpricedSteps: 1 });
    expect(budget?.reserve()).toBe(true);
  });
});

describe("USD", () => {
  test("are counted by the price of each kind of token", () => {
    const run = open(null, { priceOf: () => prices });
    const usage = {
      ...{ inputTokens: 1_000_000, outputTokens: 100_000, reasoningTokens: 50_000 },
      ...{ cacheReadTokens: 600_000, cacheWriteTokens: 200_000 },
    };
    const budget = run.admit(0);
    budget?.reserve();
    budget?.spend(usage, model);
    expect(run.spent().usd).toBeCloseTo(0.2 * 3 + 0.6 * 0.3 + 0.2 * 3.75 + 0.1 * 15, 9);
  });

  test("end a run as tokens do", () => {
    const run = createLedger({
      limits: { tokens: null, usd: 0.1 },
      priceOf: () => ({ input: 1, output: 1 }),
    });
    expect(work(run, 20_000)).toBe(4);
    expect(run.remaining().usd).toBeCloseTo(0.02, 9);
    expect(run.wrapUp(0).reserve()).toBe(true);
  });
});

test("what is set aside for last words is a part of the limit, and no more than the largest part", () => {
  const small = open(1_000, { reserveFraction: 0.1 });
  small.restore({ tokens: 900, usd: 0, usage: noUsage, unknownSteps: 0, unpricedSteps: 0 });
  expect([small.admit(1), small.wrapUp(1).reserve()]).toEqual([undefined, true]);
  const large = open(1_000_000, { reserveFraction: 0.1, reserveTokensMax: 1_000 });
  large.restore({ tokens: 998_999, usd: 0, usage: noUsage, unknownSteps: 0, unpricedSteps: 0 });
  expect(large.admit(1)).toBeDefined();
});
