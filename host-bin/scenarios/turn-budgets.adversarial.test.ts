// C4 on a real daemon: a run of one turn keeps to its budget, tells what it used, and leaves a conversation that goes on.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Entry, Run } from "@lathe/kernel";
import type { Page, Problem } from "@lathe/wire";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { chatCalls, chatEnd, chatText, type WrittenCall } from "../testing/chat-answers.ts";
import { type DaemonProcess, killDaemonProcess } from "../testing/daemon-process.ts";
import { RunCaller } from "../testing/run-caller.ts";
import { Stage } from "../testing/stage.ts";
import { expectWellFormed } from "../testing/well-formed-request.ts";
import { type PlayedStep, PromptedModel, play } from "../testing/workflows/prompted-model.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const model = new PromptedModel();
let stage: Stage;
let daemon: DaemonProcess;
let local: RunCaller;
beforeAll(async () => {
  stage = await Stage.open({
    config: {
      agents: { default: { retry: { delaysMs: [1], sleptMsMax: 60_000 } } },
      extensions: { agents: { prices: { "openai/priced": { input: 1_000, output: 2_000 } } } },
    },
  });
  forget();
  await start();
});
afterEach(forget);
afterAll(() => stage.close());

function forget(): void {
  model.forget();
  stage.server.forget();
  stage.server.otherwise = model.answer;
}

async function start(): Promise<void> {
  daemon = await stage.start();
  local = new RunCaller(daemon);
}

const look = { name: "list_files", input: { path: "." } };
const looking: PlayedStep = { calls: [look], tokens: [200, 100] };
const all = (tokens: number | null, usd: number | null = null) => ({ tokens, usd });

async function run(input: object): Promise<Run> {
  return local.over((await local.begin(input)).id);
}

async function entriesOf({ id }: Run): Promise<readonly Entry[]> {
  const answer = await local.fetch("GET", `/api/runs/${id}/events?limit=500`);
  return ((await answer.json()) as Page<Entry>).items;
}

async function stepsOf(run: Run): Promise<readonly Extract<Entry, { type: "step-complete" }>[]> {
  return (await entriesOf(run)).filter((entry) => entry.type === "step-complete");
}

async function problemOf(input: object, key?: string): Promise<Problem> {
  const answer = await local.create(input, key);
  expect(answer.ok).toBe(false);
  return (await answer.json()) as Problem;
}

/** The conversation takes a message without a budget, and its provider is sent nothing that one refuses. */
async function expectGoesOn({ conversationId }: Run): Promise<void> {
  const askedCount = stage.server.requests.length;
  stage.server.next({ pieces: [chatText("I am here."), chatEnd()] });
  expect(await run({ conversationId, input: "And now?" })).toMatchObject({
    ...{ status: "succeeded", result: "I am here.", budget: null },
  });
  expectWellFormed(await stage.server.received(askedCount));
}

async function conversationCount(): Promise<number> {
  const page = await daemon.client.call<Page<unknown>>("GET", "/api/conversations?limit=200");
  return page.items.length;
}

