import fc from "fast-check";
import { expect, test } from "vitest";
import { findPlaces } from "./find-text.ts";

test("for any two texts, the places are those that the language finds", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "🔑"), maxLength: 40 });
  const wanted = fc.string({ unit: fc.constantFrom("a", "b", "🔑"), minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(text, wanted, (whole, part) => {
      const expected: number[] = [];
      for (let at = whole.indexOf(part); at !== -1; at = whole.indexOf(part, at + 1)) expected.push(at);
      expect([...findPlaces(whole, part, "every")]).toEqual(expected);
      const separate: number[] = [];
      for (let at = whole.indexOf(part); at !== -1; at = whole.indexOf(part, at + part.length))
        separate.push(at);
      expect([...findPlaces(whole, part, "separate")]).toEqual(separate);
    }),
  );
});

// Compared place by place, each of these pairs takes 250 thousand million comparisons.
test.each([
  ["a text that fails at its beginning", `b${"a".repeat(500_000)}`],
  ["a text that fails at its end", `${"a".repeat(500_000)}b`],
  ["a text that fails in its middle", `${"a".repeat(250_000)}b${"a".repeat(250_000)}`],
])("C14s: %s is looked for in time that does not run away", (_what, wanted) => {
  expect([...findPlaces("a".repeat(1_000_000), wanted, "every")]).toEqual([]);
});

test("C14s: a text that is nearly everywhere is found everywhere", () => {
  let count = 0;
  for (const _ of findPlaces("a".repeat(1_000_000), "a".repeat(500_000), "every")) count++;
  expect(count).toBe(500_001);
});
