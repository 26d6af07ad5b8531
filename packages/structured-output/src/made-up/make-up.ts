// Values that satisfy a schema and mean nothing: for dry runs, and for the demo model.
import type { JsonObject, JsonValue } from "@lathe/kernel";
import { CheckBudget, CheckStoppedError } from "../check-budget.ts";
import { canonicalText } from "../json.ts";
import type { AnswerSchema } from "../schema/compile-schema.ts";
import { at, below, isObject } from "../schema/keywords.ts";
import { listOf } from "../schema/merge-schemas.ts";
import { readSchema, type Schema } from "../schema/read-schema.ts";
import { flattenSchema } from "./flatten-schema.ts";
import { chooseFlag, chooseValue } from "./good-news.ts";
import { CannotGrowError, Growth, type Place } from "./growth.ts";
import { makeNumber } from "./make-number.ts";
import { makeText } from "./make-text.ts";

const attemptCount = 12;
/** Some tenths of a second, for the worst of schemas. */
const stepCountMax = 1_000_000;
const valueCost = 10;
/** Below this, what may be left out is left out: a schema that holds itself must come to an end. */
const fullDepthMax = 6;
const depthMax = 60;

/**
 * A value that fits the schema, the same for the same seed; undefined where none was found.
 *
 * Flags that scripts wait for (`done`, `approved`) are true and scores are high, lists have one or two items where the
 * schema allows it, and texts name the property that they are for.
 */
export function makeUp(schema: AnswerSchema, seed: string): JsonValue | undefined {
  const root = readSchema(schema.schema);
  const top: Place = { path: "", name: "", index: 0, depth: 0 };
  const budget = new CheckBudget(stepCountMax);
  budget.begin();
  for (let attempt = 0; attempt < attemptCount; attempt++) {
    const value = unlessItCannot(() => grow(root, new Growth(root, seed, attempt, budget), top));
    if (value !== undefined && schema.check(value).length === 0) return value;
  }
  return undefined;
}

function unlessItCannot<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof CannotGrowError || error instanceof CheckStoppedError) return undefined;
    throw error;
  }
}

function grow(schema: Schema, growth: Growth, place: Place): JsonValue {
  growth.budget.take(valueCost);
  if (place.depth > depthMax) throw new CannotGrowError("It becomes too deep.");
  const flat = flattenSchema(schema, growth);
  const constant = at(flat, "const");
  if (constant !== undefined) return constant;
  const values = listOf(at(flat, "enum"));
  if (values.length > 0) return chooseValue(values, growth, place);
  return growType(typeOf(flat, growth), flat, growth, place);
}

function growType(type: string, schema: JsonObject, growth: Growth, place: Place): JsonValue {
  switch (type) {
    case "null":
      return null;
    case "boolean":
      return chooseFlag(growth, place);
    case "integer":
    case "number":
      return makeNumber(schema, type === "integer", growth, place);
    case "array":
      return growList(schema, growth, place);
    case "object":
      return growObject(schema, growth, place);
    default:
      return makeText(schema, growth, place);
  }
}

const wordsOfTypes: readonly (readonly [string, readonly string[]])[] = [
  ["object", ["properties", "required", "additionalProperties", "patternProperties", "minProperties"]],
  ["array", ["items", "prefixItems", "minItems", "maxItems", "contains", "uniqueItems"]],
  ["number", ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]],
];

/** Tried where a schema names no type. */
const anyTypes = ["string", "object", "integer", "boolean", "array", "null"];

/** The first type that is not null, or the one that the other keywords speak of; later attempts take others. */
function typeOf(schema: JsonObject, growth: Growth): string {
  const named = listOf(at(schema, "type")).map(String);
  const spoken = wordsOfTypes.find(([, words]) => words.some((word) => Object.hasOwn(schema, word)))?.[0];
  const types = named.length > 0 ? named : [...(spoken === undefined ? [] : [spoken]), ...anyTypes];
  const ordered = [...types.filter((type) => type !== "null"), ...types.filter((type) => type === "null")];
  return ordered[Math.floor(growth.attempt / 3) % ordered.length] as string;
}

