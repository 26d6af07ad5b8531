import { describe, expect, test } from "vitest";
import { answerText, defaultPlan, formatModelName, parseModelName } from "./answer-plan.ts";

describe("a model name of the fake model", () => {
  test("names each part of the plan, in any order", () => {
    expect(parseModelName("fake-chunks7-steps10-calls3-bytes5-first40-delay20")).toEqual({
      steps: 10,
      calls: 3,
      chunks: 7,
      bytes: 5,
      delay: 20,
      first: 40,
    });
  });

  test("keeps the default for what it leaves open", () => {
    expect(parseModelName("fake")).toEqual(defaultPlan);
    expect(parseModelName("fake-steps2", { ...defaultPlan, chunks: 3 })).toEqual({
      ...defaultPlan,
      steps: 2,
      chunks: 3,
    });
  });

  test.each([
    ["another model", "real-steps1"],
    ["an unknown word", "fake-speed1"],
    ["a word without a number", "fake-steps"],
    ["a negative number", "fake-steps-1"],
    ["a number that is too long", "fake-chunks1234567"],
    ["the same word twice", "fake-steps1-steps2"],
    ["no call in a step", "fake-calls0"],
    ["chunks without text", "fake-bytes0"],
    ["nothing", ""],
  ])("is refused: %s", (_, name) => {
    expect(parseModelName(name)).toBeUndefined();
  });

  test("is formatted from a plan and read back as the same plan", () => {
    const plan = { steps: 10, calls: 2, chunks: 5, bytes: 8, delay: 1, first: 2 };
    expect(parseModelName(formatModelName(plan))).toEqual(plan);
    expect(formatModelName(defaultPlan)).toBe("fake");
  });
});

test("the text of an answer counts its chunks, so that a lost one shows", () => {
  expect(answerText({ ...defaultPlan, chunks: 4, bytes: 3 })).toBe("000001002003");
  expect(answerText({ ...defaultPlan, chunks: 12, bytes: 1 })).toBe("012345678901");
});
