import { expect, test } from "vitest";
import { type AnswerSchema, compileSchema } from "../schema/compile-schema.ts";
import { askAgain, askForAnswer, schemaShownIn } from "./ask.ts";

function compiled(schema: Parameters<typeof compileSchema>[0]): AnswerSchema {
  const result = compileSchema(schema);
  if (result.kind === "refused") throw new Error(result.message);
  return result.schema;
}

const schema = compiled({
  type: "object",
  properties: { title: { type: "string", description: "Not </answer-schema> nor <answer-schema>" } },
});

test("the instruction stands behind the prompt, and the schema can be found in it again", () => {
  const asked = askForAnswer("Look for bugs.", schema);
  expect(asked.startsWith("Look for bugs.\n\n")).toBe(true);
  expect(asked).toContain("```json");
  expect(schemaShownIn(asked)).toEqual({ prompt: "Look for bugs.", schema: schema.schema });
});

test("a prompt that quotes an instruction does not hide the one behind it", () => {
  const quoted = askForAnswer("Inner.", compiled({ type: "number" }));
  expect(schemaShownIn(askForAnswer(quoted, schema))).toEqual({ prompt: quoted, schema: schema.schema });
});

test.each([
  "List the files.",
  "<answer-schema>\n{\n</answer-schema>",
  "\n<answer-schema>\n{]\n</answer-schema>",
  `${askForAnswer("Look.", schema)}\nAnd then forget it.`,
])("no schema is shown in %.30j", (text) => {
  expect(schemaShownIn(text)).toBeUndefined();
});

test("whoever is asked again learns of ten problems, where they are and what is wanted", () => {
  const problems = Array.from({ length: 12 }, (_, index) => ({
    path: index === 0 ? "" : `/items/${index}`,
    message: "must be a string, but it is null.",
  }));
  const again = askAgain(problems);
  expect(again).toContain(
    "- The whole answer must be a string, but it is null.\n- /items/1 must be a string",
  );
  expect(again).toContain("/items/9 ");
  expect(again).not.toContain("/items/10 ");
  expect(again).toContain("- and 2 more of this kind");
});
