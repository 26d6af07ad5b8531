import type { TurnSummary } from "@lathe/wire";
import { expect, test } from "vitest";
import { turnOf } from "../testing/turns.ts";
import { finishWord, isShared, longestMs, restoreSentences, standingsOf, tookMs } from "./turn-words.ts";

/** The newest first: one that runs, two in effect, one left behind, and the first. */
const turns: readonly TurnSummary[] = [
  turnOf("e", { firstSeq: 41, lastSeq: null, durationMs: null, finishReason: null, startedAtMs: 9_000 }),
  turnOf("d", { firstSeq: 31 }),
  turnOf("c", { firstSeq: 21 }),
  turnOf("b", { firstSeq: 11, undone: true }),
  turnOf("a", { firstSeq: 1 }),
];

test("each turn knows whether the conversation goes on from it", () => {
  expect(standingsOf(turns)).toEqual(["running", "last", "before", "undone", "before"]);
});

test("endings have words", () => {
  expect(finishWord({ finishReason: null })).toEqual({ word: "running", tone: "info" });
  expect(finishWord({ finishReason: "max-steps" }).word).toBe("ended at its step limit");
});

test("before a restore it is said how many turns are left behind, and that files stay as they are", () => {
  expect(restoreSentences(turns.slice(1), "a")).toEqual([
    "The conversation goes on from the end of this turn. The 2 turns after it are left behind.",
    "What is left behind stays in the log, and models do not see it any more. It can be restored in the same way.",
    "What tools did to files and elsewhere is not taken back.",
  ]);
  expect(restoreSentences(turns.slice(1), "c")[0]).toMatch(/The one turn after it is left behind\.$/);
});

test("a turn that was left behind comes back with what it had seen", () => {
  expect(restoreSentences(turns, "b")[0]).toMatch(/with what it had seen by then\. What took its place/);
});

test("turns up to the place of the fork are shared", () => {
  expect(turns.map((turn) => isShared(turn, 20))).toEqual([false, false, false, true, true]);
  expect(turns.some((turn) => isShared(turn, null))).toBe(false);
});

test("the bar of a turn that runs grows with the time, and is drawn beside the longest", () => {
  expect(turns.map((turn) => tookMs(turn, 14_000))).toEqual([5_000, 1_000, 1_000, 1_000, 1_000]);
  expect(longestMs(turns, 14_000)).toBe(5_000);
  expect(longestMs([], 0)).toBe(1);
  // One that was cut off and never counted has no length, rather than one that grows for ever.
  expect(tookMs(turnOf("x", { durationMs: null, finishReason: "interrupted" }), 14_000)).toBeNull();
});
