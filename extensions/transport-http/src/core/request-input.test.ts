import * as v from "valibot";
import { expect, test } from "vitest";
import { readInput } from "./request-input.ts";

const schema = v.strictObject({
  text: v.string(),
  limit: v.optional(v.number()),
  inner: v.optional(v.strictObject({ name: v.string() })),
});

function messagesOf(bodyText: string): Record<string, string> {
  const outcome = readInput(schema, { path: {}, query: new URLSearchParams(), bodyText });
  if (outcome.kind === "valid") return {};
  return Object.fromEntries((outcome.problem.errors ?? []).map(({ field, message }) => [field, message]));
}

test("a field that is missing, one that is unknown and one of a wrong type are told in plain words", () => {
  expect(messagesOf('{"inner":{}}')).toEqual({ text: "It is required.", "inner.name": "It is required." });
  expect(messagesOf('{"text":"a","texts":1}')).toEqual({ texts: "There is no such field." });
  expect(messagesOf('{"text":5}')).toEqual({ text: "Invalid type: Expected string but received 5." });
  expect(messagesOf('{"text":"a","inner":5}').inner).toContain("Expected Object");
});

test("what is whole is taken", () => {
  expect(messagesOf('{"text":"a","limit":1,"inner":{"name":"b"}}')).toEqual({});
});
