import type { PromptDiff } from "@lathe/wire";
import { expect, test } from "vitest";
import { cacheSentence, commonSentence, measuredSentence } from "./prompt-diff-words.ts";

const from = { stepIndex: 0, spanId: "a", length: 800, messageCount: 3 };
const to = { stepIndex: 1, spanId: "b", length: 1_000, messageCount: 5 };
const added: PromptDiff = {
  from,
  to,
  firstDifferenceAt: 800,
  head: [],
  sameMessageCount: 3,
  messages: [{ index: 3, change: "added", role: "assistant", before: null, after: "{}" }],
  cut: false,
};
const head = (...parts: readonly string[]): PromptDiff => ({
  ...added,
  firstDifferenceAt: 20,
  head: parts.map((part) => ({ part, change: "added", before: null, after: "{}" })),
});

test("what both prompts have in common is said in characters, as a share, and in messages", () => {
  expect(commonSentence(added)).toBe(
    "The first 800 characters are as they were in step 0: 80\u00a0% of this prompt, with 3 messages of 5.",
  );
  expect(commonSentence({ ...added, firstDifferenceAt: null })).toMatch(/^Both prompts are the same/);
});

test("messages that were only added leave the cache whole", () => {
  expect(cacheSentence(added)).toMatch(/^Messages were only added at the end, so the whole/);
  expect(cacheSentence({ ...added, firstDifferenceAt: null })).toBe("All of it could come from the cache.");
});

test("what stands before the messages keeps all of them out of the cache, and is named", () => {
  expect(cacheSentence(head("model"))).toMatch(/^Another model was asked/);
  expect(cacheSentence(head("tools.read_file"))).toMatch(/^The tool read_file was added\. The tools stand/);
  expect(cacheSentence(head("tools.a", "tools.b"))).toMatch(/^2 tools were added, removed or changed/);
  expect(cacheSentence(head("system"))).toMatch(/^The system text changed/);
  expect(cacheSentence(head("settings"))).toMatch(/^The head changed \(settings\)/);
});

test("a message that changed in the middle is the place beyond which nothing could be used", () => {
  const changed: PromptDiff = {
    ...added,
    sameMessageCount: 1,
    messages: [{ index: 1, change: "changed", role: "tool", before: "{}", after: "[]" }],
  };
  expect(cacheSentence(changed)).toBe(
    "Message 1 (tool) is not as it was. " +
      "What stands before it could come from the cache, and nothing behind it, even where it is the same.",
  );
});

test("what the provider says is set beside what would have been possible", () => {
  const tokens = { input: 250, read: 10, written: 0, output: 5, reasoning: null, hitRate: 0.04 };
  expect(measuredSentence(added, tokens)).toMatch(
    /read 10 of 250 input tokens.*very low\. That is less than/,
  );
  expect(measuredSentence(added, { ...tokens, read: 200, hitRate: 0.8 })).toMatch(/80\u00a0%, high\.$/);
  expect(measuredSentence(added, { ...tokens, read: null, hitRate: null })).toMatch(/did not say/);
  expect(measuredSentence(added, undefined)).toBeUndefined();
});
