import type { ConversationComparison } from "@lathe/wire";
import { expect, test } from "vitest";
import { sharedSentence, undoneSentence } from "./comparison-words.ts";

const none = {
  inputTokens: null,
  outputTokens: null,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  reasoningTokens: null,
};
const part = {
  turnCount: 3,
  stepCount: 7,
  toolCallCount: 4,
  usage: { ...none, inputTokens: 12_400, outputTokens: 300 },
  cacheHitRate: null,
  durationMs: 10,
  models: ["p/m"],
};
const comparison: ConversationComparison = {
  sharedSeq: 9,
  shared: part,
  one: { ...part, undone: [] },
  other: { ...part, undone: [] },
};

test("what both begin with is one line", () => {
  expect(sharedSentence(comparison, false)).toBe(
    "Both begin with the same 3 turns: 7 steps, 12.4k tokens in, 300 out.",
  );
  const one = { ...comparison, shared: { ...part, turnCount: 1, stepCount: 1, usage: none } };
  expect(sharedSentence(one, false)).toBe("Both begin with the same turn: 1 step.");
});

test("where they part within a turn, that is said", () => {
  expect(sharedSentence(comparison, true)).toMatch(/7 steps; they part within the last of these turns, 12/);
});

test("what a restore left behind is named for each side", () => {
  const left = { ...part, undone: [{ fromSeq: 10, toSeq: 20 }] };
  expect(undoneSentence(comparison)).toBeNull();
  expect(undoneSentence({ ...comparison, other: left })).toMatch(/^A restore left turns of B behind\./);
  expect(undoneSentence({ ...comparison, one: left, other: left })).toMatch(/of A and of B behind/);
});
