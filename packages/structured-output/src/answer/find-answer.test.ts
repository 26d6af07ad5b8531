import fc from "fast-check";
import { expect, test } from "vitest";
import { findAnswer } from "./find-answer.ts";

const found = (value: unknown) => ({ kind: "found", value });
const absent = { kind: "absent", problem: { path: "", message: expect.any(String) } };

test.each([
  ['{"a":1}', { a: 1 }],
  [" null\n", null],
  ["true", true],
  ['"just text"', "just text"],
  ['Here it is:\n```json\n{"a":1}\n```\nAnything else?', { a: 1 }],
  ['```\n{"first":1}\n```\nNo, better:\n```json\n{"second":2}\n```', { second: 2 }],
  ['```json\n{"a":1}\n```\nRun it with\n```sh\nnpm test\n```', { a: 1 }],
  ['```json\n{"a":1}', { a: 1 }],
  ["  ~~~json\n[1]\n  ~~~", [1]],
  ['```json\r\n{"code":"a ``` b"}\r\n```\r\n', { code: "a ``` b" }],
  ['I looked at [this] and {that}. {"a":[{"b":"}"}]} is my answer.', { a: [{ b: "}" }] }],
  ['First {"a":1}, then {"a":2}', { a: 2 }],
  ['An open { and then {"a":1}', { a: 1 }],
  ['It\'s "quoted {" and [[1],[2]].', [[1], [2]]],
  ['[not json {"a":1}]', { a: 1 }],
])("in %j", (text, value) => {
  expect(findAnswer(text)).toEqual(found(value));
});

test.each([
  "",
  "I could not find anything.",
  "{a: 1}",
  "```json\nnothing\n```",
  "[".repeat(1_000),
])("there is none in %.40j", (text) => {
  expect(findAnswer(text)).toEqual(absent);
});

test("a value is found again, whatever it holds and whatever stands around it", () => {
  const values = fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue()));
  fc.assert(
    fc.property(values, fc.string(), (value, prose) => {
      const json = JSON.stringify(value, null, 2);
      const clean = JSON.parse(json, (key, inner) => (key === "__proto__" ? undefined : inner));
      expect(findAnswer(json)).toEqual(found(clean));
      expect(findAnswer(`${prose}\n\`\`\`json\n${json}\n\`\`\``)).toEqual(found(clean));
    }),
  );
});

test("a key named __proto__ is dropped, at every depth", () => {
  const answer = findAnswer('{"__proto__":{"x":1},"a":[{"\\u005f_proto__":{"x":1},"b":2}]}');
  expect(answer).toEqual(found({ a: [{ b: 2 }] }));
  expect(JSON.stringify(answer)).not.toContain("proto");
});

test("a value of 64 levels counts, and a deeper one does not", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  expect(findAnswer(nested(64)).kind).toBe("found");
  expect(findAnswer(nested(65)).kind).toBe("found");
  expect(findAnswer(nested(65))).toEqual(found(JSON.parse(nested(64))));
});

test.each([
  ["brackets that close nowhere", "[".repeat(4_000_000)],
  ["braces with quotes", '{"'.repeat(2_000_000)],
  ["pairs that are no JSON", "[1x]{} ".repeat(550_000)],
  ["fences", "```\n".repeat(1_000_000)],
  ["fences with mistakes", "```\n{x\n".repeat(580_000)],
  ["small values", "{} ".repeat(1_300_000)],
  ["white space", `{${" ".repeat(90)}`.repeat(45_000)],
  ["backslashes", `["${"\\".repeat(4_000_000)}`],
])("F6s: megabytes of %s are read in time that grows with their length only", (_name, text) => {
  const startedAt = performance.now();
  findAnswer(text);
  // Quadratic reading would take hours; the limit is generous for a machine under load.
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});

test("a longer text is refused", () => {
  expect(findAnswer(" ".repeat(4 * 1_024 * 1_024 + 1))).toEqual(absent);
});
