// Two schemas as one that accepts what both accept, as far as one level shows it. What cannot be merged (two patterns,
// two multiples) is taken from the second: whoever makes a value of it must check the value.
import type { JsonObject, JsonValue } from "@lathe/kernel";
import { canonicalText } from "../json.ts";
import { isObject } from "./keywords.ts";
import type { Schema } from "./read-schema.ts";

const highest = new Set([
  "minimum",
  "exclusiveMinimum",
  "minLength",
  "minItems",
  "minProperties",
  "minContains",
]);
const lowest = new Set([
  "maximum",
  "exclusiveMaximum",
  "maxLength",
  "maxItems",
  "maxProperties",
  "maxContains",
]);
const bySchema = new Set(["properties", "patternProperties", "$defs", "definitions"]);
const both = new Set(["items", "additionalProperties", "contains"]);

export function mergeSchemas(left: Schema, right: Schema): Schema {
  if (left === false || right === false) return false;
  if (left === true) return right;
  if (right === true) return left;
  const merged: Record<string, JsonValue> = { ...left };
  for (const [keyword, value] of Object.entries(right)) {
    const present = Object.hasOwn(left, keyword) ? left[keyword] : undefined;
    merged[keyword] = present === undefined ? value : mergeKeyword(keyword, present, value);
  }
  return merged;
}

function mergeKeyword(keyword: string, left: JsonValue, right: JsonValue): JsonValue {
  if (highest.has(keyword)) return Math.max(Number(left), Number(right));
  if (lowest.has(keyword)) return Math.min(Number(left), Number(right));
  if (keyword === "type") return sharedTypes(listOf(left), listOf(right));
  if (keyword === "enum") return listOf(left).filter((value) => holds(listOf(right), value));
  if (keyword === "required") return [...new Set([...listOf(left), ...listOf(right)])];
  if (keyword === "allOf") return [...listOf(left), ...listOf(right)];
  if (both.has(keyword)) return mergeSchemas(left as Schema, right as Schema);
  if (bySchema.has(keyword) && isObject(left) && isObject(right)) return mergeByName(left, right);
  return right;
}

function mergeByName(left: JsonObject, right: JsonObject): JsonObject {
  const merged: Record<string, JsonValue> = { ...left };
  for (const [name, schema] of Object.entries(right))
    merged[name] = Object.hasOwn(left, name) ? mergeSchemas(left[name] as Schema, schema as Schema) : schema;
  return merged;
}

/** Whole numbers are numbers. */
function sharedTypes(left: readonly JsonValue[], right: readonly JsonValue[]): JsonValue {
  const accepts = (types: readonly JsonValue[], type: JsonValue) =>
    types.includes(type) || (type === "integer" && types.includes("number"));
  return [...new Set([...left, ...right])].filter((type) => accepts(left, type) && accepts(right, type));
}

function holds(values: readonly JsonValue[], wanted: JsonValue): boolean {
  return values.some((value) => canonicalText(value) === canonicalText(wanted));
}

export function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [value as JsonValue];
}
