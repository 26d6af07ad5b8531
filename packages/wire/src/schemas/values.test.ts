import type { JsonValue } from "@lathe/kernel";
import fc from "fast-check";
import { is } from "valibot";
import { expect, test } from "vitest";
import { CountSchema, JsonObjectSchema, JsonValueSchema, SeqSchema } from "./values.ts";

test("whatever JSON can carry is a JSON value", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => is(JsonValueSchema, value)));
});

test("what JSON cannot carry is not a JSON value, however deep it sits", () => {
  const strange = [undefined, Number.NaN, Number.POSITIVE_INFINITY, () => 0, 1n, new Date(0), new Map()];
  for (const value of strange) {
    expect([value, is(JsonValueSchema, value), is(JsonValueSchema, { a: [value] })]).toEqual([
      value,
      false,
      false,
    ]);
  }
});

test("a value of 200,000 levels is judged without a stack overflow", () => {
  let deep: JsonValue = [];
  for (let level = 0; level < 200_000; level += 1) deep = [deep];
  expect(is(JsonValueSchema, deep)).toBe(true);
});

test("an object is neither a list nor a bare value", () => {
  expect([{}, [], "x", null].map((value) => is(JsonObjectSchema, value))).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

test("counts and positions are whole numbers from their first one on", () => {
  expect([0, 1, 1.5, -1, "1"].map((value) => is(CountSchema, value))).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
  expect([0, 1].map((value) => is(SeqSchema, value))).toEqual([false, true]);
});
