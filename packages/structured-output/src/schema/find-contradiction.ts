// Finds schemas that no value fits: an agent that is asked for one would try in vain. It looks for what authors get
// wrong, and proves nothing: a schema that passes may still be unsatisfiable in some hidden way.
import type { JsonObject, JsonValue } from "@lathe/kernel";
import { at, below, isObject } from "./keywords.ts";
import { listOf, mergeSchemas } from "./merge-schemas.ts";
import type { Schema } from "./read-schema.ts";

/** `path` is a JSON Pointer into the schema; `message` goes on after it. */
export interface Contradiction {
  readonly path: string;
  readonly message: string;
}

const boundPairs = [
  ["minLength", "maxLength"],
  ["minItems", "maxItems"],
  ["minProperties", "maxProperties"],
  ["minContains", "maxContains"],
  ["minimum", "maximum"],
] as const;

export function findContradiction(schema: Schema, path = ""): Contradiction | undefined {
  if (schema === false) return { path, message: "is false, so that no value fits." };
  if (schema === true) return undefined;
  const whole = withAllOf(schema);
  if (!isObject(whole)) return { path, message: "holds a schema in allOf that no value fits." };
  return (
    boundsContradiction(whole, path) ??
    typeContradiction(whole, path) ??
    nameContradiction(whole, path) ??
    partContradiction(schema, path) ??
    branchContradiction(schema, path)
  );
}

/** The bounds of all parts of an allOf hold at the same time. */
function withAllOf(schema: JsonObject): Schema {
  const { allOf, ...own } = schema;
  let whole: Schema = own;
  for (const part of listOf(allOf) as readonly Schema[])
    whole = mergeSchemas(whole, isObject(part) ? withAllOf(part) : part);
  return whole;
}

function boundsContradiction(schema: JsonObject, path: string): Contradiction | undefined {
  for (const [lower, upper] of boundPairs) {
    const [min, max] = [numberAt(schema, lower), numberAt(schema, upper)];
    if (min !== undefined && max !== undefined && min > max)
      return { path, message: `wants ${lower} ${min} and ${upper} ${max}; no value fits both.` };
  }
  const { min, max, isOpen } = numberRange(schema);
  if (min > max || (min === max && isOpen)) return { path, message: "leaves no number between its bounds." };
  const types = listOf(at(schema, "type"));
  const wantsInteger = types.length === 1 && types[0] === "integer";
  if (wantsInteger && Number.isFinite(min) && Number.isFinite(max) && !holdsInteger(schema, min, max))
    return { path, message: "leaves no whole number between its bounds." };
  return undefined;
}

function numberRange(schema: JsonObject): {
  readonly min: number;
  readonly max: number;
  readonly isOpen: boolean;
} {
  const above = numberAt(schema, "exclusiveMinimum") ?? Number.NEGATIVE_INFINITY;
  const under = numberAt(schema, "exclusiveMaximum") ?? Number.POSITIVE_INFINITY;
  const min = Math.max(above, numberAt(schema, "minimum") ?? Number.NEGATIVE_INFINITY);
  const max = Math.min(under, numberAt(schema, "maximum") ?? Number.POSITIVE_INFINITY);
  return { min, max, isOpen: above === min || under === max };
}

function holdsInteger(schema: JsonObject, min: number, max: number): boolean {
  const first = numberAt(schema, "exclusiveMinimum") === min ? Math.floor(min) + 1 : Math.ceil(min);
  const last = numberAt(schema, "exclusiveMaximum") === max ? Math.ceil(max) - 1 : Math.floor(max);
  return first <= last;
}

function typeContradiction(schema: JsonObject, path: string): Contradiction | undefined {
  const types = listOf(at(schema, "type"));
  if (Object.hasOwn(schema, "type") && types.length === 0)
    return { path, message: "wants types that exclude each other." };
  const nullable = at(schema, "nullable") === true;
  for (const keyword of ["const", "enum"] as const) {
    if (!Object.hasOwn(schema, keyword)) continue;
    const values = keyword === "const" ? [schema.const as JsonValue] : listOf(schema.enum);
    if (values.length === 0) return { path, message: "leaves no value of its enums." };
    if (types.length > 0 && !values.some((value) => types.some((type) => isOf(value, type, nullable))))
      return { path, message: `wants the type ${types.join(" or ")}, which no value of its ${keyword} has.` };
  }
  return undefined;
}

function isOf(value: JsonValue, type: JsonValue, nullable: boolean): boolean {
  if (value === null) return type === "null" || nullable;
  if (Array.isArray(value)) return type === "array";
  if (type === "integer") return Number.isInteger(value);
  return typeof value === type;
}

function nameContradiction(schema: JsonObject, path: string): Contradiction | undefined {
  const required = new Set(listOf(at(schema, "required")));
  const max = numberAt(schema, "maxProperties");
  if (max !== undefined && required.size > max)
    return { path, message: `requires ${required.size} properties and allows only ${max}.` };
  const isClosed = at(schema, "additionalProperties") === false && !isObject(at(schema, "patternProperties"));
  const properties = at(schema, "properties");
  if (!isClosed) return undefined;
  for (const name of required)
    if (!isObject(properties) || !Object.hasOwn(properties, String(name)))
      return { path, message: `requires "${name}", which additionalProperties: false forbids.` };
  return undefined;
}

/** A part that cannot be filled is a mistake of its author, also where it might be left out. */
function partContradiction(schema: JsonObject, path: string): Contradiction | undefined {
  const required = listOf(at(schema, "required"));
  for (const keyword of ["properties", "$defs", "definitions"]) {
    const parts = at(schema, keyword);
    for (const [name, part] of Object.entries(isObject(parts) ? parts : {})) {
      // `false` says that a property must be absent.
      if (part === false && !(keyword === "properties" && required.includes(name))) continue;
      const found = findContradiction(part as Schema, below(below(path, keyword), name));
      if (found !== undefined) return found;
    }
  }
  return itemContradiction(schema, path);
}

function itemContradiction(schema: JsonObject, path: string): Contradiction | undefined {
  const prefix = listOf(at(schema, "prefixItems"));
  const items = at(schema, "items");
  const minItems = numberAt(schema, "minItems") ?? 0;
  if (items === false && minItems > prefix.length)
    return { path, message: `wants at least ${minItems} items and allows only ${prefix.length}.` };
  for (const [index, part] of prefix.entries()) {
    const found = findContradiction(part as Schema, below(below(path, "prefixItems"), index));
    if (found !== undefined) return found;
  }
  return isObject(items) ? findContradiction(items, below(path, "items")) : undefined;
}

/** Every part of an allOf has to hold, and at least one of the others. */
function branchContradiction(schema: JsonObject, path: string): Contradiction | undefined {
  for (const keyword of ["allOf", "anyOf", "oneOf"]) {
    const branches = listOf(at(schema, keyword)) as readonly Schema[];
    const found = branches.map((branch, index) =>
      findContradiction(branch, below(below(path, keyword), index)),
    );
    const wrong = found.filter((contradiction) => contradiction !== undefined);
    const isWrong =
      keyword === "allOf" ? wrong.length > 0 : wrong.length > 0 && wrong.length === branches.length;
    if (isWrong) return wrong[0];
  }
  return undefined;
}

function numberAt(schema: JsonObject, keyword: string): number | undefined {
  const value = at(schema, keyword);
  return typeof value === "number" ? value : undefined;
}
