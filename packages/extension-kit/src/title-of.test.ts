import fc from "fast-check";
import { expect, test } from "vitest";
import { titleOf } from "./title-of.ts";

const titleOfText = (text: string): string | null => titleOf([{ type: "text", text }]);

test.each([
  ["Fix the parser", "Fix the parser"],
  ["\n \n\t Fix\tthe   parser \nand then more", "Fix the parser"],
  ["\u0000\u001b\n\u0007Fix\u0000it", "Fix it"],
  [" \n\t", null],
  ["a".repeat(80), "a".repeat(80)],
  ["a".repeat(81), `${"a".repeat(79)}…`],
  [`${"word ".repeat(30)}`, `${"word ".repeat(15)}word…`],
  // A family is one grapheme of eleven units, and it is left out whole.
  [`${"a".repeat(75)}👨‍👩‍👧‍👦 and more`, `${"a".repeat(75)}…`],
  [`a${" ".repeat(5_000)}b`, "a…"],
])("%j is called %j", (text, title) => {
  expect(titleOfText(text)).toBe(title);
});

test("the first part with something to read gives it", () => {
  const parts = [" ", "Second", "Third"].map((text) => ({ type: "text" as const, text }));
  expect(titleOf(parts)).toBe("Second");
  expect(titleOf([])).toBeNull();
});

test("whatever is said, a title is one line, well-formed, short, and says something", () => {
  const text = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 300 }),
    fc.string({ unit: "binary", maxLength: 300 }),
    fc.constant(`e${"\u0301".repeat(500)}`),
    fc.constant(`${"😀".repeat(200)}`),
    fc.constant("x".repeat(524_288)),
  );
  fc.assert(
    fc.property(text, (said) => {
      const title = titleOfText(said);
      if (title === null) return;
      expect(title.length).toBeLessThanOrEqual(80);
      expect(title).toMatch(/^[^\s\p{Cc}]([^\p{Cc}]*[^\s\p{Cc}])?$/u);
      expect(title.isWellFormed()).toBe(true);
    }),
    { numRuns: 500 },
  );
});
