import type { JsonValue } from "@lathe/kernel";
import { expect, test } from "vitest";
import { type AnswerSchema, compileSchema } from "./compile-schema.ts";

function compiled(schema: JsonValue): AnswerSchema {
  const result = compileSchema(schema);
  if (result.kind === "refused") throw new Error(result.message);
  return result.schema;
}

const findings = {
  $schema: "http://json-schema.org/draft-07/schema#",
  $id: "https://example.org/findings.json",
  type: "object",
  properties: {
    findings: {
      type: "array",
      maxItems: 3,
      items: {
        type: "object",
        properties: {
          title: { type: "string", minLength: 3, description: "One line." },
          severity: { enum: ["low", "high"] },
          line: { type: ["integer", "null"], minimum: 1 },
          slug: { type: "string", pattern: "^[a-z-]+$", format: "uri", "x-note": 1 },
        },
        required: ["title", "severity"],
        additionalProperties: false,
      },
    },
  },
  required: ["findings"],
};

test("an answer that fits has no problems, and formats and unknown keywords ask for nothing", () => {
  const value = { findings: [{ title: "Race", severity: "high", line: null, slug: "a-b" }], note: "free" };
  expect(compiled(findings).check(value)).toEqual([]);
});

test("each problem names its place and what is wanted there", () => {
  const value: JsonValue = {
    findings: [{ title: "x", severity: "medium", line: 0.5, slug: "A b", toString: 1 }, 7, {}, {}],
  };
  expect(compiled(findings).check(value)).toEqual(
    expect.arrayContaining([
      { path: "/findings", message: "must have at most 3 items, but it has 4." },
      { path: "/findings/0/title", message: "must have at least 3 characters, but it has 1." },
      { path: "/findings/0/severity", message: 'must be one of "low", "high", but it is "medium".' },
      { path: "/findings/0/line", message: "must be an integer or null, but it is a number." },
      {
        path: "/findings/0/slug",
        message: 'must match the regular expression ^[a-z-]+$, but it is "A b".',
      },
      { path: "/findings/0/toString", message: "is not allowed here; leave it out." },
      { path: "/findings/1", message: "must be an object, but it is a number." },
      { path: "/findings/2/title", message: "is missing, but it is required." },
    ]),
  );
});

test("what an object inherits is not part of it", () => {
  const schema = compiled({ required: ["constructor"], properties: { valueOf: { type: "string" } } });
  expect(schema.check({})).toEqual([{ path: "/constructor", message: "is missing, but it is required." }]);
});

test.each<[JsonValue, JsonValue, JsonValue]>([
  [
    { uniqueItems: true },
    [{ a: 1, b: 2 }, 1],
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
  ],
  [{ multipleOf: 0.01 }, 0.07, 0.075],
  [{ $ref: "#/$defs/n", $defs: { n: { type: "number" } } }, 1, "1"],
  [
    { type: "object", properties: { child: { $ref: "#" } } },
    { child: { child: {} } },
    { child: { child: 1 } },
  ],
  [{ oneOf: [{ type: "number" }, { type: "integer" }] }, 1.5, 1],
  [{ anyOf: [{ type: "string" }, { type: "null" }] }, null, 1],
  [{ not: { type: "string" } }, 1, "a"],
  [JSON.parse('{"if":{"type":"string"},"then":{"minLength":2},"else":{"minimum":2}}'), 2, "a"],
  [{ prefixItems: [{ type: "string" }], items: false }, ["a"], ["a", 1]],
  [{ type: "string", nullable: true }, null, 1],
  [
    { patternProperties: { "^x-": { type: "string" } }, additionalProperties: false },
    { "x-a": "" },
    { a: "" },
  ],
  [{ const: { a: [1] } }, { a: [1] }, { a: [2] }],
  [true, 1, undefined as unknown as JsonValue],
])("%j fits %j and not %j", (schema, fitting, other) => {
  expect(compiled(schema).check(fitting)).toEqual([]);
  if (other !== undefined) expect(compiled(schema).check(other)).not.toEqual([]);
});

