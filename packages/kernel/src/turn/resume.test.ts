// A turn that was cut off goes on: from the last complete step, with what is known of the step behind it.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { AssistantMessage, AssistantPart } from "../contracts/message.ts";
import type { ProviderEvent } from "../contracts/provider.ts";
import type { PendingStep } from "../contracts/snapshots.ts";
import { type Act, rehearse, stageTool } from "../testing/rehearsal.ts";
import { Answer } from "./answer.ts";
import { eventsOfMessage } from "./message-events.ts";
import { interruptedResult } from "./transcript.ts";
import type { ResumePoint } from "./turn.ts";
import { noUsage } from "./usage.ts";

const stop: ProviderEvent = { type: "finish", reason: "stop", rawReason: "stop" };
const answer: readonly (readonly Act[])[] = [[[{ type: "text-delta", text: "Done." }, stop]]];
const usage = { ...noUsage, inputTokens: 7, outputTokens: 3 };

function resumeAt(stepCount: number, parts: Partial<ResumePoint> = {}): ResumePoint {
  return { stepCount, usage, contextSize: 10, startedAtMs: 400_000, pending: null, retry: null, ...parts };
}

function pendingStep(index: number, content: readonly AssistantPart[]): PendingStep {
  const message: AssistantMessage = { role: "assistant", provider: "old", model: "m0", content };
  return {
    stepId: `trn_1#${index}`,
    index,
    provider: "old",
    model: "m0",
    message,
    usage: null,
    contextSize: null,
    metrics: { startedAtMs: 900_000, timeToFirstTokenMs: 20, decodeMs: 5 },
  };
}

const call = (callId: string, name: string, argumentsText = "{}"): AssistantPart => ({
  type: "tool-call",
  callId,
  name,
  argumentsText,
});

test("it counts its steps, its usage and its time from where it was", async () => {
  const stage = rehearse({ calls: answer, plan: { resume: resumeAt(2) } });
  const done = await stage.run();
  expect(stage.events.find((event) => event.type === "step-complete")).toMatchObject({
    stepId: "trn_1#2",
    index: 2,
  });
  expect(done).toMatchObject({ stepCount: 3, usage, contextSize: 10, durationMs: 600_000 });
});

test("a step limit counts the steps before the crash", async () => {
  const look = stageTool("look", async () => ({ content: "seen" }));
  const asks: readonly (readonly Act[])[] = [
    [
      [
        { type: "tool-call", callId: "c", name: "look", argumentsText: "{}" },
        { ...stop, reason: "tool-calls" },
      ],
    ],
  ];
  const plan = { resume: resumeAt(2) };
  const stage = rehearse({ calls: asks, tools: [look], limits: { stepCountMax: 3 }, plan });
  expect(await stage.run()).toMatchObject({ finishReason: "max-steps", stepCount: 3 });
});

test("an answer that was whole is not asked for again: it is shown, its calls are settled, and the turn goes on", async () => {
  const runs: string[] = [];
  const tool = (name: string, traits: object) =>
    stageTool(
      name,
      async () => {
        runs.push(name);
        return { content: `${name} done` };
      },
      traits,
    );
  const tools = [
    tool("look", { readOnly: true, idempotent: false }),
    tool("put", { readOnly: false, idempotent: true }),
    tool("send", { readOnly: false, idempotent: false }),
  ];
  const content: readonly AssistantPart[] = [
    { type: "reasoning", text: "Hm.", providerData: { signature: "s" } },
    { type: "text", text: "Working." },
    call("c1", "look"),
    call("c2", "put"),
    call("c3", "send"),
    call("c4", "gone"),
  ];
  const plan = { resume: resumeAt(1, { pending: pendingStep(1, content) }) };
  const stage = rehearse({ calls: answer, tools, plan });
  await stage.run();
  expect(runs.toSorted()).toEqual(["look", "put"]);
  expect(stage.requests).toHaveLength(1);
  const [step, last] = stage.commits.flat();
  expect(step).toMatchObject({
    type: "step-complete",
    index: 1,
    provider: "old",
    model: "m0",
    finishReason: "tool-calls",
    message: { content },
    toolResults: [
      { callId: "c1", content: "look done" },
      { callId: "c2", content: "put done" },
      { callId: "c3", content: interruptedResult, isError: true },
      { callId: "c4", content: expect.stringContaining("no tool named"), isError: true },
    ],
  });
  expect(last).toMatchObject({ type: "step-complete", index: 2, provider: "stage0" });
  expect(stage.events.slice(0, 3).map(({ type }) => type)).toEqual([
    "step-start",
    "reasoning-delta",
    "text-delta",
  ]);
});

