import { isDeepStrictEqual } from "node:util";
import type { JsonObject } from "@lathe/kernel";
import type { StepView, ToolCallView, TurnView } from "@lathe/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { askedOf, callName, commonWords, isAlike } from "./likeness.ts";
import { factsOf } from "./turn-facts.ts";

function call(input: JsonObject, given: Partial<ToolCallView> = {}): ToolCallView {
  return {
    type: "tool-call",
    callId: "c",
    name: "read_file",
    status: "done",
    argumentsText: JSON.stringify(input),
    input,
    output: "",
    isError: false,
    outcome: "ok",
    startedAtMs: 1,
    durationMs: 2,
    ...given,
  };
}

function step(index: number, given: Partial<StepView> = {}): StepView {
  return {
    stepId: `trn#${index}`,
    index,
    provider: "p",
    model: "m",
    complete: true,
    parts: [{ type: "text", text: "Yes." }],
    retry: null,
    fallback: null,
    finishReason: "stop",
    usage: {
      inputTokens: 100,
      outputTokens: 10,
      cacheReadTokens: 50,
      cacheWriteTokens: null,
      reasoningTokens: null,
    },
    contextSize: 110,
    metrics: { startedAtMs: 1, timeToFirstTokenMs: 1, decodeMs: 1, totalMs: 30 },
    ...given,
  };
}

function turn(given: Partial<TurnView> = {}): TurnView {
  return {
    turnId: "trn",
    afterTurnId: null,
    firstSeq: 1,
    status: "sealed",
    runId: "run",
    agent: "a",
    model: "p/m",
    userMessage: [{ type: "text", text: "Is it?" }],
    startedAtMs: 1,
    steps: [step(0), step(1)],
    steering: [],
    done: null,
    ...given,
  };
}

const done: NonNullable<TurnView["done"]> = {
  finishReason: "stop",
  stepCount: 2,
  durationMs: 99,
  usage: {
    inputTokens: 999,
    outputTokens: 99,
    cacheReadTokens: 9,
    cacheWriteTokens: null,
    reasoningTokens: null,
  },
  contextSize: 110,
};

test("what a turn took is added up from its steps, and its time is that of the whole", () => {
  expect(factsOf(turn({ done }))).toEqual({
    models: ["p/m"],
    stepCount: 2,
    durationMs: 99,
    inputTokens: 200,
    outputTokens: 20,
    cacheHitRate: 0.5,
  });
});

test("of a turn that is cut in two, and of one that runs, only what is there counts", () => {
  expect(factsOf(turn({ done, startedAtMs: null, steps: [step(1)] }))).toMatchObject({
    stepCount: 1,
    durationMs: 30,
    inputTokens: 100,
  });
  const running = turn({
    status: "running",
    steps: [step(0), step(1, { complete: false, usage: null, metrics: null, model: "other" })],
  });
  expect(factsOf(running)).toMatchObject({ stepCount: 1, durationMs: 30, models: ["p/m", "p/other"] });
});

test("what nobody has reported is not known, and no zero", () => {
  expect(factsOf(turn({ steps: [] }))).toEqual({
    models: ["p/m"],
    stepCount: 0,
    durationMs: null,
    inputTokens: null,
    outputTokens: null,
    cacheHitRate: null,
  });
});

test("calls are the same whatever the order of their fields, and not where a value differs", () => {
  expect(callName(call({ a: 1, b: [{ c: 1, d: 2 }] }))).toBe(callName(call({ b: [{ d: 2, c: 1 }], a: 1 })));
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      const isSame = callName(call({ one: one as never })) === callName(call({ one: other as never }));
      // As they come over the line: there is no negative zero.
      const areSame = isDeepStrictEqual(
        JSON.parse(JSON.stringify([one])),
        JSON.parse(JSON.stringify([other])),
      );
      expect(isSame).toBe(areSame);
    }),
  );
});

test("a turn is no difference to itself", () => {
  const one = turn({ done, steps: [step(0, { parts: [call({ path: "a" })] }), step(1)] });
  expect(isAlike(one, one)).toBe(true);
  expect(commonWords(one, one)).toEqual(["same message", "same model", "1 tool call in both", "same answer"]);
});

test("what differs is told in words, from either side", () => {
  const one = turn({ done, steps: [step(0, { parts: [call({ path: "a" })] }), step(1)] });
  const other = turn({
    turnId: "trn_2",
    done,
    userMessage: [{ type: "text", text: "Was it?" }],
    steps: [
      step(0, { model: "other", parts: [call({ path: "b" }), call({ path: "c" })] }),
      step(1, { model: "other", parts: [{ type: "text", text: "No." }] }),
    ],
  });
  expect(isAlike(one, other)).toBe(false);
  expect(commonWords(one, other)).toEqual([
    "different message",
    "different model",
    "1 tool call only in A",
    "2 tool calls only in B",
    "different answer",
  ]);
  expect(commonWords(other, one)).toContain("2 tool calls only in A");
});

test("what was said to a turn while it ran is a part of what it was asked, and nothing that it is known by", () => {
  const one = turn();
  const other = turn({
    turnId: "trn_2",
    steering: [{ stepId: "trn#0", content: [{ type: "text", text: "Faster." }] }],
  });
  expect(askedOf(other)).toBe("Is it?\n\nFaster.");
  expect(isAlike(one, other)).toBe(true);
  expect(commonWords(one, other)).toContain("different message");
});

test("of what neither has nothing is said, and turns without a message are nobody's counterpart", () => {
  const silent = turn({ userMessage: [], startedAtMs: null, steps: [], model: null });
  expect(commonWords(silent, silent)).toEqual([]);
  expect(isAlike(silent, { ...silent, turnId: "trn_2" })).toBe(false);
});

test("of an answer that is not whole nothing is said", () => {
  const running = turn({ status: "running" });
  expect(commonWords(turn({ done }), running)).toEqual(["same message", "same model"]);
});
