import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { answerFormOf, readAnswer, shownAnswer, textOfUsual } from "./answer-text.ts";

describe("how a question is answered", () => {
  test("the usual answer decides what is asked for", () => {
    expect([true, "x", 3, null, [1], { a: 1 }, undefined].map(answerFormOf)).toEqual([
      "yes-no",
      "text",
      "json",
      "json",
      "json",
      "json",
      "open",
    ]);
  });

  test("a text is a text, whatever it looks like", () => {
    expect(readAnswer("3", "text")).toEqual({ kind: "answer", answer: "3" });
    expect(readAnswer("", "text")).toEqual({ kind: "answer", answer: "" });
  });

  test("where a value is wanted, what is no JSON is refused with the reason", () => {
    expect(readAnswer('{ "a": [1] }', "json")).toEqual({ kind: "answer", answer: { a: [1] } });
    expect(readAnswer("{ a }", "json")).toMatchObject({
      kind: "wrong",
      message: expect.stringMatching(/^This is not JSON\. ./),
    });
    expect(readAnswer("  ", "json")).toEqual({ kind: "wrong", message: "Enter an answer." });
  });

  test("where nothing is usual, JSON is its value and everything else a text, but no broken JSON", () => {
    expect(readAnswer("false", "open")).toEqual({ kind: "answer", answer: false });
    expect(readAnswer("go on", "open")).toEqual({ kind: "answer", answer: "go on" });
    expect(readAnswer("[1, 2", "open").kind).toBe("wrong");
  });

  test("what stands in the field at first is read as the usual answer", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const usual = JSON.parse(JSON.stringify(value));
        const form = answerFormOf(usual);
        if (form === "yes-no") return;
        expect(readAnswer(textOfUsual(usual), form)).toEqual({ kind: "answer", answer: usual });
      }),
    );
  });

  test("an answer is told in a few words", () => {
    expect([true, "x", { a: 1 }].map(shownAnswer)).toEqual(["Yes", "x", '{"a":1}']);
    expect(shownAnswer("y".repeat(500))).toHaveLength(201);
  });
});