test("a call whose arguments lost a secret when they were stored is not run again", async () => {
  let runCount = 0;
  const put = stageTool("put", async () => {
    runCount++;
    return { content: "" };
  });
  const pending = pendingStep(0, [call("c1", "put", '{"key":"[redacted:openai]"}')]);
  const stage = rehearse({ calls: answer, tools: [put], plan: { resume: resumeAt(0, { pending }) } });
  await stage.run();
  expect(runCount).toBe(0);
  expect(stage.commits.flat()[0]).toMatchObject({ toolResults: [{ content: interruptedResult }] });
});

test("G15: retries go on where they were, in number and in time", async () => {
  const failure = {
    kind: "overloaded",
    message: "Busy.",
    status: 529,
    code: null,
    retryable: true,
    retryAfterMs: null,
  } as const;
  const progress: unknown[] = [];
  const retry = { failedAttempts: 2, sleptMs: 15_000 };
  const stage = rehearse({
    calls: [[[{ type: "error", failure }]], [[stop]]],
    plan: { resume: resumeAt(0, { retry }) },
    desk: { onRetry: (reached) => progress.push(reached) },
  });
  await stage.run();
  expect(stage.sleepsMs).toEqual([30_000]);
  expect(progress).toEqual([{ failedAttempts: 3, sleptMs: 45_000 }]);
});

const text = fc.string({ minLength: 1, maxLength: 10 }).filter((value) => value.isWellFormed());
const part: fc.Arbitrary<AssistantPart> = fc.oneof(
  text.map((value): AssistantPart => ({ type: "text", text: value })),
  fc.record({ type: fc.constant("reasoning" as const), text, providerData: fc.constant({ s: 1 }) }),
  fc.nat(9).map((at): AssistantPart => call(`c${at}`, "look", `{"at":${at}}`)),
  fc.constant<AssistantPart>({ type: "opaque", providerData: [1] }),
);

test("a message is built again from the events that it is told as", () => {
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const calls = new Set<string>();
      const content = parts.filter((one, at) => {
        // Two texts behind each other are one text, and an id is used once: no answer is otherwise.
        if (one.type === "text" && parts[at - 1]?.type === "text") return false;
        if (one.type !== "tool-call") return true;
        if (calls.has(one.callId)) return false;
        calls.add(one.callId);
        return true;
      });
      const separate = content.filter((one, at) => one.type !== "text" || content[at - 1]?.type !== "text");
      const names = { conversationId: "cnv_1", turnId: "trn_1", stepId: "trn_1#0" };
      const built = new Answer(
        names,
        () => {},
        () => "other",
        undefined,
      );
      const message: AssistantMessage = { role: "assistant", provider: "p", model: "m", content: separate };
      for (const event of eventsOfMessage(message)) built.take(event);
      built.end(false);
      expect(built.content(true)).toEqual(separate);
    }),
    { numRuns: 500 },
  );
});

test("a turn that is aborted in the very call that shows its step again runs none of the calls", async () => {
  const runs: string[] = [];
  const tool = (name: string, traits: object) =>
    stageTool(
      name,
      async () => {
        runs.push(name);
        return { content: "done" };
      },
      traits,
    );
  const tools = [tool("look", { readOnly: true }), tool("put", { readOnly: false, idempotent: true })];
  const pending = pendingStep(0, [call("c1", "look"), call("c2", "put")]);
  const abort = new AbortController();
  const stage = rehearse({
    calls: answer,
    tools,
    plan: { resume: resumeAt(0, { pending }), signal: abort.signal },
    desk: {
      emit: (event) => {
        if (event.type === "step-start") abort.abort();
      },
    },
  });
  expect(await stage.run()).toMatchObject({ finishReason: "aborted" });
  expect(runs).toEqual([]);
});