function growList(schema: JsonObject, growth: Growth, place: Place): JsonValue {
  const prefix = listOf(at(schema, "prefixItems")) as readonly Schema[];
  const count = itemCount(schema, prefix.length, growth, place);
  const isUnique = at(schema, "uniqueItems") === true;
  const contained = at(schema, "contains") as Schema | undefined;
  const items: JsonValue[] = [];
  const seen = new Set<string>();
  for (let index = 0; index < count; index++) {
    const isContained = contained !== undefined && index < Number(at(schema, "minContains") ?? 1);
    const rest = isContained ? contained : ((at(schema, "items") ?? true) as Schema);
    const item = growItem(prefix[index] ?? rest, growth, { ...place, index }, isUnique ? seen : undefined);
    seen.add(isUnique ? canonicalText(item) : "");
    items.push(item);
  }
  return items;
}

function itemCount(schema: JsonObject, prefixCount: number, growth: Growth, place: Place): number {
  const contained = Object.hasOwn(schema, "contains") ? Number(at(schema, "minContains") ?? 1) : 0;
  const min = Math.max(Number(at(schema, "minItems") ?? 0), contained);
  const max = Math.min(
    Number(at(schema, "maxItems") ?? Number.POSITIVE_INFINITY),
    at(schema, "items") === false ? prefixCount : Number.POSITIVE_INFINITY,
  );
  const wanted = place.depth > fullDepthMax ? 0 : Math.max(prefixCount, 1 + growth.chanceAt(place).below(2));
  return Math.max(min, Math.min(max, wanted));
}

const differentTryCount = 20;

/** `others`: what it must differ from. */
function growItem(
  schema: Schema,
  growth: Growth,
  list: Place,
  others: ReadonlySet<string> | undefined,
): JsonValue {
  for (let count = 0; count < differentTryCount; count++) {
    const path = `${below(list.path, list.index)}${"'".repeat(count)}`;
    const name = singular(list.name);
    const item = grow(schema, growth, { path, name, index: list.index, depth: list.depth + 1 });
    if (others === undefined || !others.has(canonicalText(item))) return item;
  }
  throw new CannotGrowError("No more items differ from the others.");
}

function singular(name: string): string {
  if (/ies$/.test(name)) return name.replace(/ies$/, "y");
  return /[^s]s$/.test(name) ? name.slice(0, -1) : name;
}

function growObject(schema: JsonObject, growth: Growth, place: Place): JsonValue {
  const declared = at(schema, "properties");
  const properties = isObject(declared) ? declared : {};
  const others = (at(schema, "additionalProperties") ?? true) as Schema;
  const object: Record<string, JsonValue> = {};
  for (const name of namesFor(schema, properties, others, place)) {
    const property = Object.hasOwn(properties, name) ? (properties[name] as Schema) : others;
    const inner = { path: below(place.path, name), name, index: place.index, depth: place.depth + 1 };
    object[name] = grow(property, growth, inner);
  }
  return object;
}

/** Those that are required, then those that are declared, then invented ones, as many as there may or must be. */
function namesFor(
  schema: JsonObject,
  properties: JsonObject,
  others: Schema,
  place: Place,
): readonly string[] {
  const min = Number(at(schema, "minProperties") ?? 0);
  const max = Number(at(schema, "maxProperties") ?? Number.POSITIVE_INFINITY);
  const required = listOf(at(schema, "required")).map(String);
  const optional = Object.keys(properties).filter(
    (name) => properties[name] !== false && !required.includes(name),
  );
  const wanted = place.depth > fullDepthMax ? min : max;
  const names = [...required, ...optional.slice(0, Math.max(0, wanted - required.length))];
  const order = Object.keys(properties);
  names.sort((left, right) => rankIn(order, left) - rankIn(order, right));
  for (let number = 1; names.length < min && others !== false && number <= 1_000; number++)
    if (!names.includes(`extra${number}`)) names.push(`extra${number}`);
  return names;
}

/** Declared properties come in the order of their declaration. */
function rankIn(order: readonly string[], name: string): number {
  const index = order.indexOf(name);
  return index < 0 ? order.length : index;
}
