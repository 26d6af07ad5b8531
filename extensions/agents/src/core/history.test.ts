import { type Entry, noUsage, type StepComplete, Transcript } from "@lathe/kernel";
import { expect, test } from "vitest";
import { lengthOf, messagesOf } from "./history.ts";

const names = { conversationId: "cnv_1", turnId: "trn_1" };

function step(index: number, parts: Partial<StepComplete> = {}): Entry<StepComplete> {
  return {
    type: "step-complete",
    ...names,
    stepId: `${parts.turnId ?? "trn_1"}#${index}`,
    index,
    provider: "p",
    model: "m",
    finishReason: "stop",
    toolResults: [],
    toolCalls: [],
    usage: null,
    contextSize: null,
    metrics: { startedAtMs: 0, timeToFirstTokenMs: null, decodeMs: null, totalMs: 0 },
    ...parts,
    seq: index + 1,
    atMs: 0,
  };
}

test("a log gives back the messages that a provider is to be sent, and nothing else", () => {
  const call = { type: "tool-call", callId: "c1", name: "look", argumentsText: "{}" } as const;
  const asked = { role: "assistant", provider: "p", model: "m", content: [call] } as const;
  const result = { role: "tool", callId: "c1", toolName: "look", content: "seen", isError: false } as const;
  const said = [{ type: "text", text: "Hi." }] as const;
  const log: Entry[] = [
    { type: "user-message", ...names, content: said, seq: 1, atMs: 0 },
    { type: "turn-start", ...names, runId: "run_1", agent: "default", model: "p/m", seq: 2, atMs: 0 },
    step(2, { message: asked, toolResults: [result] }),
    { type: "steering", ...names, stepId: "trn_1#2", content: said, seq: 4, atMs: 0 },
    step(4),
    {
      type: "done",
      ...names,
      finishReason: "aborted",
      stepCount: 2,
      durationMs: 1,
      usage: noUsage,
      contextSize: null,
      seq: 6,
      atMs: 0,
    },
    { type: "turn-sealed", ...names, seq: 7, atMs: 0 },
  ];
  const messages = log.flatMap(messagesOf);
  expect(messages).toEqual([{ role: "user", content: said }, asked, result, { role: "user", content: said }]);
  expect(new Transcript(messages).forRequest()).toEqual(messages);
});

test("what a message keeps in memory counts, also what only its provider can read", () => {
  const long = "x".repeat(10_000);
  const message = { role: "assistant", provider: "p", model: "m" } as const;
  const heavy = [
    { role: "user", content: [{ type: "text", text: long }] },
    { role: "tool", callId: "c1", toolName: "look", content: long, isError: false },
    { ...message, content: [{ type: "reasoning", text: long }] },
    { ...message, content: [{ type: "reasoning", text: "", providerData: { signature: long } }] },
    { ...message, content: [{ type: "opaque", providerData: [long] }] },
    { ...message, content: [{ type: "tool-call", callId: "c1", name: "look", argumentsText: long }] },
  ] as const;
  for (const one of heavy) expect(lengthOf(one)).toBeGreaterThanOrEqual(10_000);
  expect(lengthOf({ role: "user", content: [] })).toBeGreaterThan(0);
});
