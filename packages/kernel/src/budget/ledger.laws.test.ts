// F8s: how much more than its limit a run can spend, over random trees of accounts, agents, usages and interleavings.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { BudgetLimits } from "../contracts/workflow-events.ts";
import { noUsage } from "../turn/usage.ts";
import type { AgentBudget } from "./agent-budget.ts";
import { type Account, createLedger } from "./ledger.ts";
import { tokensOf, usdOf } from "./price.ts";

const prices: Readonly<Record<string, { readonly input: number; readonly output: number }>> = {
  cheap: { input: 1, output: 5 },
  dear: { input: 15, output: 75 },
};
const kinds = ["tokens", "usd"] as const;
type Amount = Readonly<Record<(typeof kinds)[number], number>>;

/** A model call as it reports itself; null = it does not. */
const modelCall = fc.record({
  input: fc.option(fc.integer({ min: 0, max: 2_000 }), { freq: 8 }),
  output: fc.option(fc.integer({ min: 0, max: 800 }), { freq: 8 }),
  model: fc.constantFrom("cheap", "dear", "unpriced"),
});
/** A step asks a model, again where an attempt has failed, or is cut off before anything is said of it. */
const step = fc.array(modelCall, { maxLength: 2 });
const agent = fc.record({
  account: fc.nat({ max: 30 }),
  ownTokens: fc.option(fc.integer({ min: 0, max: 6_000 }), { freq: 3 }),
  estimate: fc.integer({ min: 0, max: 3_000 }),
  turns: fc.array(fc.array(step, { maxLength: 6 }), { minLength: 1, maxLength: 3 }),
});
const limits: fc.Arbitrary<BudgetLimits> = fc.record({
  tokens: fc.option(fc.integer({ min: 0, max: 30_000 }), { freq: 3 }),
  usd: fc.option(fc.double({ min: 0, max: 0.3, noNaN: true }), { freq: 2 }),
});
const play = fc.record({
  limits: fc.record({
    tokens: fc.integer({ min: 0, max: 30_000 }),
    usd: fc.option(fc.double({ min: 0, max: 0.3, noNaN: true })),
  }),
  reserveFraction: fc.double({ min: 0, max: 0.5, noNaN: true }),
  /** Each opened below one of those before it. */
  tree: fc.array(fc.tuple(fc.nat({ max: 30 }), limits), { maxLength: 6 }),
  slotCount: fc.integer({ min: 1, max: 6 }),
  agents: fc.array(agent, { minLength: 1, maxLength: 25 }),
  /** Whose turn it is. */
  order: fc.infiniteStream(fc.nat({ max: 100 })),
});
type Play = Omit<typeof play extends fc.Arbitrary<infer Value> ? Value : never, "order">;

interface Flight {
  /** What the step comes to when it is over. */
  readonly size: Amount;
  /** What is held for it when it begins. */
  readonly estimate: Amount;
}

/** An account, with what the test knows of the steps in and below it. */
interface Watched {
  readonly account: Account;
  readonly limits: BudgetLimits;
  readonly path: readonly Watched[];
  readonly children: Watched[];
  readonly inFlight: Set<Flight>;
  /** What may come on top of the limit after the last step that was let in. */
  excess: Amount;
  /** How many were in flight when a step was let in, at most. */
  widest: number;
}

const none: Amount = { tokens: 0, usd: 0 };

function watch(account: Account, own: BudgetLimits, above?: Watched): Watched {
  const children: Watched[] = [];
  const state = { account, limits: own, children, inFlight: new Set<Flight>(), excess: none, widest: 0 };
  const watched: Watched = Object.assign(state, { path: [] as Watched[] });
  (watched.path as Watched[]).push(watched, ...(above?.path ?? []));
  above?.children.push(watched);
  return watched;
}

function sizeOf(calls: readonly Call[]): Amount {
  let { tokens, usd } = none;
  for (const { input, output, model } of calls) {
    const usage = { ...noUsage, inputTokens: input, outputTokens: output };
    const price = prices[model];
    tokens += tokensOf(usage);
    usd += price === undefined ? 0 : usdOf(usage, price);
  }
  return { tokens, usd };
}

type Call = { readonly input: number | null; readonly output: number | null; readonly model: string };

/** One agent after the other in a slot, a little at a time. */
function* slot(
  queue: Play["agents"][number][],
  tree: readonly Watched[],
  largest: { size: Amount },
): Generator<void> {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const above = tree[next.account % tree.length] as Watched;
    const own: BudgetLimits = { tokens: next.ownTokens, usd: null };
    const place = watch(above.account.open({ limits: own }), own, above);
    const budget = place.account.admit(next.estimate);
    yield;
    let isOver = budget === undefined;
    for (const turn of budget === undefined ? [] : next.turns) {
      isOver = !(yield* takeTurn(budget as AgentBudget, turn, place, largest));
      if (isOver) break;
    }
    const [words] = next.turns[0] ?? [];
    if (isOver && words !== undefined)
      yield* takeTurn(place.account.wrapUp(next.estimate), [words], place, largest);
  }
}

