import type { JsonValue } from "@lathe/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type AnswerSchema, compileSchema } from "../schema/compile-schema.ts";
import { makeUp } from "./make-up.ts";

function compiled(schema: JsonValue): AnswerSchema {
  const result = compileSchema(schema);
  if (result.kind === "refused") throw new Error(result.message);
  return result.schema;
}

const names = fc.constantFrom(
  "title",
  "done",
  "score",
  "files",
  "rootCause",
  "line_number",
  "url",
  "a/b",
  "x",
);
const shortCount = fc.nat({ max: 4 });
const patterns = fc.constantFrom(
  "^[a-z0-9-]+$",
  "^\\d{4}-\\d{2}-\\d{2}$",
  "^(?:bug|feature|chore)/[\\w.-]{1,20}$",
  "^[A-Z]{2,5}-\\d+$",
  "^v?\\d+\\.\\d+\\.\\d+$",
  "^#[0-9a-fA-F]{6}$",
  "^(low|medium|high)$",
  "^[^\\s]+@[^\\s]+\\.[a-z]{2,}$",
  "^src/.+\\.ts$",
  "\\S",
);

/** The keywords that scripts use, put together so that something fits. */
const { schema: schemas } = fc.letrec<{ schema: JsonValue }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    fc.constantFrom<JsonValue>({ type: "boolean" }, { type: "null" }, { type: "string" }, {}, true),
    fc.record({ type: fc.constantFrom("string"), pattern: patterns, description: fc.string() }),
    fc
      .tuple(fc.nat({ max: 300 }), fc.nat({ max: 50 }))
      .map(([min, more]): JsonValue => ({ type: "string", minLength: min, maxLength: min + more })),
    fc
      .tuple(fc.constantFrom("integer", "number"), fc.integer({ min: -50, max: 50 }), fc.nat({ max: 200 }))
      .map(([type, min, more]): JsonValue => ({ type, minimum: min, maximum: min + more })),
    fc
      .tuple(fc.integer({ min: -50, max: 50 }), fc.constantFrom(0.01, 0.1, 0.5, 1, 3, 7))
      .map(([above, step]): JsonValue => ({ type: "number", exclusiveMinimum: above, multipleOf: step })),
    fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 1, max: 9 })).map(
      ([above, more]): JsonValue => ({
        type: "number",
        exclusiveMinimum: above,
        exclusiveMaximum: above + more,
      }),
    ),
    fc
      .array(fc.oneof(fc.string(), fc.integer(), fc.constant(null)), { minLength: 1, maxLength: 4 })
      .map((values) => ({
        enum: values,
      })),
    fc.jsonValue({ maxDepth: 2 }).map((value): JsonValue => ({ const: value as JsonValue })),
    fc
      .tuple(tie("schema"), shortCount, shortCount)
      .map(
        ([items, min, more]): JsonValue => ({ type: "array", items, minItems: min, maxItems: min + more }),
      ),
    fc.tuple(fc.dictionary(names, tie("schema"), { maxKeys: 4 }), fc.boolean(), fc.nat({ max: 4 })).map(
      ([properties, isOpen, requiredCount]): JsonValue => ({
        type: "object",
        properties,
        required: Object.keys(properties).slice(0, requiredCount),
        additionalProperties: isOpen,
      }),
    ),
    fc.array(tie("schema"), { minLength: 1, maxLength: 3 }).map((anyOf): JsonValue => ({ anyOf })),
    tie("schema").map((schema): JsonValue => ({ allOf: [schema, {}] })),
    tie("schema").map((schema): JsonValue => ({ $ref: "#/$defs/part", $defs: { part: schema } })),
  ),
}));

/** A reference leads from the document's root, so only the outermost one can stand. */
const withoutInnerReferences = schemas.filter((schema) => JSON.stringify(schema).lastIndexOf('"$ref"') <= 1);

test("what is made up satisfies its schema, and is the same for the same seed", () => {
  fc.assert(
    fc.property(withoutInnerReferences, fc.string(), (json, seed) => {
      const schema = compiled(json);
      const value = makeUp(schema, seed);
      if (value === undefined) throw new Error(`Nothing was made up for ${JSON.stringify(json)}.`);
      expect(schema.check(value)).toEqual([]);
      expect(makeUp(schema, seed)).toEqual(value);
    }),
    { numRuns: 1_000 },
  );
});

test("flags that scripts wait for are true, scores are high, and what would keep them going is false", () => {
  const flags = ["done", "passed", "approved", "valid", "complete", "isDone", "isReal", "all_passed"];
  const keepsGoing = ["needsMoreWork", "hasGaps", "failed", "is_blocking", "invalid", "incomplete"];
  const properties = Object.fromEntries([...flags, ...keepsGoing].map((name) => [name, { type: "boolean" }]));
  const schema = compiled({
    properties: {
      ...properties,
      score: { type: "integer", minimum: 0, maximum: 10 },
      verdict: { enum: ["reject", "revise", "approve"] },
    },
  });
  for (const seed of ["a", "b", "c"])
    expect(makeUp(schema, seed)).toEqual({
      ...Object.fromEntries(flags.map((name) => [name, true])),
      ...Object.fromEntries(keepsGoing.map((name) => [name, false])),
      score: 10,
      verdict: "approve",
    });
});

