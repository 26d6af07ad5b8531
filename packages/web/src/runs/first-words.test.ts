import type { RunEntry } from "@lathe/kernel";
import { expect, test } from "vitest";
import { begun, entriesOf, saidLine } from "../testing/run-of.ts";
import { firstWords } from "./first-words.ts";

function messageOf(...texts: readonly string[]): RunEntry {
  const content = texts.map((text) => ({ type: "text", text }));
  return { type: "user-message", turnId: "trn_1", content, seq: 1, atMs: 0 } as unknown as RunEntry;
}

test("a run of a workflow is called by the workflow, a turn by the beginning of its message", () => {
  const [start, line] = entriesOf([begun, saidLine("x")]);
  expect([start, line].map((entry) => (entry === undefined ? undefined : firstWords(entry)))).toEqual([
    "survey",
    null,
  ]);
  expect(firstWords(messageOf("Read the\n  README", "twice"))).toBe("Read the README twice");
});

test("a long message is cut, and an empty one names nothing", () => {
  expect(firstWords(messageOf("x".repeat(1_000_000)))).toBe(`${"x".repeat(80)}…`);
  expect(firstWords(messageOf(" \n "))).toBeNull();
});
