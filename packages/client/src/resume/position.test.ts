import type { ConversationEvent, Entry } from "@lathe/kernel";
import { expect, test } from "vitest";
import { Position } from "./position.ts";

const place = { conversationId: "cnv_1", turnId: "trn_1" };
const entry = (seq: number): Entry => ({ ...place, type: "turn-sealed", seq, atMs: 0 });
const delta: ConversationEvent = { ...place, stepId: "trn_1#0", type: "text-delta", text: "x" };
const reset: ConversationEvent = { type: "reset", conversationId: "cnv_1", lastSeq: 2 };

test("each entry is new once, and the position is that of the last one", () => {
  const position = new Position(0);
  expect(position.lastEventId).toBeUndefined();
  expect([entry(1), delta, entry(1), entry(2)].map((event) => position.admit(event))).toEqual([
    "new",
    "new",
    "known",
    "new",
  ]);
  expect(position.lastEventId).toBe("2");
});

test("where an entry is missing, there is a gap until it comes", () => {
  const position = new Position(4);
  expect([entry(6), entry(5), entry(6)].map((event) => position.admit(event))).toEqual(["gap", "new", "new"]);
});

test("a gap that is there again when it was asked for again is none", () => {
  const position = new Position(4);
  expect([entry(57), entry(57), entry(58)].map((event) => position.admit(event))).toEqual([
    "gap",
    "new",
    "new",
  ]);
});

test("without a position the first entry may be any, and the next one is the next", () => {
  const position = new Position(undefined);
  expect([entry(57), entry(59), entry(58)].map((event) => position.admit(event))).toEqual([
    "new",
    "gap",
    "new",
  ]);
});

test("behind a reset everything is new again", () => {
  const position = new Position(9);
  expect([entry(9), reset, entry(1), entry(2)].map((event) => position.admit(event))).toEqual([
    "known",
    "new",
    "new",
    "new",
  ]);
  expect(position.lastEventId).toBe("2");
});