test.each<[JsonValue, string]>([
  [{ type: "number", minimum: 5, maximum: 1 }, "minimum 5 and maximum 1"],
  [{ properties: { a: { type: "array", minItems: 2, maxItems: 1 } } }, "/properties/a is contradictory"],
  [{ properties: { "a/b": { minLength: 2, maxLength: 1 } } }, "/properties/a~1b is contradictory"],
  [{ items: { enum: [] } }, "/items/enum is empty"],
  [{ required: ["b"], properties: { a: {} }, additionalProperties: false }, 'requires "b"'],
  [{ type: "string", const: 1 }, "no value of its const has"],
  [{ type: ["integer", "boolean"], enum: ["1", 1.5] }, "no value of its enum has"],
  [{ exclusiveMinimum: 1, maximum: 1 }, "no number between"],
  [{ type: "integer", exclusiveMinimum: 1, exclusiveMaximum: 2 }, "no whole number"],
  [{ allOf: [{ type: "string" }, { type: "number" }] }, "exclude each other"],
  [{ minimum: 3, allOf: [{ maximum: 2 }] }, "minimum 3 and maximum 2"],
  [{ allOf: [{ enum: [1, 2] }, { enum: [3] }] }, "no value of its enums"],
  [{ anyOf: [{ minimum: 2, maximum: 1 }, false] }, "/anyOf/0 is contradictory"],
  [{ required: ["a"], properties: { a: false } }, "/properties/a is contradictory"],
  [{ required: ["a", "b"], maxProperties: 1 }, "requires 2 properties"],
  [{ prefixItems: [{}], items: false, minItems: 2 }, "allows only 1"],
  [false, "no value fits"],
])("%j is refused as contradictory", (schema, words) => {
  expect(compileSchema(schema)).toEqual({ kind: "refused", message: expect.stringContaining(words) });
});

test.each<JsonValue>([
  { properties: { a: false } },
  { not: { minimum: 2, maximum: 1 } },
  { anyOf: [{ minimum: 2, maximum: 1 }, { type: "string" }] },
  { type: "integer", minimum: 1, maximum: 1 },
  { allOf: [{ type: "number" }, { type: "integer" }] },
  { type: "string", enum: ["a", null] },
])("%j is not contradictory", (schema) => {
  expect(compileSchema(schema).kind).toBe("schema");
});

test.each<[JsonValue, string]>([
  ["string", "must be a schema"],
  [{ type: "text" }, "The schema at /type must"],
  [{ type: "object", properties: [] }, "/properties must be an object"],
  [{ required: "title" }, "/required must be an array"],
  [{ minLength: -1 }, "/minLength must be >= 0"],
  [{ anyOf: [] }, "at least one schema"],
  [{ $ref: "https://example.org/other.json" }, "must lead to a place of this schema"],
  [{ $ref: "#/$defs/absent" }, "where no schema is"],
  [{ $ref: "#/enum/0", enum: [{}] }, "where no schema is"],
  [{ $ref: "#/%" }, "where no schema is"],
  [{ $async: true }, "/$async is not understood"],
  [{ $dynamicRef: "#x" }, "is not understood"],
  [{ pattern: "(?=a)" }, "/pattern looks ahead"],
  [{ patternProperties: { "(a)\\1": {} } }, "refers back"],
  [{ properties: { a: { pattern: "(" } } }, "/properties/a/pattern is no regular expression"],
  [JSON.parse('{"properties":{"__proto__":{}}}'), "__proto__"],
  [{ description: "x".repeat(70_000) }, "larger than 64 KiB"],
  [JSON.parse(`${'{"items":'.repeat(64)}{}${"}".repeat(64)}`), "deeper than 64"],
  [{ anyOf: Array.from({ length: 1_001 }, () => ({})) }, "more than 1000 schemas"],
])("%.60j is refused, with a sentence that names the place", (schema, words) => {
  expect(compileSchema(schema)).toEqual({ kind: "refused", message: expect.stringContaining(words) });
});

test("equal schemas have the same canonical text, whatever the order of their keys", () => {
  const one = compiled({ type: "object", properties: { b: { type: "string" }, a: {} } });
  const other = compiled({ properties: { a: {}, b: { type: "string" } }, type: "object" });
  expect(one.canonical).toBe('{"properties":{"a":{},"b":{"type":"string"}},"type":"object"}');
  expect(other.canonical).toBe(one.canonical);
});
