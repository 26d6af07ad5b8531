import type { TurnFailure, TurnFinishReason } from "@lathe/kernel";
import type { TurnView } from "@lathe/wire";
import { expect, test } from "vitest";
import { endingNote, finishWord } from "./turn-endings.ts";
import { answerOf, cacheShareOf } from "./turn-texts.ts";

const usage = {
  inputTokens: 200,
  outputTokens: 5,
  cacheReadTokens: 50,
  cacheWriteTokens: null,
  reasoningTokens: null,
};

function done(finishReason: TurnFinishReason, failure?: TurnFailure["kind"]): Pick<TurnView, "done"> {
  const ending = { finishReason, stepCount: 1, durationMs: 1, usage, contextSize: null };
  return { done: failure === undefined ? ending : { ...ending, failure: { kind: failure, message: "" } } };
}

test("nothing is noted of a turn that goes on, nor of one that simply ended", () => {
  expect(endingNote({ done: null })).toBeNull();
  expect(endingNote(done("stop"))).toBeNull();
  expect(finishWord(done("stop"))).toBe("Answer complete");
});

test("every other ending says what happened and what to do", () => {
  const reasons = [
    "length",
    "content-filter",
    "max-steps",
    "aborted",
    "stuck",
    "over-budget",
    "interrupted",
  ] as const;
  for (const reason of reasons) {
    const note = endingNote(done(reason));
    expect([reason, note?.title, note?.advice]).toEqual([
      reason,
      expect.stringMatching(/\w/),
      expect.stringMatching(/\.$/),
    ]);
  }
});

test("a failure is told by its kind, and one without a kind is Lathe's own", () => {
  expect(endingNote(done("error", "auth"))).toMatchObject({ actions: ["send-again", "choose-model"] });
  expect(endingNote(done("error", "context-length"))).toMatchObject({
    actions: ["choose-model", "new-conversation"],
  });
  expect(endingNote(done("error"))).toEqual(endingNote(done("error", "internal")));
});

test("C3: the cache hit rate of a turn is known where both numbers were reported, and there were tokens", () => {
  expect(cacheShareOf(done("stop"))).toBe(0.25);
  expect(cacheShareOf({ done: null })).toBeNull();
  const without = done("stop").done;
  if (without === null) throw new Error("It is done.");
  expect(cacheShareOf({ done: { ...without, usage: { ...usage, cacheReadTokens: null } } })).toBeNull();
  expect(cacheShareOf({ done: { ...without, usage: { ...usage, inputTokens: 0 } } })).toBeNull();
});

test("what is copied as the answer is what the model wrote for people, and nothing else", () => {
  const step = { parts: [] } as unknown as TurnView["steps"][number];
  const steps = [
    {
      ...step,
      parts: [{ type: "reasoning", text: "hm" } as const, { type: "text", text: "I look." } as const],
    },
    { ...step, parts: [{ type: "text", text: "  " } as const] },
    { ...step, parts: [{ type: "text", text: "It is *here*.\n" } as const] },
  ];
  expect(answerOf({ steps })).toBe("I look.\n\nIt is *here*.\n");
});
