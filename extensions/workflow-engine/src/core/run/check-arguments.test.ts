import type { JsonObject, JsonValue } from "@lathe/kernel";
import { describe, expect, test } from "vitest";
import { checkArguments, unusableInputSchema } from "./check-arguments.ts";

const inputSchema = {
  type: ["object", "string"],
  properties: {
    rounds: { type: "integer", minimum: 0, maximum: 2 },
    kinds: { type: "array", items: { enum: ["a", "b"] } },
    "a/b": { type: "string" },
  },
  additionalProperties: false,
};

const wrongIn = (args: JsonValue | undefined, meta: JsonObject = { inputSchema }) =>
  checkArguments(meta, args);

describe("arguments that the metadata describe by a schema", () => {
  test.each<[string, JsonValue | undefined]>([
    ["an object", { rounds: 2, kinds: ["b"] }],
    ["an empty one", {}],
    ["a plain text", "The goal"],
    ["none at all", undefined],
  ])("may be %s", (_, args) => {
    expect(wrongIn(args)).toBeUndefined();
  });

  test.each<[JsonValue, string, string]>([
    [{ rounds: 7 }, "args.rounds", "must be <= 2, but it is 7"],
    [{ rounds: "two" }, "args.rounds", "must be an integer, but it is a string"],
    [{ kinds: ["a", "c"] }, "args.kinds.1", 'must be one of "a", "b", but it is "c"'],
    [{ round: 1 }, "args.round", "is not allowed here; leave it out"],
    [{ "a/b": 1 }, "args.a/b", "must be a string"],
    [7, "args", "must be an object or a string, but it is a number"],
  ])("%j: the field is named, with what is wanted and what is there", (args, field, said) => {
    expect(wrongIn(args)).toEqual({ field, message: expect.stringContaining(`${field} ${said}`) });
  });

  test("lack what is required also where none were given", () => {
    const needed = { inputSchema: { type: "object", properties: { goal: {} }, required: ["goal"] } };
    const problem = { field: "args.goal", message: "args.goal is missing, but it is required." };
    expect([undefined, {}].map((args) => wrongIn(args, needed))).toEqual([problem, problem]);
  });
});

test("metadata without a schema, or with one that cannot be used, refuse nothing; the second can be told", () => {
  const refused = { inputSchema: { type: "object", properties: { goal: "What to reach" } } };
  expect([{}, { args: inputSchema }, refused].map((meta) => wrongIn({ rounds: 7 }, meta))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect([{}, { inputSchema }].map(unusableInputSchema)).toEqual([undefined, undefined]);
  expect(unusableInputSchema(refused)).toMatch(/^inputSchema is not used.*goal/);
});
