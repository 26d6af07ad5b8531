import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { argumentFields } from "./argument-fields.ts";
import { enteredOf, type LaunchEntries, readLaunch, templateOf } from "./launch-input.ts";

const fields = argumentFields({
  args: {
    required: ["goal"],
    properties: {
      goal: { type: "string" },
      rounds: { type: "integer" },
      approve: { type: "boolean", default: true },
      depth: { enum: ["deep", 3] },
      paths: { type: "array", items: { type: "string" } },
      more: { type: "object" },
      any: {},
    },
  },
});

const nothing: LaunchEntries = { fields, entered: {}, json: null, budget: "", folder: "", cache: "use" };
const read = (given: Partial<LaunchEntries>) => readLaunch({ ...nothing, ...given });
const wrong = (given: Partial<LaunchEntries>) => {
  const launch = read(given);
  return launch.kind === "wrong" ? Object.fromEntries(launch.errors) : {};
};

test("a number outside of what the schema allows is told before anything is sent", () => {
  const bounded = argumentFields({
    inputSchema: {
      properties: { rounds: { type: "integer", minimum: 1, maximum: 3 }, share: { type: "number" } },
    },
  });
  const enter = (entered: LaunchEntries["entered"]) => wrong({ fields: bounded, entered });
  expect(enter({ rounds: "4" })).toEqual({ "args.rounds": "Enter a whole number from 1 to 3." });
  expect(enter({ rounds: "1.5" })).toEqual({ "args.rounds": "Enter a whole number from 1 to 3." });
  expect(enter({ rounds: "3", share: "x" })).toEqual({ "args.share": "Enter a number." });
});

describe("what somebody entered", () => {
  test("becomes values of the right kind, and what is left empty is left out", () => {
    const entered = {
      goal: "Safer",
      rounds: "2",
      approve: "false",
      depth: "3",
      paths: " a \n\nb",
      more: '{ "a": 1 }',
      any: "[1]",
    };
    expect(read({ entered, budget: "200k", folder: " /home/ada/project ", cache: "fresh" })).toEqual({
      kind: "ready",
      options: {
        args: {
          goal: "Safer",
          rounds: 2,
          approve: false,
          depth: 3,
          paths: ["a", "b"],
          more: { a: 1 },
          any: [1],
        },
        budget: { tokens: 200_000 },
        cwd: "/home/ada/project",
        cache: "fresh",
      },
    });
    expect(read({ entered: { goal: "x", rounds: " " } })).toEqual({
      kind: "ready",
      options: { args: { goal: "x" } },
    });
  });

  test("is refused at its field", () => {
    const entered = { rounds: "1.5", depth: "flat", more: "{", any: "[1" };
    expect(wrong({ entered, budget: "much" })).toEqual({
      "args.goal": "This is required.",
      "args.rounds": "Enter a whole number.",
      "args.depth": "Choose one of the list.",
      "args.more": expect.stringContaining("This is not JSON."),
      "args.any": expect.stringContaining("This is not JSON."),
      budget: "Enter a number of tokens, such as 200000 or 200k.",
    });
  });

  test("is one value where there are no fields, or none are wanted", () => {
    expect(read({ json: "" })).toEqual({ kind: "ready", options: {} });
    expect(read({ json: "null" })).toEqual({ kind: "ready", options: { args: null } });
    expect(read({ fields: [], json: "src/index.ts" })).toEqual({
      kind: "ready",
      options: { args: "src/index.ts" },
    });
    expect(wrong({ json: "{ goal }" })).toEqual({ args: expect.stringContaining("This is not JSON.") });
  });

  test("names that every object has are no entries", () => {
    const hostile = argumentFields(
      JSON.parse('{ "args": { "properties": { "constructor": {}, "toString": {} } } }'),
    );
    expect(read({ fields: hostile })).toEqual({ kind: "ready", options: {} });
  });
});

describe("arguments that a run was given", () => {
  test("are entered again, and read as the same", () => {
    const values = fc.record(
      {
        goal: fc.string().filter((text) => text.trim() !== ""),
        rounds: fc.integer(),
        approve: fc.boolean(),
        depth: fc.constantFrom("deep", 3),
        any: fc.oneof(fc.integer(), fc.constant("a word"), fc.array(fc.integer())),
      },
      { requiredKeys: ["goal"] },
    );
    fc.assert(
      fc.property(values, (args) => {
        const entered = enteredOf(fields, args);
        expect(entered).not.toBeNull();
        expect(read({ entered: entered ?? {} })).toEqual({ kind: "ready", options: { args } });
      }),
    );
  });

  test("which the fields cannot say are left to JSON", () => {
    expect(enteredOf(fields, undefined)).toEqual({});
    expect(enteredOf(fields, "just a text")).toBeNull();
    expect(enteredOf(fields, { goal: "x", unknown: 1 })).toBeNull();
    expect(enteredOf(fields, { any: "3" })).toBeNull();
  });

  test("have a template with every field", () => {
    expect(JSON.parse(templateOf(fields))).toEqual({
      goal: "",
      rounds: 0,
      approve: true,
      depth: "deep",
      paths: [],
      more: null,
      any: "",
    });
    expect(templateOf([])).toBe("");
  });
});
