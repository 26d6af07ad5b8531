import { expect, test } from "vitest";
import { EventBatch } from "./event-batch.ts";

const usage = {
  inputTokens: 1,
  outputTokens: 2,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  reasoningTokens: null,
};

test("neighbouring pieces of one thing become one event, in the order in which they came", () => {
  const batch = new EventBatch();
  batch.addReasoning("a");
  batch.addReasoning("b");
  batch.addText("c");
  batch.addText("");
  batch.addText("d");
  batch.startCall("1", "one");
  batch.addArguments("1", "{");
  batch.addArguments("1", "}");
  batch.addArguments("2", "[");
  batch.addText("e");
  expect(batch.take()).toEqual([
    { type: "reasoning-delta", text: "ab" },
    { type: "text-delta", text: "cd" },
    { type: "tool-call-start", callId: "1", name: "one" },
    { type: "tool-call-delta", callId: "1", argumentsText: "{}" },
    { type: "tool-call-delta", callId: "2", argumentsText: "[" },
    { type: "text-delta", text: "e" },
  ]);
  expect(batch.contentLength).toBe(8);
  expect(batch.take()).toEqual([]);
});

test("what does not stand together is not joined, also across reads", () => {
  const batch = new EventBatch();
  batch.addText("a");
  batch.endReasoning({ signature: "s" });
  batch.addText("b");
  expect(batch.take().length).toBe(3);
  batch.addText("c");
  expect(batch.take()).toEqual([{ type: "text-delta", text: "c" }]);
});

test("the last usage of a read is passed on, before the end, and nothing comes after it", () => {
  const batch = new EventBatch();
  batch.setUsage({ ...usage, inputTokens: 0 });
  batch.setUsage(usage);
  batch.addText("a");
  batch.finish("stop", "stop");
  batch.fail({
    kind: "server",
    message: "",
    status: null,
    code: null,
    retryable: true,
    retryAfterMs: null,
  });
  batch.addText("late");
  batch.startCall("1", "late");
  batch.setUsage({ ...usage, inputTokens: 9 });
  expect(batch.ended).toBe(true);
  expect(batch.take()).toEqual([
    { type: "text-delta", text: "a" },
    { type: "usage", usage },
    { type: "finish", reason: "stop", rawReason: "stop" },
  ]);
  expect(batch.take()).toEqual([]);
});
