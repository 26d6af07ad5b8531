// What runs may spend, and what comes of it when it is spent. The default model's prices are those of its configuration.
import type { WorkflowEntry } from "@lathe/kernel";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { play } from "../../testing/workflows/prompted-model.ts";
import { logOf, ofType, script, WorkflowStage } from "../../testing/workflows/workflow-stage.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const agentConcurrencyMax = 4;

let stage: WorkflowStage;
beforeAll(async () => {
  stage = await WorkflowStage.open({
    engine: {
      ...{ agentConcurrencyMax, agentEstimateTokens: 1, agentCountMax: 60, warnTokens: 5_000 },
      prices: { "openai/priced": { input: 1_000, output: 2_000 } },
    },
  });
});
afterEach(() => stage.forget());
afterAll(() => stage.close());

const look = { calls: [{ name: "list_files", input: { path: "." } }] };
const spend = (tokens: number, text = "spent"): string => JSON.stringify(play({ text, tokens: [tokens, 0] }));

function tokensOf(entries: readonly WorkflowEntry[]): number {
  return ofType(entries, "budget").at(-1)?.spentTokens ?? 0;
}

describe("an agent that the end of the budget finds at work", () => {
  const cut = play({ ...look, tokens: [600, 200] }, { text: "This is what I have.", tokens: [90, 80] });

  test("is asked for its last words, which are its result; no other one starts", async () => {
    const { run, entries } = await stage.local.run({
      script: script(`
const found = await agent(${JSON.stringify(cut)}, { label: "cut" });
try {
  await agent("say never");
} catch (error) {
  return { found, spent: budget.spent(), name: error.name, message: error.message };
}`),
      budget: { tokens: 1_000 },
    });
    expect(run).toMatchObject({
      status: "succeeded",
      result: {
        ...{ found: "This is what I have.", spent: 970, name: "BudgetExceededError" },
        message: expect.stringMatching(/^The budget of this run is used up: no agent starts any more\./),
      },
    });
    expect(ofType(entries, "agent-finish")).toMatchObject([
      {
        label: "cut",
        outcome: "partial",
        error: { code: "over-budget" },
        usage: { inputTokens: 690, outputTokens: 280 },
      },
      { outcome: "error", error: { code: "over-budget" } },
    ]);
    expect(stage.model.prompts).toHaveLength(2);
  });

  test("gives its partial result by schema as well, and throws where that does not fit", async () => {
    const schema = { type: "object", properties: { found: { type: "array" } }, required: ["found"] };
    const withLast = (last: object): string =>
      script(
        `return agent(${JSON.stringify(play({ ...look, tokens: [600, 200] }, last))}, { schema: ${JSON.stringify(schema)} });`,
      );
    const budget = { tokens: 1_000 };
    const whole = await stage.local.run({ script: withLast({ json: { found: [1] } }), budget });
    expect(whole.run).toMatchObject({ status: "succeeded", result: { found: [1] } });
    expect(ofType(whole.entries, "agent-finish")).toMatchObject([{ outcome: "partial" }]);
    const broken = await stage.local.run({ script: withLast({ text: "I do not know." }), budget });
    expect(broken.run).toMatchObject({ status: "failed", error: { code: "over-budget" } });
  });

  test("is kept by no cache: the next run asks it again", async () => {
    const text = script(`return agent(${JSON.stringify(cut)}, { agentType: "reader" });`);
    await stage.local.run({ script: text, budget: { tokens: 1_000 } });
    const { entries } = await stage.local.run({ script: text, budget: { tokens: 1_000 } });
    expect(ofType(entries, "cache-hit")).toEqual([]);
  });
});

