// Values that came from a file, made safe to keep: no key that reaches a prototype, and nothing that can be changed.
import type { JsonObject, JsonValue } from "@lathe/kernel";

const prototypeKeys: ReadonlySet<string> = new Set(["__proto__", "prototype", "constructor"]);

/** Where a key stands that would reach a prototype when it is copied or looked up; undefined where there is none. */
export function findPrototypeKey(value: unknown, path = ""): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  for (const key of Object.keys(value)) {
    const place = path === "" ? key : `${path}.${key}`;
    if (prototypeKeys.has(key)) return place;
    const deeper = findPrototypeKey((value as Record<string, unknown>)[key], place);
    if (deeper !== undefined) return deeper;
  }
  return undefined;
}

/** A copy of plain JSON that nobody can change. */
export function freezeJson(value: JsonValue): JsonValue {
  if (typeof value !== "object" || value === null) return value;
  return Object.freeze(isList(value) ? value.map(freezeJson) : frozenEntries(value));
}

/** A copy of plain JSON that belongs to the caller. */
export function copyJson(value: JsonValue): JsonValue {
  return JSON.parse(JSON.stringify(value)) as JsonValue;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isList(value: JsonObject | readonly JsonValue[]): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function frozenEntries(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, freezeJson(item)]));
}
