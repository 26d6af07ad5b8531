import { describe, expect, test } from "vitest";
import { argumentFields, wantedNumber } from "./argument-fields.ts";

const shapes = (meta: Parameters<typeof argumentFields>[0]) =>
  argumentFields(meta).map(({ key, form, isRequired }) => `${key}: ${form}${isRequired ? ", required" : ""}`);

describe("the form of a workflow's arguments", () => {
  test("is made of a schema", () => {
    const schema = {
      type: "object",
      required: ["goal"],
      properties: {
        goal: { type: "string", description: "What to reach" },
        rounds: { type: "integer", default: 3 },
        share: { type: "number" },
        approve: { type: "boolean" },
        depth: { enum: ["shallow", "deep", 3] },
        paths: { type: "array", items: { type: "string" } },
        more: { type: "object" },
        any: {},
      },
    };
    expect(shapes({ args: schema })).toEqual([
      "goal: text, required",
      "rounds: integer",
      "share: number",
      "approve: boolean",
      "depth: choice",
      "paths: lines",
      "more: json",
      "any: open",
    ]);
    const [goal, rounds, , , depth] = argumentFields({ inputSchema: schema });
    expect([goal?.description, rounds?.usual, depth?.choices]).toEqual([
      "What to reach",
      3,
      ["shallow", "deep", 3],
    ]);
  });

  test("says of each what it is called and how far it goes, as far as the schema does", () => {
    const fields = argumentFields({
      inputSchema: {
        type: ["object", "string"],
        properties: {
          rounds: { type: "integer", title: "Rounds", minimum: 1, maximum: 3 },
          share: { type: "number", title: " ", minimum: 0.5 },
          depth: { type: "integer", maximum: 9, minimum: "none" },
          any: { type: "number" },
        },
      },
    });
    expect(fields.map((field) => [field.title, wantedNumber(field)])).toEqual([
      ["Rounds", "a whole number from 1 to 3"],
      [null, "a number from 0.5"],
      [null, "a whole number up to 9"],
      [null, "a number"],
    ]);
  });

  test("is made of a list, or of descriptions", () => {
    expect(shapes({ arguments: ["goal", { name: "rounds", type: "integer", required: true }, 7] })).toEqual([
      "goal: open",
      "rounds: integer, required",
    ]);
    expect(argumentFields({ inputs: { goal: "What to reach" } })).toMatchObject([
      { key: "goal", form: "open", description: "What to reach" },
    ]);
  });

  test("is made of the sentence that names them, where there is nothing better", () => {
    expect(
      shapes({
        whenToUse: "Before a change. Args: the goal, or { goal, constraints, rounds, approve: true }.",
      }),
    ).toEqual(["goal: open", "constraints: open", "rounds: open", "approve: boolean"]);
    const fields = argumentFields({
      whenToUse: "Args: a path, or { path } or { range: 'main...HEAD' }, with { focus, path }.",
    });
    expect(fields.map(({ key }) => key)).toEqual(["path", "range", "focus"]);
    expect(fields[1]?.description).toBe("For example main...HEAD");
  });

  test("is none where nothing is said, or what is said has no fields", () => {
    expect(argumentFields(null)).toEqual([]);
    expect(argumentFields({ whenToUse: "Whenever { you } like." })).toEqual([]);
    expect(argumentFields({ args: { type: "string" } })).toEqual([]);
    expect(argumentFields({ args: { type: "object", properties: [] } })).toEqual([]);
    expect(argumentFields({ args: 7, whenToUse: 7 })).toEqual([]);
  });

  test("hostile names are names, and a long sentence is read at once", () => {
    const meta = JSON.parse(
      '{ "args": { "properties": { "__proto__": { "type": "string" }, "constructor": {} } } }',
    );
    expect(shapes(meta)).toEqual(["__proto__: text", "constructor: open"]);
    expect(argumentFields({ whenToUse: `Args: ${"{ a, ".repeat(20_000)}` })).toEqual([]);
  });
});
