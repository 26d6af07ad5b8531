// What stands behind references, allOf and the branches of a schema, as one level of plain keywords.
import type { JsonObject, JsonValue } from "@lathe/kernel";
import { at } from "../schema/keywords.ts";
import { listOf, mergeSchemas } from "../schema/merge-schemas.ts";
import { resolveReference, type Schema } from "../schema/read-schema.ts";
import { CannotGrowError, type Growth } from "./growth.ts";

const layerCountMax = 200;

export function flattenSchema(schema: Schema, growth: Growth): JsonObject {
  let flat = schema;
  for (let layer = 0; layer < layerCountMax; layer++) {
    if (flat === false) throw new CannotGrowError("Nothing fits.");
    if (flat === true) return {};
    growth.budget.take(widthOf(flat));
    const next = withoutOneLayer(flat, growth);
    if (next === undefined) return flat;
    flat = next;
  }
  throw new CannotGrowError("It refers to itself.");
}

/** Undefined where there is no layer any more. */
function withoutOneLayer(schema: JsonObject, growth: Growth): Schema | undefined {
  for (const keyword of ["$ref", "allOf", "anyOf", "oneOf", "if"]) {
    if (!Object.hasOwn(schema, keyword)) continue;
    const { [keyword]: value, ...rest } = schema;
    return mergeSchemas(rest, meaningOf(keyword, value as JsonValue, schema, growth));
  }
  return undefined;
}

/** What has to hold beside the rest. Where there is a choice, each attempt makes another one. */
function meaningOf(keyword: string, value: JsonValue, schema: JsonObject, growth: Growth): Schema {
  const parts = listOf(value) as readonly Schema[];
  if (keyword === "$ref") return resolveReference(growth.root, String(value));
  if (keyword === "allOf") return parts.reduce(mergeSchemas, true);
  if (keyword !== "if") return parts[growth.attempt % parts.length] ?? false;
  if (growth.attempt % 2 === 1) return (at(schema, "else") ?? true) as Schema;
  return mergeSchemas(value as Schema, (at(schema, "then") ?? true) as Schema);
}

/** About what it takes to merge something into it. */
function widthOf(schema: JsonObject): number {
  return Object.values(schema).reduce<number>((sum, value) => sum + 1 + partCount(value), 0);
}

function partCount(value: JsonValue): number {
  return typeof value === "object" && value !== null ? Object.keys(value).length : 0;
}
