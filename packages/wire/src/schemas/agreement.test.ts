// These are checked by the compiler: a line that should not compile and does is an unused directive, an error.
import { exactOptional, number, object, parse, string } from "valibot";
import { expect, test } from "vitest";
import { agreesWith } from "./agreement.ts";

interface Sample {
  readonly name: string;
  readonly size?: number;
}

test("a schema that gives exactly the type is handed back as it is", () => {
  const schema = object({ name: string(), size: exactOptional(number()) });
  expect(agreesWith<Sample>()(schema)).toBe(schema);
  expect(parse(schema, { name: "a", later: true })).toEqual({ name: "a" });
});

test("a schema that differs does not compile", () => {
  // @ts-expect-error a field is of another type
  agreesWith<Sample>()(object({ name: number(), size: exactOptional(number()) }));
  // @ts-expect-error an optional field is missing
  agreesWith<Sample>()(object({ name: string() }));
  // @ts-expect-error a field is not in the type
  agreesWith<Sample>()(object({ name: string(), size: exactOptional(number()), more: string() }));
  // @ts-expect-error a field of the type is never there
  agreesWith<Sample>()(object({ size: exactOptional(number()) }));
  expect(parse(object({ name: string() }), { name: "a" })).toEqual({ name: "a" });
});