/** True = it came to its end. */
function* takeTurn(
  budget: AgentBudget,
  steps: readonly (readonly Call[])[],
  place: Watched,
  largest: { size: Amount },
): Generator<void, boolean> {
  let wasLetIn = true;
  for (const calls of steps) {
    const isExhausted = place.path.some(isUsedUp);
    wasLetIn = budget.reserve();
    if (!wasLetIn) break;
    expect(isExhausted).toBe(false);
    const flight = { size: sizeOf(calls), estimate: place.account.held() };
    takeOff(flight, place, largest);
    yield;
    for (const { input, output, model } of calls) {
      budget.spend({ ...noUsage, inputTokens: input, outputTokens: output }, { provider: "test", model });
      yield;
    }
    for (const { inFlight } of place.path) inFlight.delete(flight);
  }
  budget.release();
  yield;
  return wasLetIn;
}

function isUsedUp({ account, limits: own }: Watched): boolean {
  const spent = account.spent();
  return kinds.some((kind) => spent[kind] >= (own[kind] ?? Number.POSITIVE_INFINITY));
}

function takeOff(flight: Flight, { path }: Watched, largest: { size: Amount }): void {
  largest.size = each((kind) => Math.max(largest.size[kind], flight.size[kind]));
  for (const above of path) {
    above.excess = each((kind) => {
      const others = [...above.inFlight].map(({ size, estimate }) =>
        Math.max(0, size[kind] - estimate[kind]),
      );
      return others.reduce((sum, more) => sum + more, flight.size[kind]);
    });
    above.inFlight.add(flight);
    above.widest = Math.max(above.widest, above.inFlight.size);
  }
}

function each(amountOf: (kind: (typeof kinds)[number]) => number): Amount {
  return { tokens: amountOf("tokens"), usd: amountOf("usd") };
}

function expectWithin(all: readonly Watched[], largest: Amount, slotCount: number): void {
  for (const { account, limits: own, excess, widest } of all) {
    expect(widest).toBeLessThanOrEqual(slotCount);
    for (const kind of kinds) {
      const limit = own[kind];
      if (limit === null) continue;
      const over = account.spent()[kind] - limit;
      // Sums of fractions are not exact; a millionth of a cent is.
      expect(over).toBeLessThanOrEqual(excess[kind] + 1e-9);
      expect(over).toBeLessThanOrEqual(largest[kind] * slotCount + 1e-9);
    }
  }
}

function below(watched: Watched): readonly Watched[] {
  return [watched, ...watched.children.flatMap(below)];
}

test("F8s: overspend <= one step per concurrent slot, in every account, whatever is used in whatever order", () => {
  let overspentCount = 0;
  fc.assert(
    fc.property(play, ({ order, ...given }) => {
      const priceOf = ({ model }: { readonly model: string }) => prices[model];
      const ledger = createLedger({ limits: given.limits, priceOf, reserveFraction: given.reserveFraction });
      const root = watch(ledger, given.limits);
      const tree = [root];
      for (const [at, own] of given.tree) {
        const above = tree[at % tree.length] as Watched;
        tree.push(watch(above.account.open({ limits: own }), own, above));
      }
      const queue = [...given.agents];
      const largest = { size: none };
      const running = Array.from({ length: given.slotCount }, () => slot(queue, tree, largest));
      for (const turn of order) {
        if (running.length === 0) break;
        const at = turn % running.length;
        if (running[at]?.next().done === true) running.splice(at, 1);
        expectWithin(below(root), largest.size, given.slotCount);
      }
      if (ledger.spent().tokens > given.limits.tokens) overspentCount += 1;
      expectConsistent(root);
    }),
    { numRuns: 1_000 },
  );
  // The bound means something: it is needed.
  expect(overspentCount).toBeGreaterThan(50);
});

/** Nothing is held any more, each account is the sum of those below it, and where one is used up nothing starts. */
function expectConsistent(root: Watched): void {
  for (const watched of below(root)) {
    const { account, children, path } = watched;
    expect(account.held().tokens).toBe(0);
    expect(account.held().usd).toBeCloseTo(0, 9);
    if (children.length > 0) {
      const sum = (field: "tokens" | "usd" | "unknownSteps" | "unpricedSteps"): number =>
        children.reduce((total, child) => total + child.account.spent()[field], 0);
      const { tokens, usd, unknownSteps, unpricedSteps } = account.spent();
      expect([tokens, unknownSteps, unpricedSteps]).toEqual([
        sum("tokens"),
        sum("unknownSteps"),
        sum("unpricedSteps"),
      ]);
      expect(usd).toBeCloseTo(sum("usd"), 9);
    }
    if (!path.some(isUsedUp)) continue;
    expect([account.admit(0), account.wrapUp(0).reserve()]).toEqual([undefined, false]);
  }
}

test("F8s: where no step is larger than its estimate, a run spends less than one step more than its limit, however many run at once", () => {
  const size = 500;
  const agents = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 20_000 }),
      agents,
      fc.infiniteStream(fc.nat({ max: 1_000 })),
      (tokens, count, order) => {
        const run = createLedger({ limits: { tokens, usd: null }, priceOf: () => undefined });
        const budgets = Array.from({ length: count }, () => run.open().admit(size)).filter(
          (one) => one !== undefined,
        );
        const isIn = new Set<AgentBudget>();
        const usage = { ...noUsage, inputTokens: size, outputTokens: 0 };
        for (const turn of order) {
          if (budgets.length === 0) break;
          const at = turn % budgets.length;
          const budget = budgets[at] as AgentBudget;
          if (isIn.delete(budget)) budget.spend(usage, { provider: "test", model: "m" });
          else if (budget.reserve()) isIn.add(budget);
          else budgets.splice(at, 1);
        }
        expect(run.spent().tokens).toBeLessThan(Math.max(1, tokens + size));
      },
    ),
  );
});
