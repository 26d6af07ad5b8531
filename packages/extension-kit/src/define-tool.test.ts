import type { Tool, ToolContext } from "@lathe/kernel";
import * as v from "valibot";
import { expect, expectTypeOf, test } from "vitest";
import { defineTool } from "./define-tool.ts";

const input = v.strictObject({
  path: v.pipe(v.string(), v.minLength(1, "path must not be empty"), v.description("Where to look.")),
  limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 10),
});
const execute = async ({ path, limit }: v.InferOutput<typeof input>): Promise<{ content: string }> => ({
  content: `${path} ${limit}`,
});

test("the model sees the JSON Schema of the input", () => {
  const tool = defineTool({ name: "look", description: "Looks.", input, execute });
  expect(tool.parameters).toEqual({
    type: "object",
    properties: {
      path: { type: "string", minLength: 1, description: "Where to look." },
      limit: { type: "integer", minimum: 1, default: 10 },
    },
    required: ["path"],
    additionalProperties: false,
  });
});

test("what is left out is the careful choice", () => {
  const tool = defineTool({ name: "look", description: "Looks.", input, execute });
  expect(tool).toMatchObject({
    readOnly: false,
    concurrencySafe: false,
    idempotent: false,
    timeoutMs: 120_000,
  });
  expectTypeOf(tool).toExtend<Tool>();
});

test("what is said is kept, and the input is parsed with the same schema", async () => {
  const tool = defineTool({
    name: "look",
    description: "Looks.",
    input,
    execute,
    readOnly: true,
    concurrencySafe: true,
    idempotent: true,
    timeoutMs: 0,
  });
  expect(tool).toMatchObject({ readOnly: true, concurrencySafe: true, idempotent: true, timeoutMs: 0 });
  const parsed = await tool.input["~standard"].validate({ path: "a" });
  if (parsed.issues !== undefined) throw new Error("The input should have been accepted.");
  expect(await tool.execute(parsed.value, {} as ToolContext)).toEqual({ content: "a 10" });
  const refused = await tool.input["~standard"].validate({ path: "" });
  expect(refused.issues?.map(({ message }) => message)).toEqual(["path must not be empty"]);
});

test.each(["", "with space", "a".repeat(65), "naïve", "a.b"])("the name %j is refused", (name) => {
  expect(() => defineTool({ name, description: "", input, execute })).toThrow("1 to 64 letters");
});

test("an input that is not an object is refused", () => {
  const notAnObject = v.string();
  const define = (): unknown =>
    defineTool({ name: "look", description: "", input: notAnObject, execute: async () => ({ content: "" }) });
  expect(define).toThrow("must be an object");
});

test("an input that JSON Schema cannot say is refused", () => {
  const custom = v.strictObject({ path: v.custom<string>((value) => value === "x") });
  const define = (): unknown =>
    defineTool({ name: "look", description: "", input: custom, execute: async () => ({ content: "" }) });
  expect(define).toThrow("cannot be written as JSON Schema");
});
