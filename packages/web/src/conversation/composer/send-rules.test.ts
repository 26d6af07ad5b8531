import { expect, test } from "vitest";
import { messageLengthMax, positionBefore, whyNotSent } from "./send-rules.ts";

test("a text is sent when it says something, is not too long, and nothing has to be over first", () => {
  expect(whyNotSent("Hello", null)).toBeNull();
  expect(whyNotSent(" \n", null)).toBe("Write something first");
  expect(whyNotSent("Hello", "Waits until the turn is over")).toBe("Waits until the turn is over");
  expect(whyNotSent("x".repeat(messageLengthMax), null)).toBeNull();
  expect(whyNotSent("x".repeat(messageLengthMax + 2), null)).toContain("Too long by 2 characters");
});

test("an edited message goes on from the end of the turn that it went on from", () => {
  expect(positionBefore({ afterTurnId: "trn_1", firstSeq: 9 })).toEqual({ kind: "turn", turnId: "trn_1" });
});

test("the first message of a conversation begins another one", () => {
  expect(positionBefore({ afterTurnId: null, firstSeq: 1 })).toEqual({ kind: "beginning" });
});

test("where the turn before is not shown, the end of what stands before the message is meant", () => {
  expect(positionBefore({ afterTurnId: null, firstSeq: 41 })).toEqual({ kind: "seq", seq: 40 });
});