test("texts read like words about their property, and lists have one or two items", () => {
  const schema = compiled({
    properties: {
      rootCause: { type: "string" },
      file: { type: "string" },
      findings: { type: "array", items: { type: "object", properties: { title: { type: "string" } } } },
    },
  });
  for (const seed of ["a", "b", "c"]) {
    const value = makeUp(schema, seed) as { findings: unknown[] };
    expect(value).toEqual({
      rootCause: expect.stringMatching(/^Made-up root cause about \w/),
      file: "src/example-1.ts",
      findings: expect.arrayContaining([{ title: expect.stringMatching(/^Made-up title about/) }]),
    });
    expect([1, 2]).toContain(value.findings.length);
  }
});

test("another seed makes other values", () => {
  const schema = compiled({ properties: { title: { type: "string" }, count: { type: "integer" } } });
  const values = new Set(
    Array.from({ length: 30 }, (_, seed) => JSON.stringify(makeUp(schema, String(seed)))),
  );
  expect(values.size).toBeGreaterThan(10);
});

test.each<JsonValue>([
  { type: "array", items: { enum: [1, 2, 3] }, minItems: 3, uniqueItems: true },
  { type: "array", contains: { const: 7 }, minContains: 2 },
  { prefixItems: [{ type: "string" }, { type: "number" }], items: false, minItems: 2 },
  { type: "object", minProperties: 3 },
  { type: "object", required: ["a", "b"], maxProperties: 2, properties: { c: {} } },
  {
    type: "object",
    properties: { name: { type: "string" }, children: { type: "array", items: { $ref: "#" } } },
  },
  { type: "object", properties: { left: { $ref: "#" } }, required: ["name"] },
  { oneOf: [{ type: "number" }, { type: "integer" }] },
  { oneOf: [false, { type: "string" }] },
  {
    allOf: [
      { properties: { a: { type: "string" } } },
      { properties: { a: { minLength: 80 } }, required: ["a"] },
    ],
  },
  JSON.parse('{"type":"object","if":{"properties":{"a":{"const":1}}},"then":{"required":["b"]}}'),
  { not: { type: "string" } },
  { type: ["null", "integer"] },
  { type: "string", pattern: "^[a-z]+$", minLength: 40 },
  { type: "string", pattern: "x", minLength: 20 },
  { type: "string", maxLength: 0 },
  { type: "string", maxLength: 3 },
  { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 0.001 },
  { type: "integer", multipleOf: 400, minimum: 1 },
])("%j is satisfied", (json) => {
  const schema = compiled(json);
  const value = makeUp(schema, "seed");
  expect(value).toBeDefined();
  expect(schema.check(value as JsonValue)).toEqual([]);
});

test.each<JsonValue>([
  { $ref: "#" },
  { type: "object", properties: { self: { $ref: "#" } }, required: ["self"] },
  { type: "array", minItems: 1_000_000 },
  { type: "string", minLength: 1_000_000_000 },
  { type: "string", pattern: "^a+$", minLength: 1_000_000_000 },
  { type: "array", items: { type: "boolean" }, minItems: 3, uniqueItems: true },
  { type: "string", pattern: "a\\bb" },
  { allOf: [{ pattern: "^a$" }, { pattern: "^b$" }], type: "string" },
])("for %j nothing is made up, and the attempt ends", (json) => {
  expect(makeUp(compiled(json), "seed")).toBeUndefined();
});

test("F6s: schemas that ask for endless work are given up soon", () => {
  const hard = { type: "string", pattern: "^(a|b|c|a*)*x$", minLength: 50_000 };
  const wide = Object.fromEntries(
    Array.from({ length: 400 }, (_, index) => [`p${index}`, { type: "string" }]),
  );
  const schemas: readonly JsonValue[] = [
    { type: "array", items: hard, minItems: 10_000 },
    { type: "array", items: { type: "string", minLength: 90_000 }, minItems: 10_000 },
    { type: "array", minItems: 9_000, items: { allOf: [{ properties: wide }, { properties: wide }] } },
    { $ref: "#/$defs/a", $defs: { a: { type: "array", items: { $ref: "#/$defs/a" }, minItems: 9 } } },
  ];
  const startedAt = performance.now();
  for (const schema of schemas) expect(makeUp(compiled(schema), "seed")).toBeUndefined();
  // Without a bound this takes hours; the limit is generous for a machine under load.
  expect(performance.now() - startedAt).toBeLessThan(15_000);
});
