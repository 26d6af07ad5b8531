import fc from "fast-check";
import { expect, test } from "vitest";
import { type WordRun, wordChanges, wordCharsMax } from "./word-changes.ts";

const words = fc
  .array(fc.constantFrom("one", "two", "zwei", "trois", ",", "  ", "\n", "é", "🙂", "\u202e", "a-b"), {
    maxLength: 30,
  })
  .map((parts) => parts.join(" "));

function sideOf(runs: readonly WordRun[] | undefined, left: "before" | "after"): string | undefined {
  return runs
    ?.filter(({ kind }) => kind !== left)
    .map(({ text }) => text)
    .join("");
}

test("the law: put together again, the runs of each side are its text", () => {
  fc.assert(
    fc.property(words, words, (before, after) => {
      const runs = wordChanges(before, after);
      if (runs === undefined) return;
      expect([sideOf(runs, "after"), sideOf(runs, "before")]).toEqual([before, after]);
    }),
  );
});

test("a text has no difference to itself", () => {
  fc.assert(
    fc.property(
      words.filter((text) => text.trim() !== ""),
      (text) => {
        expect(wordChanges(text, text)?.every(({ kind }) => kind === "same")).not.toBe(false);
      },
    ),
  );
  expect(wordChanges("All is well.", "All is well.")).toEqual([{ kind: "same", text: "All is well." }]);
});

test("what differs is told by whole words", () => {
  expect(wordChanges("The last line is lost.", "The first line is lost.")).toEqual([
    { kind: "same", text: "The " },
    { kind: "before", text: "last" },
    { kind: "after", text: "first" },
    { kind: "same", text: " line is lost." },
  ]);
});

test("texts that have little in common, or are too long, are left as they are", () => {
  expect(wordChanges("Yes, it works.", "There are several reasons for this failure.")).toBeUndefined();
  const long = "word ".repeat(wordCharsMax / 10 + 1);
  expect(wordChanges(long, long)).toBeUndefined();
  const numbered = (from: number): string => Array.from({ length: 2_000 }, (_, at) => from + at).join(" ");
  expect(wordChanges(numbered(0), numbered(10_000))).toBeUndefined();
});
