import { expect, test } from "vitest";
import type { ProviderEvent, ProviderFailure } from "../contracts/provider.ts";
import type { Tool } from "../contracts/tool.ts";
import type { Usage } from "../contracts/usage.ts";
import { type Act, rehearse, stageTool } from "../testing/rehearsal.ts";

const usage: Usage = {
  inputTokens: 10,
  outputTokens: 2,
  cacheReadTokens: 4,
  cacheWriteTokens: null,
  reasoningTokens: null,
};
const stop: ProviderEvent = { type: "finish", reason: "stop", rawReason: "stop" };
const callsFinish: ProviderEvent = { type: "finish", reason: "tool-calls", rawReason: "tool_calls" };
const spend: ProviderEvent = { type: "usage", usage };

function say(text: string): ProviderEvent {
  return { type: "text-delta", text };
}

function call(callId: string, name: string, input: object = {}): ProviderEvent {
  return { type: "tool-call", callId, name, argumentsText: JSON.stringify(input) };
}

function fail(
  kind: ProviderFailure["kind"],
  retryable: boolean,
  retryAfterMs: number | null = null,
): ProviderEvent {
  return {
    type: "error",
    failure: { kind, message: `It failed: ${kind}.`, status: null, code: null, retryable, retryAfterMs },
  };
}

const seen: Tool = stageTool("look", async () => ({ content: "seen" }));

test("a turn asks, runs the tools, tells the results and ends with exactly one done", async () => {
  const stage = rehearse({
    calls: [
      [[say("Let me "), say("look."), call("c1", "look", { at: 1 }), spend, callsFinish]],
      [[say("Seen."), spend, stop]],
    ],
    tools: [seen],
  });
  const done = await stage.run();
  expect(stage.events.map((event) => event.type)).toEqual([
    "step-start",
    "text-delta",
    "text-delta",
    "tool-call",
    "tool-trace-start",
    "usage",
    "tool-trace-finish",
    "tool-result",
    "step-complete",
    "step-start",
    "text-delta",
    "usage",
    "step-complete",
    "done",
  ]);
  expect(done).toEqual({
    type: "done",
    conversationId: "cnv_1",
    turnId: "trn_1",
    finishReason: "stop",
    stepCount: 2,
    durationMs: 0,
    usage: {
      inputTokens: 20,
      outputTokens: 4,
      cacheReadTokens: 8,
      cacheWriteTokens: null,
      reasoningTokens: null,
    },
    contextSize: 12,
  });
  expect(stage.requests[1]?.messages).toEqual([
    { role: "user", content: [{ type: "text", text: "Begin." }] },
    {
      role: "assistant",
      provider: "stage0",
      model: "m",
      content: [
        { type: "text", text: "Let me look." },
        { type: "tool-call", callId: "c1", name: "look", argumentsText: '{"at":1}' },
      ],
    },
    { role: "tool", callId: "c1", toolName: "look", content: "seen", isError: false },
  ]);
});

test("the last step and the end of the turn are one commit", async () => {
  const stage = rehearse({
    calls: [[[call("c1", "look"), callsFinish]], [[say("Seen."), stop]]],
    tools: [seen],
  });
  await stage.run();
  expect(stage.commits.map((commit) => commit.map((event) => event.type))).toEqual([
    ["step-complete"],
    ["step-complete", "done"],
  ]);
});

test("every event of a step carries its id", async () => {
  const stage = rehearse({
    calls: [[[call("c1", "look"), callsFinish]], [[say("Seen."), stop]]],
    tools: [seen],
  });
  await stage.run();
  const ids = stage.events.map((event) => ("stepId" in event ? event.stepId : null));
  expect(ids).toEqual([...Array(6).fill("trn_1#0"), ...Array(3).fill("trn_1#1"), null]);
});

test("a step limit ends the turn after the tools of the last step have answered", async () => {
  const stage = rehearse({
    calls: [[[call("c1", "look"), callsFinish]]],
    tools: [seen],
    limits: { stepCountMax: 1 },
  });
  const done = await stage.run();
  expect(done.finishReason).toBe("max-steps");
  expect(stage.plan.transcript.forRequest().at(-1)).toMatchObject({ role: "tool", callId: "c1" });
});

test("a retryable failure is asked again, with a visible wait and nothing of it in the history", async () => {
  const stage = rehearse({ calls: [[[fail("rate-limit", true, 3_000)]], [[say("Hello."), stop]]] });
  const done = await stage.run();
  expect(done.finishReason).toBe("stop");
  expect(stage.sleepsMs).toEqual([3_000]);
  expect(stage.events.filter((event) => event.type === "provider-retry")).toEqual([
    {
      type: "provider-retry",
      conversationId: "cnv_1",
      turnId: "trn_1",
      stepId: "trn_1#0",
      attempt: 1,
      delayMs: 3_000,
      reason: "rate-limit",
      message: "It failed: rate-limit.",
      budgetLeftMs: 8 * 3_600_000 - 3_000,
    },
  ]);
  expect(stage.commits.flat().map((event) => event.type)).toEqual(["step-complete", "done"]);
});