describe("a turn with a budget in tokens", () => {
  test("ends before the step that does not fit any more, keeps what there is, and its conversation goes on", async () => {
    const calls = chatCalls(written(look, "call_1"));
    for (const text of ["First.", "Second."])
      stage.server.next({ pieces: [chatText(text), calls, chatEnd("tool_calls", [300, 100])] });
    const ended = await run({ input: "Work.", budget: { tokens: 1_000 } });
    expect(ended).toMatchObject({
      ...{ status: "failed", result: "Second.", error: { code: "over-budget" } },
      usage: { inputTokens: 600, outputTokens: 200 },
      budget: { limits: all(1_000), spentTokens: 800, spentUsd: 0 },
    });
    expect((await entriesOf(ended)).at(-2)).toMatchObject({ type: "done", finishReason: "over-budget" });
    expect(stage.server.requests).toHaveLength(2);
    await expectGoesOn(ended);
  });

  test("that is enough ends as any other, and tells what it used", async () => {
    const ended = await run({ input: play(looking, { text: "Done.", tokens: [50, 5] }), budget: 1_000 });
    expect(ended).toMatchObject({
      ...{ status: "succeeded", result: "Done.", error: null },
      budget: { limits: all(1_000), spentTokens: 355, spentUsd: 0 },
    });
  });

  test("of less than one step asks once, and answers every call of it", async () => {
    const ended = await run({ input: play(looking, looking), budget: 10 });
    expect(ended).toMatchObject({
      status: "failed",
      error: { code: "over-budget" },
      budget: { spentTokens: 300 },
    });
    expect(stage.server.requests).toHaveLength(1);
    await expectGoesOn(ended);
  });

  test("that is reached in the middle of calls side by side lets all of them come to their end", async () => {
    const four = {
      ...looking,
      calls: [look, look, look, look].map((call, at) => ({ ...call, input: { path: ".", at } })),
    };
    const ended = await run({ input: play(four, looking), budget: 300 });
    expect(ended).toMatchObject({ error: { code: "over-budget" }, budget: { spentTokens: 300 } });
    const [step] = await stepsOf(ended);
    expect(step?.toolResults.map(({ callId }) => callId)).toEqual(["call_1", "call_2", "call_3", "call_4"]);
    await expectGoesOn(ended);
  });

  test("does not pay for attempts that were refused, and pays once for the answer after them", async () => {
    const refusal = { status: 503, pieces: ['{"error":{"message":"Not now."}}'] };
    for (let count = 0; count < 3; count += 1) stage.server.next(refusal);
    const ended = await run({ input: play(looking, looking, looking), budget: 700 });
    expect(ended).toMatchObject({ error: { code: "over-budget" }, budget: { spentTokens: 600 } });
    expect(stage.server.requests).toHaveLength(5);
  });

  test("that is stopped while nothing is left was stopped, and tells what it used", async () => {
    const command = "echo here > here; while true; do sleep 0.05; done";
    const endless = { calls: [{ name: "run_command", input: { command } }], tokens: [400, 100] } as const;
    const { id } = await local.begin({ input: play(endless, looking), budget: 100 });
    await vi.waitUntil(() => readFile(join(stage.home.folder, "here")).catch(() => undefined), {
      timeout: 60_000,
    });
    await local.fetch("POST", `/api/runs/${id}/stop`);
    const ended = await local.over(id);
    expect(ended).toMatchObject({ status: "stopped", error: null, budget: { spentTokens: 500 } });
    await expectGoesOn(ended);
  });
});

describe("a turn with a budget in USD", () => {
  test("ends at it, where the price of its model is known", async () => {
    // Each step costs 0.4 USD.
    const input = { text: play(looking, looking, looking), model: "openai/priced" };
    const ended = await run({ input, budget: { tokens: 5_000, usd: 1 } });
    expect(ended).toMatchObject({
      ...{ status: "failed", error: { code: "over-budget" } },
      budget: { limits: all(5_000, 1), spentTokens: 600, spentUsd: expect.closeTo(0.8) },
    });
  });

  test("is refused where the price is not known: nothing is asked, and no conversation is left", async () => {
    const before = await conversationCount();
    expect(await problemOf({ input: "Work.", budget: { usd: 1 } })).toMatchObject({
      ...{ status: 422, code: "unknown-price" },
      detail: expect.stringContaining("The price of openai/test is not known"),
      errors: [{ field: "budget.usd" }],
    });
    expect(stage.server.requests).toEqual([]);
    expect(await conversationCount()).toBe(before);
  });
});

