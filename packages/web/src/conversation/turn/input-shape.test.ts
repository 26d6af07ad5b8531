import { expect, test } from "vitest";
import { inputShape, isUnifiedDiff } from "./input-shape.ts";

test("what replaces a text is read as a difference, beside the fields that say where", () => {
  expect(inputShape({ path: "a.ts", old_text: "a", new_text: "b", replace_all: true })).toEqual({
    kind: "replacement",
    before: "a",
    after: "b",
    rest: { path: "a.ts", replace_all: true },
  });
  expect(inputShape({ file_path: "a.ts", old_string: "", new_string: "b" })).toMatchObject({
    kind: "replacement",
    before: "",
  });
});

test("what writes a file or runs a command is read as code of its language", () => {
  expect(inputShape({ path: "src/a.test.TS", content: "x" })).toEqual({
    kind: "code",
    text: "x",
    language: "ts",
    rest: { path: "src/a.test.TS" },
  });
  expect(inputShape({ path: ".gitignore", content: "x" })).toMatchObject({ language: "" });
  expect(inputShape({ command: "ls", cwd: "src" })).toEqual({
    kind: "code",
    text: "ls",
    language: "bash",
    rest: { cwd: "src" },
  });
});

test("anything else, and fields of another kind than their name promises, are the value that they are", () => {
  const values = [
    null,
    3,
    [1],
    {},
    { path: "a" },
    { command: ["ls"] },
    { content: "x" },
    { old_text: 1, new_text: "b" },
  ];
  expect(values.map(inputShape)).toEqual(values.map((value) => ({ kind: "value", value })));
});

test("an output that is a unified diff is known by how it begins", () => {
  const hunk = "@@ -1 +1 @@\n-a\n+b\n";
  expect(isUnifiedDiff(`--- a/x\n+++ b/x\n${hunk}`)).toBe(true);
  expect(isUnifiedDiff(`diff --git a/x b/x\nindex 1..2\n--- a/x\n+++ b/x\n${hunk}`)).toBe(true);
  expect(isUnifiedDiff(hunk)).toBe(false);
  expect(isUnifiedDiff("--- a\n+++ b\nno hunk")).toBe(false);
  expect(isUnifiedDiff("")).toBe(false);
});
