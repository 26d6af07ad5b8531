// Many agents and many runs at once: nobody gets more places than there are, and who misbehaves does so alone.
import type { Run } from "@lathe/kernel";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { play } from "../../testing/workflows/prompted-model.ts";
import { ofType, script, WorkflowStage } from "../../testing/workflows/workflow-stage.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const agentConcurrencyMax = 8;
const agentConcurrencyTotalMax = 10;
const providerConcurrencyMax = 8;
const runConcurrencyMax = 3;

let stage: WorkflowStage;
beforeAll(async () => {
  stage = await WorkflowStage.open({
    engine: {
      ...{ agentConcurrencyMax, agentConcurrencyTotalMax, providerConcurrencyMax, runConcurrencyMax },
      limits: { cpuMs: 1_000 },
    },
  });
});
afterEach(() => stage.forget());
afterAll(() => stage.close());

const fan = (count: number, hold: string, model = "openai/test"): string =>
  script(`
const one = (n) => agent('play [{"hold":"${hold}","text":"' + n + '"}]', { model: "${model}" });
return parallel(Array.from({ length: ${count} }, (_, n) => () => one(n)));`);
const numbers = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => String(n));

describe("places for agents", () => {
  test("are as many as one run may have, and are given first come, first served", async () => {
    const { id } = await stage.local.start(fan(20, "all"));
    await stage.model.reached("all", agentConcurrencyMax);
    stage.model.release("all");
    const { run, entries } = await stage.local.ended(id);
    expect(run.result).toEqual(numbers(20));
    expect(stage.model.openCountMax).toBe(agentConcurrencyMax);
    const order = ofType(entries, "agent-start").map(({ callIndex }) => callIndex);
    expect(order).toEqual(order.toSorted((one, other) => one - other));
  });

  test("are as many as all runs of the daemon may have together, whatever each may have", async () => {
    // Two providers, so that neither's own limit is met before that of the daemon.
    const openai = await stage.local.start(fan(8, "all"));
    const other = await stage.ann.start(fan(8, "all", "anthropic/test"));
    await stage.model.reached("all", agentConcurrencyTotalMax);
    stage.model.release("all");
    for (const [caller, { id }] of [
      [stage.local, openai],
      [stage.ann, other],
    ] as const)
      expect((await caller.ended(id)).run.result).toEqual(numbers(8));
    expect(stage.model.openCountMax).toBe(agentConcurrencyTotalMax);
  });

  test("at one provider are as many as it may have, for all runs", async () => {
    const runs = [await stage.local.start(fan(6, "all")), await stage.local.start(fan(6, "all"))];
    await stage.model.reached("all", providerConcurrencyMax);
    stage.model.release("all");
    for (const { id } of runs) expect((await stage.local.ended(id)).run.result).toEqual(numbers(6));
    expect(stage.model.openCountMax).toBe(providerConcurrencyMax);
  });
});

test("a provider that is overrun is asked by half as many, and everybody has an answer in the end", async () => {
  let refusals = providerConcurrencyMax;
  stage.model.intercept = () => {
    if (refusals === 0) return undefined;
    refusals -= 1;
    return { status: 429, headers: { "retry-after": "1" }, pieces: ['{"error":{"message":"Too many."}}'] };
  };
  const { id } = await stage.local.start(
    script(`
const early = await parallel(Array.from({ length: 8 }, (_, n) => () => agent("say " + n)));
const late = await parallel(Array.from({ length: 8 }, (_, n) => () => agent('play [{"hold":"late","text":"' + n + '"}]')));
return [early, late];`),
  );
  // Half of eight, and one more for the answers that came since.
  const narrowed = providerConcurrencyMax / 2 + 1;
  await stage.model.reached("late");
  stage.model.openCountMax = 0;
  await stage.model.reached("late", narrowed);
  stage.model.release("late");
  const { run, entries } = await stage.local.ended(id);
  expect(run).toMatchObject({ status: "succeeded", result: [numbers(8), numbers(8)] });
  expect(stage.model.openCountMax).toBeLessThan(providerConcurrencyMax);
  expect(ofType(entries, "agent-finish").map(({ outcome }) => outcome)).toEqual(
    Array.from({ length: 16 }, () => "ok"),
  );
});

test("a script that never waits is ended by itself, and others are answered meanwhile", async () => {
  const endless = await stage.local.start(script("while (true) {}"));
  await expect.poll(async () => (await stage.local.get(endless.id)).status).toBe("running");
  const { run } = await stage.local.run(script('return agent("say alive");'));
  expect(run.result).toBe("alive");
  expect(await stage.local.get(endless.id)).toMatchObject({ status: "running" });
  const ended = await stage.local.ended(endless.id);
  expect(ended.run).toMatchObject({ status: "failed", error: { code: "cpu-limit" } });
  expect(ofType(ended.entries, "workflow-finish")[0]?.error?.message).toMatch(/used all the processor time/);
});

