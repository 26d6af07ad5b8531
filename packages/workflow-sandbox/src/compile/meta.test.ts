import { expect, test } from "vitest";
import type { CompiledScript } from "../contract.ts";
import { compiledOf } from "./testing/run-code.ts";

function readingOf(source: string): Pick<CompiledScript, "dialect" | "meta" | "warnings"> {
  const { dialect, meta, warnings } = compiledOf(source);
  return { dialect, meta, warnings };
}

test("Metadata is taken as it stands, with keys that nobody knows", () => {
  const source = `// what it does
    export const meta = ({
      name: 'review', "description": \`two
lines\`, whenToUse: "often",
      phases: ["Read", { title: "Write", detail: "files", model: "opus", colour: "red" }],
      1: [-1, +2.5, true, null, { a: "\\x62" }],
    });`;
  expect(readingOf(source)).toEqual({
    dialect: "script",
    meta: {
      name: "review",
      description: "two\nlines",
      whenToUse: "often",
      phases: [{ title: "Read" }, { title: "Write", detail: "files", model: "opus" }],
      all: {
        name: "review",
        description: "two\nlines",
        whenToUse: "often",
        phases: ["Read", { title: "Write", detail: "files", model: "opus", colour: "red" }],
        1: [-1, 2.5, true, null, { a: "b" }],
      },
    },
    warnings: [],
  });
});

test("Texts that are joined with + are taken, with a warning", () => {
  const long = Array.from({ length: 40 }, () => '"a"').join(" + ");
  const source = `export const meta = { name: "n",\n description: ("d" + 'e') + \`f\`, whenToUse: ${long} };`;
  expect(readingOf(source)).toMatchObject({
    meta: { description: "def", whenToUse: "a".repeat(40) },
    warnings: [{ message: "meta joins texts with +: write each as one literal", line: 2, column: 15 }],
  });
});

test("What is optional and has another shape is ignored, with a warning", () => {
  const source = `export const meta = { name: "n", description: "d", whenToUse: 1, phases: ["", { detail: "a" }, "b"] };`;
  expect(readingOf(source)).toMatchObject({
    meta: { phases: [{ title: "b" }], all: { whenToUse: 1 } },
    warnings: [
      { message: "meta.whenToUse is not a string and is ignored", line: 1, column: 63 },
      {
        message: "meta.phases has entries without a title, which are ignored",
        line: 1,
        column: 74,
      },
    ],
  });
  const noList = `export const meta = { name: "n", description: "d", phases: "a" };`;
  expect(readingOf(noList)).toMatchObject({
    meta: { phases: [] },
    warnings: [{ message: "meta.phases is not a list and is ignored", line: 1, column: 60 }],
  });
});

test("Of a workflow object the literal fields are taken, and whatever lives at run time is left alone", () => {
  const source = `export const workflow = {
    name: "n", description: "d", ...rest, agents: { a: make() }, get size() { return 1 }, [key]: 1, limit: 3,
    shorthand, phases: ["a"], async run(api, args) { return process.pid },
  };`;
  expect(readingOf(source)).toMatchObject({
    dialect: "object",
    meta: {
      name: "n",
      description: "d",
      phases: [{ title: "a" }],
      all: { name: "n", description: "d", limit: 3, phases: ["a"] },
    },
  });
});

test.each([
  "run: work",
  "run: async () => 1",
  "run: wrap(work)",
  "run",
  "...work",
  '"run": function () {}',
])("A workflow object may bring its run in any way: %s", (run) => {
  expect(readingOf(`export default { name: "n", description: "d", ${run} }`).meta.name).toBe("n");
});

test("The last of two keys of one name counts", () => {
  const source = `export const meta = { name: "a", description: "d", name: "b" };`;
  expect(readingOf(source).meta).toMatchObject({ name: "b", all: { name: "b" } });
});
