import fc from "fast-check";
import { expect, test } from "vitest";
import { cutIntoPieces, cutIntoWords } from "./cut-text.ts";

test("whatever the text and the cut, the pieces together are the text, and none is empty", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 1, max: 9 }), (text, chars) => {
      for (const pieces of [cutIntoWords(text), cutIntoPieces(text, chars)]) {
        expect(pieces.join("")).toBe(text);
        expect(pieces).not.toContain("");
      }
      for (const piece of cutIntoPieces(text, chars)) expect([...piece].length).toBeLessThanOrEqual(chars);
    }),
  );
});

test("words come one by one, with their white space", () => {
  expect(cutIntoWords("The largest  file\nis `a`.\n").map((word) => word.trim())).toEqual([
    "The",
    "largest",
    "file",
    "is",
    "`a`.",
  ]);
});
