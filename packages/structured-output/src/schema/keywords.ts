// The words of JSON Schema that are understood, and where schemas stand inside of schemas.
import type { JsonObject, JsonValue } from "@lathe/kernel";

/** Keywords whose value is a schema, a list of schemas, or an object of schemas by name. */
export const schemaKeywords: ReadonlyMap<string, "schema" | "list" | "by-name"> = new Map([
  ["items", "schema"],
  ["contains", "schema"],
  ["additionalProperties", "schema"],
  ["propertyNames", "schema"],
  ["unevaluatedItems", "schema"],
  ["unevaluatedProperties", "schema"],
  ["not", "schema"],
  ["if", "schema"],
  ["then", "schema"],
  ["else", "schema"],
  ["allOf", "list"],
  ["anyOf", "list"],
  ["oneOf", "list"],
  ["prefixItems", "list"],
  ["properties", "by-name"],
  ["patternProperties", "by-name"],
  ["dependentSchemas", "by-name"],
  ["$defs", "by-name"],
  ["definitions", "by-name"],
]);

/** Keywords that assert something by themselves. What is in neither list says nothing about an answer's shape. */
export const plainKeywords: ReadonlySet<string> = new Set([
  "$ref",
  "type",
  "nullable",
  "enum",
  "const",
  "required",
  "dependentRequired",
  "minProperties",
  "maxProperties",
  "minItems",
  "maxItems",
  "minContains",
  "maxContains",
  "uniqueItems",
  "minLength",
  "maxLength",
  "pattern",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
]);

/** Keywords that would change what others mean, or reach for other documents. */
export const refusedKeywords: ReadonlySet<string> = new Set([
  "$async",
  "$anchor",
  "$dynamicRef",
  "$dynamicAnchor",
  "$recursiveRef",
  "$recursiveAnchor",
  "$vocabulary",
]);

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What stands under a name of its own; never what is inherited. */
export function at(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** A JSON Pointer one step further down. */
export function below(path: string, name: string | number): string {
  return `${path}/${String(name).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
