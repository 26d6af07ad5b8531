import type { StepComplete, ToolMessage } from "@lathe/kernel";
import { expect, test } from "vitest";
import { completeStep } from "./complete-step.ts";

const step = {
  conversationId: "cnv_1",
  turnId: "trn_1",
  stepId: "trn_1#0",
  index: 0,
  provider: "p",
  model: "m",
};

function call(callId: string) {
  return { type: "tool-call" as const, callId, name: "look", argumentsText: "{}" };
}

function result(callId: string): ToolMessage {
  return { role: "tool", callId, toolName: "look", content: "seen", isError: false };
}

test("a call that shares the result of an identical one is done; one without any result was not run", () => {
  const entry: StepComplete = {
    type: "step-complete",
    ...step,
    finishReason: "tool-calls",
    message: { role: "assistant", provider: "p", model: "m", content: [call("c1"), call("c2"), call("c3")] },
    toolResults: [result("c1"), result("c2")],
    toolCalls: [{ callId: "c1", outcome: "ok", startedAtMs: 1, durationMs: 2 }],
    usage: null,
    contextSize: null,
    metrics: { startedAtMs: 0, timeToFirstTokenMs: null, decodeMs: null, totalMs: 0 },
  };
  const calls = completeStep(entry).parts.flatMap((part) => (part.type === "tool-call" ? [part] : []));
  expect(calls.map(({ callId, status, output, outcome }) => [callId, status, output, outcome])).toEqual([
    ["c1", "done", "seen", "ok"],
    ["c2", "done", "seen", null],
    ["c3", "not-run", null, null],
  ]);
});
