import type { TurnView } from "@lathe/wire";
import { expect, test } from "vitest";
import { isInTurn, messageLengthMax, positionBefore, whyNotSent } from "./send-rules.ts";

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

test("a message on its way is shown until its entry is there, whether the entry or the answer comes first", () => {
  const message = { key: "page-1", text: "Again", afterSeq: 8 };
  const turn = (turnId: string, firstSeq: number, text: string): TurnView =>
    ({ turnId, firstSeq, userMessage: [{ type: "text", text }] }) as unknown as TurnView;
  const before = turn("trn_1", 5, "Again");
  const entry = turn("trn_2", 9, "Again");
  const others = turn("trn_3", 9, "Something else");
  expect([isInTurn(message, null, undefined), isInTurn(message, null, before)]).toEqual([false, false]);
  expect([isInTurn(message, null, entry), isInTurn(message, "trn_2", entry)]).toEqual([true, true]);
  expect([isInTurn(message, null, others), isInTurn(message, "trn_2", before)]).toEqual([false, false]);
});