test.each([
  ["of 200 MB", "memory-limit", 'return "x".repeat(200 * 1024 * 1024);'],
  ["of 20 MB", "invalid-result", 'return "x".repeat(20 * 1024 * 1024);'],
  ["that is no JSON", "invalid-result", "const one = {}; one.one = one; return one;"],
  ["whose toJSON throws", "invalid-result", 'return { toJSON() { throw new Error("mine"); } };'],
])("a result %s fails its run, and no other", async (_what, code, body) => {
  const other = await stage.local.start(script(`return agent('play [{"hold":"other","text":"fine"}]');`));
  await stage.model.reached("other");
  const { run, entries } = await stage.local.run(script(body));
  expect(run).toMatchObject({ status: "failed", result: null, error: { code } });
  expect(ofType(entries, "workflow-finish")).toHaveLength(1);
  stage.model.release("other");
  expect((await stage.local.ended(other.id)).run.result).toBe("fine");
});

describe("a stop", () => {
  const held = play({ hold: "never" });
  const inner = `export const meta = { name: "inner", description: "x" }; return agent(${JSON.stringify(held)});`;

  test.each<[string, string, (id: string) => Promise<unknown>]>([
    [
      "before the first agent",
      "await new Promise((resolve) => setTimeout(resolve, 1e9));",
      (id) => running(id),
    ],
    ["in an endless loop", "while (true) {}", (id) => running(id)],
    ["while an agent works", `await agent(${JSON.stringify(held)});`, () => stage.model.reached("never")],
    [
      "while agents wait for a place",
      `await Promise.all(Array.from({ length: 30 }, () => agent(${JSON.stringify(held)})));`,
      () => stage.model.reached("never"),
    ],
    [
      "where the script goes on whatever happens",
      `for (;;) { try { await agent(${JSON.stringify(held)}); } catch { continue; } }`,
      () => stage.model.reached("never"),
    ],
    ["while somebody is asked", 'await approve("Go?");', (id) => stage.local.until(id, "approval-asked")],
    [
      "within a workflow of a workflow",
      `await workflow({ script: ${JSON.stringify(inner)} });`,
      () => stage.model.reached("never"),
    ],
  ])("%s ends the run as stopped, with all below it", async (_when, body, comes) => {
    const { id } = await stage.local.start(script(body));
    await comes(id);
    const answer = await stage.local.fetch("POST", `/api/runs/${id}/stop`);
    expect([answer.status, ((await answer.json()) as Run).status]).toEqual([202, "stopping"]);
    const { run, entries } = await stage.local.ended(id);
    expect(run).toMatchObject({ status: "stopped", error: null, result: null });
    expect(ofType(entries, "workflow-finish")).toMatchObject([{ status: "stopped" }]);
    expect(entries.at(-1)?.type).toBe("workflow-finish");
    await expectAllOver(id);
    const started = ofType(entries, "agent-start").length;
    expect(ofType(entries, "agent-finish")).toHaveLength(started);
  });

  test("of a run that waits for a process ends it before it has begun; and one of a run that is over changes nothing", async () => {
    const busy = await Promise.all(
      Array.from({ length: runConcurrencyMax }, () =>
        stage.local.start(script(`return agent(${JSON.stringify(play({ hold: "busy", text: "x" }))});`)),
      ),
    );
    await stage.model.reached("busy", runConcurrencyMax);
    const queued = await stage.local.start(script('return agent("say never");'));
    expect(await stage.local.get(queued.id)).toMatchObject({ status: "queued", startedAtMs: null });
    await stage.local.fetch("POST", `/api/runs/${queued.id}/stop`);
    expect((await stage.local.ended(queued.id)).run).toMatchObject({ status: "stopped" });
    const next = await stage.local.start(script('return "next";'));
    expect(await stage.local.get(next.id)).toMatchObject({ status: "queued" });
    stage.model.release("busy");
    for (const { id } of busy)
      expect((await stage.local.ended(id)).run).toMatchObject({ status: "succeeded" });
    expect((await stage.local.ended(next.id)).run.result).toBe("next");
    const again = await stage.local.fetch("POST", `/api/runs/${next.id}/stop`);
    expect(await again.json()).toMatchObject({ status: "succeeded", result: "next" });
    expect(stage.model.prompts).not.toContain("say never");
  });

  const running = (id: string): Promise<void> =>
    expect.poll(async () => (await stage.local.get(id)).status).toBe("running");

  async function expectAllOver(id: string): Promise<void> {
    for (const child of await stage.local.children(id)) {
      expect(child).toMatchObject({ status: "stopped", endedAtMs: expect.any(Number) });
      await expectAllOver(child.id);
    }
  }
});