describe("a budget", () => {
  test.each([
    [0, 422, "budget.tokens"],
    [{ tokens: 0 }, 422, "budget.tokens"],
    [{ tokens: 100, usd: 0 }, 422, "budget.usd"],
    [-1, 400, "budget"],
    [{ tokens: -1 }, 400, "budget.tokens"],
    [{ usd: -0.5 }, 400, "budget.usd"],
    ["NaN", 400, "budget"],
    [null, 400, "budget"],
    [{ tokens: "many" }, 400, "budget"],
    [{ euros: 1 }, 400, "budget"],
  ])("of %j is refused by the name of its field, and begins nothing", async (budget, status, field) => {
    const before = await conversationCount();
    const problem = await problemOf({ input: "Work.", budget });
    expect(problem).toMatchObject({ status, errors: [{ field, message: expect.any(String) }] });
    expect(await conversationCount()).toBe(before);
    expect(stage.server.requests).toEqual([]);
  });

  test("that is no number of JSON, and one that is too large for any, are refused as well", async () => {
    for (const budget of ["NaN", "1e999"]) {
      const answer = await fetch(new URL("/api/runs", daemon.url), {
        method: "POST",
        headers: { authorization: `Bearer ${daemon.token}`, "content-type": "application/json" },
        body: `{"kind":"turn","input":"Work.","budget":${budget}}`,
      });
      expect([budget, answer.status]).toEqual([budget, 400]);
    }
  });

  test("is a part of the request that an Idempotency-Key stands for", async () => {
    const asked = { input: "say hello", budget: 1_000 };
    const first = await local.begin(asked, "budget-1");
    expect((await local.begin(asked, "budget-1")).id).toBe(first.id);
    for (const budget of [2_000, { tokens: 1_000, usd: 1 }, undefined])
      expect(await problemOf({ ...asked, budget }, "budget-1")).toMatchObject({
        code: "idempotency-key-reused",
      });
    await local.over(first.id);
    expect(stage.server.requests).toHaveLength(1);
  });
});

describe("C3: after kill -9", () => {
  test("a turn has what is left of its budget: each step is counted once, the one that was cut off by nobody", async () => {
    const steps = [looking, { ...looking, hold: "second" }, looking, looking];
    const { id } = await local.begin({ input: play(...steps), budget: 1_000 });
    await model.reached("second", 1);
    await vi.waitFor(
      async () => expect(await local.get(id)).toMatchObject({ budget: { spentTokens: 300 } }),
      {
        timeout: 60_000,
      },
    );
    await killDaemonProcess(daemon);
    await start();
    await model.reached("second", 2);
    await vi.waitFor(
      async () =>
        expect(await local.get(id)).toMatchObject({
          status: "running",
          budget: { limits: all(1_000), spentTokens: 300, spentUsd: 0 },
        }),
      { timeout: 60_000 },
    );
    model.release("second");
    const ended = await local.over(id);
    expect(ended).toMatchObject({
      ...{ status: "failed", error: { code: "over-budget" } },
      usage: { inputTokens: 600, outputTokens: 300 },
      budget: { limits: all(1_000), spentTokens: 900, spentUsd: 0 },
    });
    expect(await stepsOf(ended)).toHaveLength(3);
    await expectGoesOn(ended);
  });

  test("an answer that was whole, and whose call was cut off, is paid for once", async () => {
    const command = "echo at > at; while true; do sleep 0.05; done";
    const endless = { calls: [{ name: "run_command", input: { command } }], tokens: [200, 100] } as const;
    const { id } = await local.begin({ input: play(looking, endless, looking, looking), budget: 1_000 });
    await vi.waitUntil(() => readFile(join(stage.home.folder, "at")).catch(() => undefined), {
      timeout: 60_000,
    });
    await killDaemonProcess(daemon);
    await start();
    const ended = await local.over(id);
    expect(ended).toMatchObject({
      ...{ error: { code: "over-budget" }, usage: { inputTokens: 600, outputTokens: 300 } },
      budget: { spentTokens: 900 },
    });
    expect(await stepsOf(ended)).toHaveLength(3);
    await expectGoesOn(ended);
  });
});

function written({ name, input }: typeof look, id: string): WrittenCall {
  return { id, name, argumentsText: JSON.stringify(input) };
}
