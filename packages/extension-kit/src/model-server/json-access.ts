// Looks into JSON that somebody else wrote, where any value may have any type.
import type { JsonObject, JsonValue } from "@lathe/kernel";

/** As wide as what a lookup gives: absent members are `undefined`. */
export type Unchecked = JsonValue | undefined;

export function objectOf(value: Unchecked): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

export function listOf(value: Unchecked): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

/** The text, where it is one that says something. */
export function textOf(value: Unchecked): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A count of tokens; `null` for everything that cannot be one. */
export function tokenCount(value: Unchecked): number | null {
  return typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER
    ? Math.trunc(value)
    : null;
}

/** Parses JSON text; `undefined` where it is none. */
export function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
