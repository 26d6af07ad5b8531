import fc from "fast-check";
import { expect, test } from "vitest";
import { CheckBudget, CheckStoppedError } from "../check-budget.ts";
import { parsePattern } from "./parse-pattern.ts";
import { PatternMatcher } from "./pattern-matcher.ts";

function matcherOf(source: string, stepCountMax = 1_000_000): PatternMatcher {
  const parsed = parsePattern(source);
  if (parsed.kind === "refused") throw new Error(parsed.message);
  const budget = new CheckBudget(stepCountMax);
  budget.begin();
  return new PatternMatcher(parsed, budget);
}

const atoms = fc.constantFrom(
  "a",
  "b",
  "[ab]",
  "[^a]",
  ".",
  "\\d",
  "\\w",
  "-",
  "\\-",
  "\\.",
  "",
  "^",
  "$",
  "\\b",
  "\\B",
);
const quantifiers = fc.constantFrom("", "*", "+", "?", "{2}", "{1,}", "{0,2}", "*?");

const { pattern: patterns } = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { maxDepth: 4 },
    atoms,
    fc.tuple(tie("pattern"), tie("pattern")).map(([left, right]) => left + right),
    fc.tuple(tie("pattern"), tie("pattern")).map(([left, right]) => `(?:${left}|${right})`),
    fc.tuple(tie("pattern"), quantifiers).map(([body, quantifier]) => `(${body})${quantifier}`),
  ),
}));

test("a pattern matches what the engine of JavaScript matches", () => {
  const texts = fc.string({ unit: fc.constantFrom("a", "b", "1", "-", ".", " ", "\n", "😀"), maxLength: 8 });
  fc.assert(
    fc.property(patterns, texts, (source, text) => {
      // V8 also looks between the halves of a surrogate pair, where the specification knows no place.
      fc.pre(!source.includes("\\B") || !text.includes("😀"));
      let native: RegExp;
      try {
        native = new RegExp(source, "u");
      } catch {
        native = new RegExp(source);
      }
      expect(matcherOf(source).test(text)).toBe(native.test(text));
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ["^[a-z0-9-]+$", "some-slug-1", "Some slug"],
  ["^\\d{4}-\\d{2}-\\d{2}$", "2026-10-01", "26-10-1"],
  ["^(?<kind>bug|feature)/[\\w.-]{1,20}$", "bug/a.b-c", "chore/a"],
  ["^\\u0041\\x42\\u{43}$", "ABC", "abc"],
  ["^\\p{Lu}\\p{Ll}+$", "Ärger", "ärger"],
  ["^[^\\]]\\]$", "a]", "]]"],
  ["^[\\w\\-.]+@[\\w\\-]+\\.[a-z]{2,}$", "a.b-c@d-e.org", "a@b"],
  ["^\\_x\\/y{$", "_x/y{", "x/y"],
  ["^a{2,3}?$", "aaa", "aaaa"],
  ["^.$", "😀", "\n"],
  ["^[\\s\\S]*$", "a\nb", undefined],
  ["^$", "", "a"],
  ["^\\ud83d\\ude00$", "😀", "😁"],
  ["\\B", "ab", "a😀a"],
])("%s fits %j and not %j", (source, fitting, other) => {
  expect(matcherOf(source).test(fitting)).toBe(true);
  if (other !== undefined) expect(matcherOf(source).test(other)).toBe(false);
});

test.each([
  ["(a)\\1", "refers back"],
  ["(?<x>a)\\k<x>", "refers back"],
  ["(?=a)b", "looks ahead or behind"],
  ["(?!a)b", "looks ahead or behind"],
  ["(?<=a)b", "looks ahead or behind"],
  ["(?<!a)b", "looks ahead or behind"],
  ["(", "no regular expression"],
  ["a{100000}", "repeats too much"],
  ["((((a{9}){9}){9}){9}){9}", "repeats too much"],
  ["(".repeat(60) + ")".repeat(60), "nests more than"],
  ["a".repeat(3_000), "longer than"],
])("%s is refused, with the reason", (source, reason) => {
  expect(parsePattern(source)).toEqual({ kind: "refused", message: expect.stringContaining(reason) });
});

test.each([
  "^(a+)+$",
  "^([a-zA-Z]+)*$",
  "^(a|aa)+$",
  "^(a|a?)+$",
  "^(.*a){12}$",
  "a*a*a*a*a*a*b",
  "^(\\w+\\s?)*$",
  "^(?:(?:a*)*)*$",
])("F6s: %s is answered at once for the text that makes backtracking engines hang", (source) => {
  const matcher = matcherOf(source, 5_000_000);
  const startedAt = performance.now();
  matcher.test(`${"a".repeat(20_000)}!`);
  // Backtracking would take longer than the universe exists; the limit is generous for a machine under load.
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});

test("F6s: a check that costs more than its budget is stopped", () => {
  expect(() => matcherOf("^(a|b|c|d)*x", 10_000).test("a".repeat(100_000))).toThrow(CheckStoppedError);
});
