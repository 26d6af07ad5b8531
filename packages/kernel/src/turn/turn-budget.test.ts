// What a turn says to its budget: it asks before each step, tells what was used, and lets go once.
import { describe, expect, test } from "vitest";
import type { ProviderEvent } from "../contracts/provider.ts";
import { type Rehearsal, rehearse, type Staging, stageTool } from "../testing/rehearsal.ts";
import type { Budget } from "./turn.ts";
import { noUsage } from "./usage.ts";

const stop: ProviderEvent = { type: "finish", reason: "stop", rawReason: "stop" };
const callsFinish: ProviderEvent = { type: "finish", reason: "tool-calls", rawReason: "tool_calls" };
const call: ProviderEvent = { type: "tool-call", callId: "c1", name: "look", argumentsText: "{}" };
const say: ProviderEvent = { type: "text-delta", text: "Hm." };
const usage = { ...noUsage, inputTokens: 10, outputTokens: 2 };
const used: ProviderEvent = { type: "usage", usage };
const look = stageTool("look", async () => ({ content: "seen" }));
const failure: ProviderEvent = {
  type: "error",
  failure: {
    kind: "server",
    message: "It failed.",
    status: 500,
    code: null,
    retryable: true,
    retryAfterMs: null,
  },
};

function openLog(grants = 100): { readonly budget: Budget; readonly said: string[] } {
  const said: string[] = [];
  let left = grants;
  const reserve = (): boolean => {
    left -= 1;
    said.push(left >= 0 ? "reserve" : "refuse");
    return left >= 0;
  };
  const spend: Budget["spend"] = ({ inputTokens }, { provider, model }) =>
    void said.push(`spend ${inputTokens} on ${provider}/${model}`);
  return { said, budget: { reserve, spend, release: () => void said.push("release") } };
}

/** What the budget was told of a turn, whether or not it could be recorded. */
async function toldOf(staging: Staging, grants?: number): Promise<readonly string[]> {
  const { budget, said } = openLog(grants);
  const stage = rehearse({ tools: [look], ...staging, desk: { ...staging.desk, budget } });
  await stage.run().catch(() => undefined);
  return said;
}

const steps = [[[call, used, callsFinish]], [[say, used, stop]]] as const;

test("it is asked before each step, told of each answer and its model, and let go at the end", async () => {
  expect(await toldOf({ calls: steps })).toEqual([
    "reserve",
    "spend 10 on stage0/m",
    "reserve",
    "spend 10 on stage0/m",
    "release",
  ]);
});

test("each attempt that reported its usage is told, also one that failed", async () => {
  const calls = [[[used, failure]], [[say, used, stop]]];
  const said = await toldOf({ calls });
  expect(said).toEqual(["reserve", "spend 10 on stage0/m", "spend 10 on stage0/m", "release"]);
});

test("the model that took over is the one that is told", async () => {
  const dead: ProviderEvent = { ...failure, failure: { ...failure.failure, retryable: false } };
  const said = await toldOf({ calls: [[[dead]]], fallbacks: [[[[say, used, stop]]]] });
  expect(said).toEqual(["reserve", "spend 10 on stage1/m", "release"]);
});

const refusal = async (): Promise<never> => {
  throw new Error("The store refuses.");
};

describe("it is let go exactly once", () => {
  const aborted: Staging = { calls: steps, plan: { signal: AbortSignal.abort() } };
  test.each<[string, Staging, number?]>([
    ["an answer", { calls: steps }],
    ["a refusal", { calls: steps }, 1],
    ["an abort before the first step", aborted],
    ["a step limit", { calls: steps, limits: { stepCountMax: 1 } }],
    ["a desk that breaks", { calls: [[[failure]]], plan: { retry: { delayFor: broken } } }],
    ["a first step that cannot be recorded", { calls: steps, desk: { record: refusal } }],
    ["calls that cannot be announced", { calls: steps, tools: [writer()], desk: { beforeCalls: refusal } }],
  ])("after %s", async (_what, staging, grants) => {
    const said = await toldOf(staging, grants);
    expect(said.filter((word) => word === "release")).toHaveLength(1);
    expect(said.at(-1)).toBe("release");
  });
});

test("it is let go before the end is recorded: whoever waits for the end finds it free", async () => {
  const { budget, said } = openLog();
  const stage: Rehearsal = rehearse({
    calls: [[[say, used, stop]]],
    desk: { budget, record: async ([event]) => void said.push(event?.type ?? "nothing") },
  });
  await stage.run();
  expect(said.slice(-2)).toEqual(["release", "step-complete"]);
});

test("one that cannot be let go of does not cost the turn", async () => {
  const { budget } = openLog();
  const stage = rehearse({ calls: steps, tools: [look], desk: { budget: { ...budget, release: broken } } });
  expect(await stage.run()).toMatchObject({ finishReason: "stop", stepCount: 2 });
});

test("an answer that was there before a crash is neither asked for nor told again", async () => {
  const content = [{ type: "tool-call", callId: "c1", name: "look", argumentsText: "{}" }] as const;
  const pending = {
    ...{ stepId: "trn_1#1", index: 1, provider: "old", model: "m0", usage, contextSize: 12 },
    message: { role: "assistant", provider: "old", model: "m0", content } as const,
    metrics: { startedAtMs: 900_000, timeToFirstTokenMs: 20, decodeMs: 5 },
  };
  const resume = { stepCount: 1, usage, contextSize: 12, startedAtMs: 400_000, pending, retry: null };
  const { budget, said } = openLog(0);
  const stage = rehearse({ calls: steps, tools: [look], plan: { resume }, desk: { budget } });
  const done = await stage.run();
  expect(said).toEqual(["refuse", "release"]);
  expect(done).toMatchObject({ finishReason: "over-budget", stepCount: 2, usage: { inputTokens: 20 } });
  expect(stage.commits[0]?.[0]).toMatchObject({ index: 1, toolResults: [{ content: "seen" }] });
});

function broken(): never {
  throw new Error("This part of the desk is broken.");
}

function writer(): ReturnType<typeof stageTool> {
  const traits = { readOnly: false, idempotent: false };
  return stageTool("look", async () => ({ content: "written" }), traits);
}
