// A turn with a budget of its own: what it is let do, what is stored of it, what the next daemon goes on with.
import {
  type BudgetLimits,
  noUsage,
  type ProviderEvent,
  type ProviderFailure,
  type StepComplete,
  type Tool,
  TurnRefusedError,
  type Usage,
} from "@lathe/kernel";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openStage, type Stage, type StageOptions, type Stream, sealedTurns } from "../testing/stage.ts";
import { beginSpending, TurnSpending } from "./turn-spending.ts";

const unpriced = { priceOf: () => undefined };
const dear = { priceOf: () => ({ input: 1_000_000, output: 2_000_000 }) };
const model = { provider: "test", model: "model" };
const ofTokens = (tokens: number): BudgetLimits => ({ tokens, usd: null });
const used = (inputTokens: number, outputTokens = 0): Usage => ({ ...noUsage, inputTokens, outputTokens });

/** One answer for each number: it uses so many tokens, and calls `look`; after the last it says so. */
function answers(tokens: readonly number[]): Stream {
  return async function* ({ messages }): AsyncGenerator<readonly ProviderEvent[]> {
    const at = messages.filter(({ role }) => role === "tool").length;
    const usage = { type: "usage", usage: used(tokens[at] ?? 1) } as const;
    if (at >= tokens.length)
      yield [
        { type: "text-delta", text: "Seen." },
        usage,
        { type: "finish", reason: "stop", rawReason: null },
      ];
    else
      yield [
        { type: "text-delta", text: `Look ${at}.` },
        { type: "tool-call", callId: `c${at}`, name: "look", argumentsText: JSON.stringify({ at }) },
        usage,
        { type: "finish", reason: "tool-calls", rawReason: null },
      ];
  };
}

/** A call that changes something, so that the step around it is stored before it runs. */
function look(run: (at: number) => Promise<string> = async () => "seen"): Tool {
  return {
    name: "look",
    description: "Looks.",
    parameters: { type: "object" },
    input: { "~standard": { version: 1, vendor: "test", validate: (value) => ({ value }) } },
    concurrencySafe: true,
    readOnly: false,
    idempotent: false,
    timeoutMs: 0,
    execute: async (input) => ({ content: await run((input as { readonly at: number }).at) }),
  };
}

async function open(options: StageOptions & { readonly stream: Stream }): Promise<Stage> {
  const stage = await openStage({ tools: { look: look() }, ...options });
  stage.stream = options.stream;
  return stage;
}

function send(stage: Stage, budget: BudgetLimits, runId = "run_1"): Promise<unknown> {
  return stage.turns.send(stage.conversation.id, { text: "Look." }, { runId, budget });
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}

/** Settles when the calls of this step are about to run, and the store knows of them. */
function atStep(stage: Stage, index: number): Promise<void> {
  return until(async () => (await stage.pending())?.index === index);
}

async function crash(stage: Stage): Promise<void> {
  const next = stage.restart();
  await next.recover();
  await next.continueAll();
}

describe("a turn with a budget", () => {
  test("ends before the step that does not fit any more, with what it said, and its run tells what it used", async () => {
    const stage = await open({ stream: answers([100, 100, 100, 100]) });
    await send(stage, ofTokens(350));
    await sealedTurns(stage, 1);
    const budget = { limits: ofTokens(350), spentTokens: 300, spentUsd: 0 };
    expect(stage.endings).toMatchObject([
      { status: "failed", error: { code: "over-budget" }, result: "Look 2.", budget },
    ]);
    // The calls of each step wait for what came before them; the last step may share the commit of the end.
    expect(stage.spendings.map(({ spentTokens }) => spentTokens).slice(0, 2)).toEqual([100, 200]);
  });

  test("that is enough ends as any other, and none that was given none has one", async () => {
    const stage = await open({ stream: answers([100]) });
    await send(stage, ofTokens(1_000));
    await sealedTurns(stage, 1);
    await stage.turns.send(stage.conversation.id, { text: "Again." }, { runId: "run_2" });
    await sealedTurns(stage, 2);
    expect(stage.endings).toMatchObject([
      { status: "succeeded", budget: { spentTokens: 101 } },
      { status: "succeeded" },
    ]);
    expect(stage.endings[1]).not.toHaveProperty("budget");
  });

  test("of less than one step is let ask once", async () => {
    const stage = await open({ stream: answers([100, 100]) });
    await send(stage, ofTokens(1));
    await sealedTurns(stage, 1);
    expect(stage.endings).toMatchObject([{ error: { code: "over-budget" }, budget: { spentTokens: 100 } }]);
  });

  test("pays for attempts that failed and told what they used", async () => {
    const failure = failureOf("overloaded");
    let attempts = 0;
    const stream: Stream = async function* (request) {
      if (++attempts <= 2)
        yield [
          { type: "usage", usage: used(70) },
          { type: "error", failure },
        ];
      else yield* answers([100, 100])(request);
    };
    const agent = { retry: { delaysMs: [1], sleptMsMax: 1_000 } };
    const stage = await open({ stream, agent });
    await send(stage, ofTokens(400));
    await sealedTurns(stage, 1);
    // 70, 70 and 100 are one step; another one of 240 does not fit.
    expect(stage.endings).toMatchObject([
      { error: { code: "over-budget" }, usage: { inputTokens: 100 }, budget: { spentTokens: 240 } },
    ]);
    expect(attempts).toBe(3);
  });

  test("that is stopped at the moment at which nothing is left was stopped, and tells what it used", async () => {
    const gate = Promise.withResolvers<string>();
    const stage = await open({ tools: { look: look(() => gate.promise) }, stream: answers([500, 500]) });
    await send(stage, ofTokens(100));
    await atStep(stage, 0);
    const stopped = stage.turns.stop(stage.conversation.id);
    gate.resolve("seen");
    expect(await stopped).toBe(true);
    expect(stage.endings).toMatchObject([{ status: "stopped", error: null, budget: { spentTokens: 500 } }]);
  });
});

