// Schemas come from scripts and answers from models: no pair of them may keep the daemon busy, or make it throw.
import type { JsonValue } from "@lathe/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type AnswerSchema, compileSchema } from "./compile-schema.ts";

function compiled(schema: JsonValue): AnswerSchema {
  const result = compileSchema(schema);
  if (result.kind === "refused") throw new Error(result.message);
  return result.schema;
}

const doubling = Object.fromEntries(
  Array.from({ length: 40 }, (_, index) => {
    const next = { $ref: `#/$defs/d${index + 1}` };
    return [`d${index}`, { allOf: [next, next] }];
  }),
);
const longLine = "a".repeat(3_000_000);

test.each<[string, JsonValue, JsonValue]>([
  ["references that double", { $ref: "#/$defs/d0", $defs: { ...doubling, d40: { type: "string" } } }, "x"],
  ["a schema that is itself", { $ref: "#" }, 1],
  ["a schema that is itself twice", { anyOf: [{ $ref: "#" }, { $ref: "#" }] }, 1],
  ["a pattern of many ways", { items: { pattern: "^(a|b|c|a*)*$" } }, [longLine]],
  [
    "a large enum for many items",
    { items: { enum: Array.from({ length: 9_000 }, (_, n) => n) } },
    numbers(150_000),
  ],
  ["many patterns for many names", { patternProperties: manyPatterns() }, manyNames()],
  ["errors without end", { items: { type: "string" } }, numbers(150_000)],
  ["too many values", {}, numbers(200_001)],
])("F6s: %s is one problem, and soon", (_name, schema, value) => {
  const prepared = compiled(schema);
  const startedAt = performance.now();
  expect(prepared.check(value)).toEqual([{ path: "", message: expect.stringContaining("make it shorter") }]);
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});

test("F6s: many equal lists are compared in linear time", () => {
  const value = Array.from({ length: 60_000 }, (_, index) => [index]);
  expect(compiled({ uniqueItems: true }).check(value)).toEqual([]);
  expect(compiled({ uniqueItems: true }).check([...value, [0]])).toHaveLength(1);
});

test("a check that was stopped leaves the next one whole", () => {
  const schema = compiled({ items: { pattern: "^(a|b|c|a*)*$" } });
  expect(schema.check([longLine])).toHaveLength(1);
  expect(schema.check(["abc"])).toEqual([]);
});

test("any JSON is a schema or is refused, and checks anything, without a throw", () => {
  const keywords = fc.constantFrom(
    ...[
      "type",
      "enum",
      "const",
      "required",
      "properties",
      "items",
      "anyOf",
      "allOf",
      "not",
      "$ref",
      "pattern",
    ],
    ...[
      "minimum",
      "maxLength",
      "minItems",
      "additionalProperties",
      "$defs",
      "uniqueItems",
      "__proto__",
      "$id",
    ],
  );
  const { schema: schemas } = fc.letrec<{ schema: JsonValue }>((tie) => ({
    schema: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom<JsonValue>("string", "object", 1, -1, true, "#", "#/properties/a", null, "["),
      fc.dictionary(fc.oneof(keywords, fc.constantFrom("a", "b")), tie("schema"), { maxKeys: 4 }),
      fc.array(tie("schema"), { maxLength: 3 }),
    ),
  }));
  fc.assert(
    fc.property(schemas, fc.jsonValue(), (schema, value) => {
      const result = compileSchema(schema);
      if (result.kind === "refused") expect(result.message).toMatch(/^The schema .*\.$/s);
      else expect(Array.isArray(result.schema.check(value as JsonValue))).toBe(true);
    }),
    { numRuns: 1_500 },
  );
});

function numbers(count: number): JsonValue {
  return Array.from({ length: count }, (_, index) => 10_000 + index);
}

function manyPatterns(): Record<string, JsonValue> {
  return Object.fromEntries(Array.from({ length: 900 }, (_, index) => [`a.*b.*c${index}`, {}]));
}

function manyNames(): JsonValue {
  return Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`${"abc".repeat(10)}${index}`, 0]));
}
