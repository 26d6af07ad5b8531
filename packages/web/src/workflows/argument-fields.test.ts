import { describe, expect, test } from "vitest";
import { argumentFields } from "./argument-fields.ts";

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
