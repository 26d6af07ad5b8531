import { expect, test } from "vitest";
import type { ProviderEvent } from "../contracts/provider.ts";
import { type Act, type Rehearsal, rehearse, type Staging, stageTool } from "../testing/rehearsal.ts";

const stop: ProviderEvent = { type: "finish", reason: "stop", rawReason: "stop" };
const callsFinish: ProviderEvent = { type: "finish", reason: "tool-calls", rawReason: "tool_calls" };
const say = (text: string): ProviderEvent => ({ type: "text-delta", text });
const call: ProviderEvent = { type: "tool-call", callId: "c1", name: "look", argumentsText: "{}" };
const spend: ProviderEvent = {
  type: "usage",
  usage: {
    inputTokens: 1,
    outputTokens: 1,
    cacheReadTokens: null,
    cacheWriteTokens: null,
    reasoningTokens: null,
  },
};
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
const release = (): void => {};
const broken = (): never => {
  throw new Error("This part of the desk is broken: sk-secret");
};

test.each<[string, Staging]>([
  ["the retry strategy", { calls: [[[failure]]], plan: { retry: { delayFor: broken } } }],
  ["the sleep", { calls: [[[failure]]], desk: { sleep: async () => broken() } }],
  [
    "the budget's reserve",
    { calls: [[[stop]]], desk: { budget: { reserve: broken, spend: () => {}, release } } },
  ],
  [
    "the budget's spend",
    {
      calls: [[[say("Hi"), spend, stop]]],
      desk: { budget: { reserve: () => true, spend: broken, release } },
    },
  ],
  ["the listing of models", { calls: [], plan: { models: [] } }],
])("where %s breaks, the turn ends as an internal error, with one done", async (_what, staging) => {
  const stage = rehearse(staging);
  const done = await stage.run();
  expect(done).toMatchObject({ finishReason: "error", failure: { kind: "internal" } });
  expect(stage.events.filter((event) => event.type === "done")).toHaveLength(1);
  expect(JSON.stringify(stage.events)).not.toContain("sk-secret");
});

test("where the desk breaks in the middle of a step, what it started is ended", async () => {
  let signal: AbortSignal | undefined;
  const look = stageTool("look", (_input, context) => {
    signal = context.signal;
    return new Promise(() => {});
  });
  const stage = rehearse({
    calls: [[[call, spend, callsFinish]]],
    tools: [look],
    desk: { budget: { reserve: () => true, spend: broken, release } },
  });
  expect(await stage.run()).toMatchObject({ failure: { kind: "internal" } });
  expect(signal?.aborted).toBe(true);
});

test("steering that cannot be had does not cost the step or the turn", async () => {
  const look = stageTool("look", async () => ({ content: "seen" }));
  const stage = rehearse({
    calls: [[[call, callsFinish]], [[say("Seen."), stop]]],
    tools: [look],
    desk: { drainSteering: async () => broken() },
  });
  expect(await stage.run()).toMatchObject({ finishReason: "stop", stepCount: 2 });
  expect(stage.commits[0]?.map((event) => event.type)).toEqual(["step-complete"]);
});

test("an abort wins over steering that never comes; the step is stored", async () => {
  const look = stageTool("look", async () => ({ content: "seen" }));
  const stage: Rehearsal = rehearse({
    calls: [[[call, callsFinish]]],
    tools: [look],
    desk: {
      drainSteering: () => {
        stage.desk.after(10, () => stage.abort());
        return new Promise(() => {});
      },
    },
  });
  expect(await stage.run()).toMatchObject({ finishReason: "aborted", stepCount: 1 });
  expect(stage.commits.map((commit) => commit.map((event) => event.type))).toEqual([
    ["step-complete"],
    ["done"],
  ]);
});

test("a turn of a thousand steps leaves nothing behind on its signal, and no more than a few at any time", async () => {
  let added = 0;
  let most = 0;
  const own = new AbortController();
  const { signal } = own;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  Object.assign(signal, {
    addEventListener: (...parts: Parameters<typeof add>) => {
      most = Math.max(most, ++added);
      add(...parts);
    },
    removeEventListener: (...parts: Parameters<typeof remove>) => {
      added--;
      remove(...parts);
    },
  });
  const look = stageTool("look", async (input) => ({ content: String(input.n) }));
  const steps = Array.from({ length: 1_000 }, (_, n): readonly Act[] => [
    [{ ...call, argumentsText: `{"n":${n}}` }, callsFinish],
  ]);
  const flaky: readonly Act[] = [[failure]];
  const calls = steps.flatMap((step, n) => (n % 10 === 0 ? [flaky, step] : [step]));
  const stage = rehearse({ calls: [...calls, [[say("Done."), stop]]], tools: [look], plan: { signal } });
  expect(await stage.run()).toMatchObject({ finishReason: "stop", stepCount: 1_001 });
  expect(added).toBe(0);
  expect(most).toBeLessThan(5);
});