describe("a limit in USD", () => {
  const config = { prices: { "test/model": { input: 1_000_000, output: 0 } } };
  const inUsd = (usd: number): BudgetLimits => ({ tokens: null, usd });

  test("holds where the price is known", async () => {
    const stage = await open({ stream: answers([2, 2, 2]), config });
    await send(stage, inUsd(5));
    await sealedTurns(stage, 1);
    expect(stage.endings).toMatchObject([
      { error: { code: "over-budget" }, budget: { spentTokens: 4, spentUsd: 4 } },
    ]);
  });

  test("refuses a model whose price nobody knows, and stores nothing", async () => {
    const stage = await open({ stream: answers([]) });
    const refused = send(stage, inUsd(5));
    await expect(refused).rejects.toBeInstanceOf(TurnRefusedError);
    await expect(refused).rejects.toMatchObject({ code: "unknown-price" });
    await expect(refused).rejects.toThrow(/^The price of test\/model is not known/);
    expect(await stage.entries()).toEqual([]);
  });

  test("leaves out models that would take over at a price that nobody knows", async () => {
    const asked: string[] = [];
    const stream: Stream = async function* (request) {
      asked.push(request.model);
      yield [{ type: "error", failure: failureOf("bad-request") }];
    };
    const agent = { fallbackModels: ["test/other", "test/priced"] };
    const prices = { ...config.prices, "test/priced": { input: 1, output: 1 } };
    const stage = await open({ stream, agent, config: { prices } });
    await send(stage, inUsd(5));
    await sealedTurns(stage, 1);
    expect(asked).toEqual(["model", "priced"]);
  });
});

describe("C3: after a crash a turn", () => {
  test("has what is left: complete steps and the answer that was whole are counted once", async () => {
    const gate = Promise.withResolvers<string>();
    let hangs = true;
    const tools = { look: look((at) => (at === 1 && hangs ? gate.promise : Promise.resolve("seen"))) };
    const stage = await open({ tools, stream: answers([100, 100, 100, 100]) });
    await send(stage, ofTokens(350));
    await atStep(stage, 1);
    hangs = false;
    await crash(stage);
    await sealedTurns(stage, 1);
    expect(stage.endings).toMatchObject([
      { error: { code: "over-budget" }, usage: { inputTokens: 300 }, budget: { spentTokens: 300 } },
    ]);
  });

  test("that does not go on tells what it had used, the answer that was whole included", async () => {
    const gate = Promise.withResolvers<string>();
    const tools = { look: look((at) => (at === 1 ? gate.promise : Promise.resolve("seen"))) };
    const stage = await open({ tools, stream: answers([100, 100]), agent: { resume: "never" } });
    await send(stage, ofTokens(1_000));
    await atStep(stage, 1);
    await stage.restart().recover();
    expect(stage.endings).toMatchObject([{ status: "interrupted", budget: { spentTokens: 200 } }]);
  });

  test("shows what was stored with its complete steps, also before it goes on", async () => {
    const gate = Promise.withResolvers<string>();
    const tools = { look: look((at) => (at === 1 ? gate.promise : Promise.resolve("seen"))) };
    const stage = await open({ tools, stream: answers([100, 100]) });
    await send(stage, ofTokens(1_000));
    await atStep(stage, 1);
    const shownCount = stage.spendings.length;
    await stage.restart().recover();
    const budget = { limits: ofTokens(1_000), spentTokens: 100, spentUsd: 0 };
    expect(stage.spendings.slice(shownCount)).toEqual([{ runId: "run_1", ...budget }]);
  });

  test("whose conversation was deleted tells what it had used", async () => {
    const gate = Promise.withResolvers<string>();
    const tools = { look: look((at) => (at === 1 ? gate.promise : Promise.resolve("seen"))) };
    const stage = await open({ tools, stream: answers([100, 100]) });
    await send(stage, ofTokens(1_000));
    await atStep(stage, 1);
    await stage.conversations.delete(stage.conversation.id);
    await crash(stage);
    expect(stage.endings.at(-1)).toMatchObject({
      ...{ status: "interrupted", error: { code: "unknown-conversation" }, budget: { spentTokens: 200 } },
    });
  });
});

