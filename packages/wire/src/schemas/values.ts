// The small values that the other schemas are made of.
import type { JsonObject, JsonValue } from "@lathe/kernel";
import {
  array,
  check,
  custom,
  type GenericSchema,
  integer,
  minValue,
  nullable,
  number,
  pipe,
  readonly,
  string,
} from "valibot";

/** A whole number of something, from 0. */
export const CountSchema: GenericSchema<number> = pipe(number(), integer(), minValue(0));
/** A count that may not be known. */
export const CountOrUnknownSchema: GenericSchema<number | null> = nullable(CountSchema);
/** Milliseconds, as a duration or since 1970; clocks may give fractions. */
export const MillisecondsSchema: GenericSchema<number> = pipe(number(), minValue(0));
/** An identifier as Lathe makes them: a short prefix and a UUIDv7. Its inside is nobody's business. */
export const IdSchema: GenericSchema<string> = pipe(
  string(),
  check((id) => id.length > 0 && id.length <= 200, "An id has 1 to 200 characters."),
);
/** A position in a conversation's log, from 1. */
export const SeqSchema: GenericSchema<number> = pipe(number(), integer(), minValue(1));

export const JsonValueSchema: GenericSchema<JsonValue> = custom<JsonValue>(isJsonValue, "Not a JSON value.");
export const JsonObjectSchema: GenericSchema<JsonObject> = custom<JsonObject>(
  (value) => isPlainObject(value) && isJsonValue(value),
  "Not a JSON object.",
);

export function listOf<Item>(item: GenericSchema<Item>): GenericSchema<readonly Item[]> {
  return pipe(array(item), readonly()) as GenericSchema<readonly Item[]>;
}

// A loop, not a recursion: a value that is nested very deeply must not end in a stack overflow.
function isJsonValue(root: unknown): boolean {
  const pending: unknown[] = [root];
  while (pending.length > 0) {
    const value = pending.pop();
    if (value === null || typeof value === "string" || typeof value === "boolean") continue;
    if (typeof value === "number" && Number.isFinite(value)) continue;
    if (Array.isArray(value)) for (const item of value) pending.push(item);
    else if (isPlainObject(value)) for (const key of Object.keys(value)) pending.push(value[key]);
    else return false;
  }
  return true;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
