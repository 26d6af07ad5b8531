import fc from "fast-check";
import { expect, test } from "vitest";
import { matchLines } from "./match-lines.ts";

test("for any text, the matching lines are those of the text split at its line ends", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "\n", "\r\n", "é") });
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 5 }), (written, matchCountMax) => {
      const expected = written
        .split("\n")
        .map((line, index) => ({ line: index + 1, excerpt: line.replace(/\r$/, "") }))
        .filter(({ excerpt }) => /ab|é/.test(excerpt))
        .slice(0, matchCountMax);
      expect(matchLines(Buffer.from(written), /ab|é/, matchCountMax)).toEqual(expected);
    }),
  );
});

test("wherever the match is in a long line, it is in the excerpt, which has at most 500 characters", () => {
  const place = fc.integer({ min: 0, max: 3_000 });
  fc.assert(
    fc.property(place, place, (before, after) => {
      const line = `${"🔑".repeat(before)}needle${"b".repeat(after)}`;
      const matches = matchLines(Buffer.from(line), /needle/, 1);
      const [match] = matches === "binary" ? [] : matches;
      expect(match?.excerpt).toContain("needle");
      expect(match?.excerpt.length).toBeLessThanOrEqual(500);
      expect(match?.excerpt.isWellFormed()).toBe(true);
    }),
  );
});