test("C3: a turn does not go on at a price that nobody knows any more: it ends, and says why", async () => {
  const prices: Record<string, { input: number; output: number }> = {
    "test/model": { input: 1_000_000, output: 0 },
  };
  const never = new Promise<string>(() => undefined);
  const stage = await open({
    tools: { look: look(() => never) },
    stream: answers([2, 2]),
    config: { prices },
  });
  await send(stage, { tokens: null, usd: 5 });
  await atStep(stage, 0);
  delete prices["test/model"];
  await crash(stage);
  await sealedTurns(stage, 1);
  expect(stage.endings).toMatchObject([
    {
      status: "interrupted",
      error: { message: expect.stringContaining("The price of test/model is not known") },
    },
  ]);
});

test("C4: for any steps, limit and crash, what is spent is the sum of the steps, and less than one step beyond the limit", async () => {
  const tokens = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 8 });
  const cases = fc.record({
    ...{ tokens, limit: fc.integer({ min: 1, max: 1_500 }) },
    crashAt: fc.option(fc.nat({ max: 7 }), { nil: undefined }),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ tokens, limit, crashAt }) => {
      let hangs = true;
      const hang = new Promise<string>(() => undefined);
      const tools = { look: look((at) => (at === crashAt && hangs ? hang : Promise.resolve("seen"))) };
      const stage = await open({ tools, stream: answers(tokens) });
      await send(stage, ofTokens(limit));
      if (crashAt !== undefined)
        await until(async () => (await stage.pending())?.index === crashAt || stage.endings.length > 0);
      hangs = false;
      if (stage.endings.length === 0 && crashAt !== undefined) await crash(stage);
      await sealedTurns(stage, 1);
      const steps = (await stage.entries()).filter((entry) => entry.type === "step-complete");
      const sizes = steps.map(({ usage }) => usage?.inputTokens ?? 0);
      const spent = sizes.reduce((sum, size) => sum + size, 0);
      const [ending] = stage.endings;
      expect(ending?.budget).toEqual({ limits: ofTokens(limit), spentTokens: spent, spentUsd: 0 });
      expect(spent - (sizes.at(-1) ?? 0)).toBeLessThan(limit);
      expect(ending?.status).toBe(steps.length > tokens.length ? "succeeded" : "failed");
    }),
    { numRuns: 60 },
  );
});

describe("what is stored", () => {
  const step = { type: "step-complete" } as StepComplete;

  test("with a step is what was used by its end, also where the next one has been asked meanwhile", () => {
    const spending = beginSpending({ tokens: 100, usd: 50 }, dear);
    spending.budget.reserve();
    spending.budget.spend(used(10, 5), model);
    spending.mark([step]);
    spending.budget.reserve();
    spending.budget.spend(used(20), model);
    const limits = { tokens: 100, usd: 50 };
    expect(spending.spentBy([step])).toEqual({ limits, spentTokens: 15, spentUsd: 20 });
    expect(spending.spentBy([])).toEqual({ limits, spentTokens: 35, spentUsd: 40 });
  });

  test("is what a turn begins with that goes on, and nothing of it is left where that was all", () => {
    const before = { limits: ofTokens(100), spentTokens: 100, spentUsd: 0 };
    expect(new TurnSpending(before, null, unpriced).budget.reserve()).toBe(false);
    const almost = new TurnSpending({ ...before, spentTokens: 99 }, null, unpriced);
    expect(almost.budget.reserve()).toBe(true);
  });
});

function failureOf(kind: ProviderFailure["kind"]): ProviderFailure {
  const retryable = kind === "overloaded";
  return { kind, status: null, code: null, message: "Not now.", retryable, retryAfterMs: null };
}