describe("a run whose budget is used up", () => {
  test("ends as failed, over-budget, where nobody catches it", async () => {
    const { run, entries } = await stage.local.run({
      script: script(`await agent(${spend(200)}); return agent("say never");`),
      budget: { tokens: 100 },
    });
    expect(run).toMatchObject({ status: "failed", error: { code: "over-budget" }, result: null });
    expect(run.error?.message).toMatch(/^BudgetExceededError: The budget of this run is used up/);
    expect(ofType(entries, "workflow-finish")).toMatchObject([{ error: { line: 2 } }]);
  });

  test("goes on with nulls where parallel() or pipeline() takes it", async () => {
    const { run } = await stage.local.run({
      script: script(`
await agent(${spend(200)});
const both = await parallel([() => agent("say a"), () => agent("say b")]);
const line = await pipeline([1, 2], () => agent("say c"));
return { both, line, left: budget.remaining() };`),
      budget: { tokens: 100 },
    });
    expect(run).toMatchObject({
      status: "succeeded",
      result: { both: [null, null], line: [null, null], left: 0 },
    });
    expect(stage.model.prompts).toHaveLength(1);
  });

  test("was told when much of it was used, and when all of it was", async () => {
    const { entries } = await stage.local.run({
      script: script(
        `for (const n of [500, 350, 120]) await agent('play [{"text":"x","tokens":[' + n + ',0]}]');`,
      ),
      budget: { tokens: 1_000 },
    });
    expect(ofType(entries, "budget").map(({ kind, spentTokens }) => [kind, spentTokens])).toEqual([
      ["spent", 500],
      ["warning", 850],
      ["exhausted", 970],
    ]);
  });

  test("C4: in USD, where the price is known", async () => {
    const { run, entries } = await stage.local.run({
      script: script(`
const texts = [];
for (let n = 0; n < 5; n++) texts.push(await agent('play [{"text":"' + n + '","tokens":[200,100]}]', { model: "openai/priced" }));
return texts;`),
      budget: { usd: 1 },
    });
    // Each costs 0.4 USD: the third is let in while something is left, and no fourth.
    expect(run).toMatchObject({ status: "failed", error: { code: "over-budget" } });
    expect(ofType(entries, "budget").map(({ spentUsd }) => Number(spentUsd.toFixed(6)))).toEqual([
      0.4, 0.8, 1.2,
    ]);
  });

  test("has it in its record while it goes on, after a restart and at its end; its agents have none of their own", async () => {
    const { id } = await stage.local.start({
      script: script(
        `await agent(${spend(300)}); return agent('play [{"hold":"second","tokens":[200,0]}]');`,
      ),
      budget: { tokens: 1_000 },
    });
    const shown = async (): Promise<unknown> => (await stage.local.get(id)).budget;
    const spentOf = (spentTokens: number) => ({
      limits: { tokens: 1_000, usd: null },
      spentTokens,
      spentUsd: 0,
    });
    await stage.model.reached("second");
    await vi.waitFor(async () => expect(await shown()).toEqual(spentOf(300)), { timeout: 30_000 });
    await stage.restart();
    await stage.model.reached("second", 2);
    expect(await shown()).toEqual(spentOf(300));
    stage.model.release("second");
    expect((await stage.local.ended(id)).run).toMatchObject({ status: "succeeded", budget: spentOf(500) });
    for (const child of await stage.local.children(id)) expect(child.budget).toBeNull();
  });

  test("a budget of nothing starts nothing", async () => {
    const { run } = await stage.local.run({
      script: script('return agent("say x");'),
      budget: { tokens: 0 },
    });
    expect(run).toMatchObject({ status: "failed", error: { code: "over-budget" } });
    expect(stage.model.prompts).toEqual([]);
  });
});

test("C4, F8s: fifty at once spend no more than one step of an agent for each place beyond the budget", async () => {
  const stepTokens = 100;
  const total = 1_000;
  const { run, entries } = await stage.local.run({
    script: script(`
return (await parallel(Array.from({ length: 50 }, (_, n) => () => agent('play [{"text":"x","tokens":[${stepTokens},0]}]', { label: String(n) })))).filter(Boolean).length;`),
    budget: { tokens: total },
  });
  const spent = tokensOf(entries);
  expect(spent).toBeGreaterThan(total * 0.9);
  expect(spent).toBeLessThan(total + agentConcurrencyMax * stepTokens);
  expect(run.usage?.inputTokens).toBe(spent);
  expect(run).toMatchObject({ status: "succeeded", result: spent / stepTokens });
});

test("a budget of an agent alone ends that agent, and nobody else", async () => {
  const own = play({ ...look, tokens: [90, 5] }, { text: "cut short" });
  const { run, entries } = await stage.local.run(
    script(
      `return [await agent(${JSON.stringify(own)}, { budget: 100 }), await agent(${spend(500, "free")})];`,
    ),
  );
  expect(run).toMatchObject({ status: "succeeded", result: ["cut short", "free"] });
  expect(ofType(entries, "agent-finish").map(({ outcome }) => outcome)).toEqual(["partial", "ok"]);
});

test("the object form: agents of one phase share its budget, and the others have what is left of the run's", async () => {
  const { run } = await stage.local.run(`
export const workflow = {
  name: "shared",
  description: "Shares a budget.",
  async run() {
    const cheap = await phase("Cheap", {
      agents: [agent("a", { prompt: ${spend(80, "a")} })],
      budget: 100,
    });
    const over = await parallel(
      [async () => [await agent("b", { prompt: ${spend(120, "b")} }), await agent("c", { prompt: "say c" })]],
      { budget: 100 },
    );
    return { cheap, over, free: await agent("d", { prompt: "say d" }) };
  },
};`);
  expect(run).toMatchObject({ status: "succeeded", result: { cheap: ["a"], over: [null], free: "d" } });
});