test("F2: a model that fails for nine hours ends the turn with an error after eight, and the turn is sealed", async () => {
  const stage = rehearse({ calls: [[[fail("overloaded", true)]]] });
  const done = await stage.run();
  expect(done).toMatchObject({ finishReason: "error", failure: { kind: "overloaded" } });
  expect(stage.sleepsMs.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(8 * 3_600_000);
});

test("F3: a failure after the first word is not tried again; the words stay, once", async () => {
  const stage = rehearse({ calls: [[[say("Half an ")], [fail("server", true)]], [[say("Never."), stop]]] });
  const done = await stage.run();
  expect(done).toMatchObject({ finishReason: "error", failure: { kind: "server" } });
  expect(stage.requests).toHaveLength(1);
  expect(stage.events.filter((event) => event.type === "text-delta")).toHaveLength(1);
  expect(stage.commits.flat()[0]).toMatchObject({
    finishReason: "error",
    message: { content: [{ type: "text", text: "Half an " }], interrupted: true },
  });
});

test("F11: a failure that waiting cannot mend is not tried again", async () => {
  const stage = rehearse({ calls: [[[fail("auth", false)]]] });
  const done = await stage.run();
  expect(done).toMatchObject({ finishReason: "error", failure: { kind: "auth" } });
  expect(stage.requests).toHaveLength(1);
  expect(stage.sleepsMs).toEqual([]);
});

test("the next model takes over where the first fails for good, and keeps the turn", async () => {
  const stage = rehearse({
    calls: [[[fail("model-not-found", false)]]],
    fallbacks: [[[[call("c1", "look"), callsFinish]], [[say("Seen."), stop]]]],
    tools: [seen],
  });
  const done = await stage.run();
  expect(done.finishReason).toBe("stop");
  expect(stage.events.find((event) => event.type === "model-fallback")).toMatchObject({
    fromModel: "stage0/m",
    toModel: "stage1/m",
    reason: "model-not-found",
  });
  expect(stage.commits.flat()[0]).toMatchObject({ type: "step-complete", provider: "stage1" });
  expect(stage.requests).toHaveLength(3);
});

test("a silent stream is given up by the watchdog, and asked again where nothing was shown", async () => {
  const stage = rehearse({
    calls: [[{ kind: "hang" }], [[say("Awake."), stop]]],
    limits: { idleMs: 120_000 },
  });
  const done = await stage.run();
  expect(done.finishReason).toBe("stop");
  expect(stage.events.find((event) => event.type === "provider-retry")).toMatchObject({
    reason: "idle-timeout",
  });
});

test("F6: a stream that falls silent in the middle ends the step with an error", async () => {
  const stage = rehearse({ calls: [[[say("Half")], { kind: "deaf" }]] });
  const done = await stage.run();
  expect(done).toMatchObject({ finishReason: "error", failure: { kind: "idle-timeout" } });
});

test("F7: a slow drip is not silence", async () => {
  const drip: Act[] = Array.from(
    { length: 20 },
    () => [{ kind: "wait" as const, ms: 100_000 }, [say("x")]] as const,
  ).flat();
  const stage = rehearse({ calls: [[...drip, [stop]]] });
  const done = await stage.run();
  expect(done.finishReason).toBe("stop");
  expect(stage.commits.flat()[0]).toMatchObject({
    message: { content: [{ type: "text", text: "x".repeat(20) }] },
  });
});

test("keep-alive batches without events count as life", async () => {
  const quiet: Act[] = Array.from(
    { length: 5 },
    () => [{ kind: "wait" as const, ms: 100_000 }, []] as const,
  ).flat();
  const stage = rehearse({ calls: [[...quiet, [say("At last."), stop]]] });
  expect((await stage.run()).finishReason).toBe("stop");
  expect(stage.sleepsMs).toEqual([]);
});

test("F5: a stream that ends without saying so is an error, not an answer", async () => {
  const stage = rehearse({ calls: [[[say("And then")]]] });
  expect(await stage.run()).toMatchObject({ finishReason: "error", failure: { kind: "truncated" } });
});

test("an adapter that throws is a failure of the model, not of the turn", async () => {
  const stage = rehearse({ calls: [[[say("Oh")], { kind: "throw" }]] });
  expect(await stage.run()).toMatchObject({ finishReason: "error", failure: { kind: "malformed" } });
});

test("an answer without end is cut off", async () => {
  const stage = rehearse({
    calls: [[[say("x".repeat(60))], [say("x".repeat(60))]]],
    limits: { answerLengthMax: 100 },
  });
  expect(await stage.run()).toMatchObject({ finishReason: "error", failure: { kind: "malformed" } });
});

test("a model that stops at its length limit runs none of its calls", async () => {
  let ran = 0;
  const write = stageTool("write", async () => ({ content: String(++ran) }), { readOnly: false });
  const length: ProviderEvent = { type: "finish", reason: "length", rawReason: "length" };
  const stage = rehearse({ calls: [[[say("I will"), call("c1", "write"), length]]], tools: [write] });
  expect((await stage.run()).finishReason).toBe("length");
  expect(ran).toBe(0);
  expect(stage.plan.transcript.forRequest().at(-1)).toMatchObject({
    content: [{ type: "text", text: "I will" }],
  });
});

test("the same call three times in a row is warned about, and five times ends the turn as stuck", async () => {
  let ran = 0;
  const poke = stageTool("poke", async () => ({ content: String(++ran) }));
  const stage = rehearse({ calls: [[[call("c1", "poke", { a: 1, b: 2 }), callsFinish]]], tools: [poke] });
  const done = await stage.run();
  expect(done.finishReason).toBe("stuck");
  expect(done.stepCount).toBe(5);
  expect(ran).toBe(4);
  const results = stage.commits
    .flat()
    .flatMap((event) => (event.type === "step-complete" ? event.toolResults : []));
  expect(results.map((result) => result.content.includes("same call three times"))).toEqual([
    false,
    false,
    true,
    true,
    false,
  ]);
  expect(results[4]?.content).toContain("Not run");
});

test("another call in between starts the count anew", async () => {
  const poke = stageTool("poke", async () => ({ content: "." }));
  const calls = Array.from({ length: 12 }, (_, index): readonly Act[] => [
    [call("c1", "poke", { odd: index % 2 }), callsFinish],
  ]);
  const stage = rehearse({ calls: [...calls, [[say("Done."), stop]]], tools: [poke] });
  expect((await stage.run()).finishReason).toBe("stop");
});

test("a budget that is used up ends the turn before the next step", async () => {
  let left = 1;
  const stage = rehearse({
    calls: [[[call("c1", "look"), spend, callsFinish]]],
    tools: [seen],
    desk: { budget: { reserve: () => left > 0, spend: () => left--, release: () => {} } },
  });
  const done = await stage.run();
  expect(done).toMatchObject({ finishReason: "over-budget", stepCount: 1 });
});

test("steering is heard at the tool boundary and stored with the step", async () => {
  let waiting = [{ role: "user" as const, content: [{ type: "text" as const, text: "Hurry." }] }];
  const stage = rehearse({
    calls: [[[call("c1", "look"), callsFinish]], [[say("Seen."), stop]]],
    tools: [seen],
    desk: {
      drainSteering: async () => {
        const taken = waiting;
        waiting = [];
        return taken;
      },
    },
  });
  await stage.run();
  expect(stage.commits[0]?.map((event) => event.type)).toEqual(["step-complete", "steering"]);
  expect(stage.requests[1]?.messages.at(-1)).toEqual({
    role: "user",
    content: [{ type: "text", text: "Hurry." }],
  });
});

test("a denied call is answered, not run", async () => {
  let ran = 0;
  const write = stageTool("write", async () => ({ content: String(++ran) }));
  const stage = rehearse({
    calls: [[[call("c1", "write"), callsFinish]], [[say("Pity."), stop]]],
    tools: [write],
    desk: { approve: async () => ({ kind: "denied", reason: "not today" }) },
  });
  await stage.run();
  expect(ran).toBe(0);
  expect(stage.commits[0]?.[0]).toMatchObject({
    toolResults: [{ content: "This call was not allowed: not today", isError: true }],
    toolCalls: [{ outcome: "denied" }],
  });
});

test("the context size is that of the last step, never a sum", async () => {
  const large: ProviderEvent = { type: "usage", usage: { ...usage, inputTokens: 100, outputTokens: 50 } };
  const stage = rehearse({
    calls: [[[call("c1", "look"), spend, callsFinish]], [[say("Seen."), large, stop]]],
    tools: [seen],
  });
  expect((await stage.run()).contextSize).toBe(150);
});

test("a trace has turn, step, prompt, request and tool call, each closed, each below the right one", async () => {
  const stage = rehearse({
    calls: [[[call("c1", "look"), callsFinish]], [[say("Seen."), stop]]],
    tools: [seen],
  });
  await stage.run();
  stage.desk.span.close("ok");
  const opened = new Map(
    stage.records.filter((record) => record.kind === "open").map((span) => [span.spanId, span]),
  );
  const closed = stage.records.filter((record) => record.kind === "close");
  const path = (spanId: string | null): string[] => {
    const span = spanId === null ? undefined : opened.get(spanId);
    return span === undefined ? [] : [...path(span.parentSpanId), span.name];
  };
  expect([...opened.keys()].map((id) => path(id).join(" > "))).toEqual([
    "turn",
    "turn > step",
    "turn > step > prompt",
    "turn > step > provider-request",
    "turn > step > tool-call",
    "turn > step",
    "turn > step > prompt",
    "turn > step > provider-request",
  ]);
  expect(new Set(closed.map((span) => span.spanId))).toEqual(new Set(opened.keys()));
  expect(closed.every((span) => span.parentSpanId === opened.get(span.spanId)?.parentSpanId)).toBe(true);
});