describe("workflows within one another", () => {
  const inner = (body: string): string =>
    JSON.stringify(`export const meta = { name: "inner", description: "x" };\n${body}`);

  test("share the budget: what the inner one spends, the outer one has not", async () => {
    const { run, entries } = await stage.local.run({
      script: script(`
await agent(${spend(300)});
const seen = await workflow({ script: ${inner(`const before = [budget.total, budget.spent()]; await agent(${spend(400)}); return before;`)} });
const after = budget.spent();
const ending = await workflow({ script: ${inner(`return agent(${spend(600)}).then(() => agent("say never"));`)} }).catch((error) => error.name);
return { seen, after, ending, left: budget.remaining() };`),
      budget: { tokens: 1_000 },
    });
    expect(run).toMatchObject({
      status: "succeeded",
      result: { seen: [1_000, 300], after: 700, ending: "BudgetExceededError", left: 0 },
    });
    const inners = await stage.local.children(run.id);
    expect(inners.filter(({ kind }) => kind === "workflow")).toMatchObject([
      { status: "succeeded", usage: { inputTokens: 400 } },
      { status: "failed", error: { code: "over-budget" }, usage: { inputTokens: 600 } },
    ]);
    expect(run.usage?.inputTokens).toBe(1_300);
    expect(ofType(entries, "agent-finish").filter(({ label }) => label === "inner")).toMatchObject([
      { outcome: "ok", usage: { inputTokens: 400 } },
      { outcome: "error", error: { code: "over-budget" } },
    ]);
  });

  test("F7s: share the number of agents that a run may start", async () => {
    const many = inner(
      'return Promise.all(Array.from({ length: 40 }, (_, n) => agent("say " + n).then(() => 1, ({ message }) => message)));',
    );
    const { run, entries } = await stage.local.run(
      script(`
const first = await workflow({ script: ${many} });
const second = await workflow({ script: ${many} });
return { first: first.filter((one) => one === 1).length, second: second.filter((one) => one === 1).length, last: second.at(-1) };`),
    );
    expect(run.result).toEqual({
      ...{ first: 40, second: 20 },
      last: "A run may start 60 agents, and this one would be one more.",
    });
    expect(ofType(entries, "workflow-finish")).toMatchObject([{ agentCount: 60 }]);
  });

  test("share the places for agents", async () => {
    const two = inner(
      `return parallel([1, 2, 3].map((n) => () => agent('play [{"hold":"full","text":"' + n + '"}]')));`,
    );
    const { id } = await stage.local.start(
      script(`return parallel([1, 2, 3].map(() => () => workflow({ script: ${two} })));`),
    );
    await stage.model.reached("full", agentConcurrencyMax);
    stage.model.release("full");
    expect((await stage.local.ended(id)).run).toMatchObject({
      status: "succeeded",
      result: Array.from({ length: 3 }, () => ["1", "2", "3"]),
    });
    expect(stage.model.openCountMax).toBe(agentConcurrencyMax);
  });

  test("stop together, with their agents", async () => {
    const held = inner(`return agent('play [{"hold":"never"}]');`);
    const { id } = await stage.local.start(
      script(
        `return parallel([() => workflow({ script: ${held} }), () => agent('play [{"hold":"never"}]')]);`,
      ),
    );
    await stage.model.reached("never", 2);
    await stage.local.fetch("POST", `/api/runs/${id}/stop`);
    const { run } = await stage.local.ended(id);
    expect(run.status).toBe("stopped");
    const children = await stage.local.children(id);
    const below = await Promise.all(children.map((child) => stage.local.children(child.id)));
    expect(children.map(({ kind, status }) => `${kind} ${status}`).sort()).toEqual([
      "turn stopped",
      "workflow stopped",
    ]);
    expect(below.flat()).toMatchObject([{ kind: "turn", status: "stopped" }]);
  });
});

test("F7s: agent() in an endless loop ends at the number of calls that a script may make", async () => {
  const { run, entries } = await stage.local.run(
    script(
      `let count = 0; for (;;) { try { await agent("say " + count); count += 1; } catch ({ message }) { return { count, message }; } }`,
    ),
  );
  expect(run.result).toEqual({
    count: 60,
    message: "A script may make 60 calls of agents, workflows and approvals; this one has made them all.",
  });
  expect(logOf(entries, "engine")).toEqual(["This run has started 25 agents. It may start 60 in all."]);
});

test("a run whose agents are about to use much is told so once, before they have", async () => {
  const { entries } = await stage.local.run(
    script(`
await parallel(Array.from({ length: 12 }, () => () => agent(${spend(500)})));
await agent(${spend(500)});`),
  );
  expect(logOf(entries, "engine")).toEqual([
    "The 12 agents that this run has started are about to use 6000 tokens in all.",
  ]);
});
