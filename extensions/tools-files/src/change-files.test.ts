import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openTools } from "./testing/open-tools.ts";

test("write_file creates a file with its folders, then replaces it", async () => {
  await using tools = await openTools();
  const path = "a/b/c.txt";
  expect((await tools.call("write_file", { path, content: "hé" })).content).toBe(
    'Created "a/b/c.txt" with 3 bytes.',
  );
  expect(await tools.call("write_file", { path, content: "" })).toEqual({
    content: 'Replaced "a/b/c.txt": it now has 0 bytes, it had 3.',
    details: { path, bytes: 0, created: false },
  });
  expect(readFileSync(`${tools.root}/${path}`, "utf8")).toBe("");
});

test("write_file says why it cannot", async () => {
  await using tools = await openTools();
  mkdirSync(`${tools.root}/sub`);
  expect(await tools.call("write_file", { path: "sub", content: "" })).toMatchObject({
    isError: true,
    details: { code: "not-a-file", path: "sub" },
  });
  expect(await tools.call("write_file", { path: "../x", content: "" })).toMatchObject({
    isError: true,
    details: { code: "outside-root" },
  });
});

test("edit_file replaces one place and leaves every other byte", async () => {
  await using tools = await openTools();
  writeFileSync(`${tools.root}/a.txt`, "\ufeffone\r\ntwo\r\nthree");
  const edit = { path: "a.txt", old_text: "two", new_text: "$&2" };
  expect((await tools.call("edit_file", edit)).content).toBe('Replaced 1 occurrence in "a.txt" (line 2).');
  expect(readFileSync(`${tools.root}/a.txt`, "utf8")).toBe("\ufeffone\r\n$&2\r\nthree");
});

test("edit_file wants one place, or all of them to be meant", async () => {
  await using tools = await openTools();
  writeFileSync(`${tools.root}/a.txt`, "x\ny\nx\n");
  const edit = { path: "a.txt", old_text: "x", new_text: "z" };
  const refused = await tools.call("edit_file", edit);
  expect(refused).toMatchObject({ isError: true, content: expect.stringContaining("2 times (lines 1, 3)") });
  expect(readFileSync(`${tools.root}/a.txt`, "utf8")).toBe("x\ny\nx\n");
  await tools.call("edit_file", { ...edit, replace_all: true });
  expect(readFileSync(`${tools.root}/a.txt`, "utf8")).toBe("z\ny\nz\n");
});

test("edit_file refuses a file that was changed meanwhile, and keeps that change", async () => {
  await using tools = await openTools();
  writeFileSync(`${tools.root}/a.txt`, "old text");
  tools.files.beforeWrite = async () => writeFileSync(`${tools.root}/a.txt`, "somebody else's text");
  const output = await tools.call("edit_file", { path: "a.txt", old_text: "old", new_text: "new" });
  expect(output).toMatchObject({ isError: true, details: { code: "changed" } });
  expect(readFileSync(`${tools.root}/a.txt`, "utf8")).toBe("somebody else's text");
});

test.each([
  ["is not in", { old_text: "absent", new_text: "x" }],
  ["are the same", { old_text: "text", new_text: "text" }],
  ["old_text is empty", { old_text: "", new_text: "x" }],
])("edit_file says that old_text %s", async (words, strings) => {
  await using tools = await openTools();
  writeFileSync(`${tools.root}/a.txt`, "text");
  const output = await tools.call("edit_file", { path: "a.txt", ...strings });
  expect(output).toMatchObject({ isError: true, content: expect.stringContaining(words) });
});

test("edit_file does not touch what it could damage", async () => {
  await using tools = await openTools({ editBytesMax: 1_024 });
  const contents = [
    Buffer.from("text\0"),
    Buffer.from("text\xe9", "latin1"),
    Buffer.from("text".repeat(500)),
  ];
  for (const content of contents) {
    writeFileSync(`${tools.root}/a`, content);
    const output = await tools.call("edit_file", {
      path: "a",
      old_text: "text",
      new_text: "x",
      replace_all: true,
    });
    expect(output.isError).toBe(true);
    expect(readFileSync(`${tools.root}/a`)).toEqual(content);
  }
});

test("half of a character is refused before anything is written", async () => {
  await using tools = await openTools();
  writeFileSync(`${tools.root}/a.txt`, "🔑");
  const outputs = [
    await tools.call("write_file", { path: "a.txt", content: "\ud83d" }),
    await tools.call("edit_file", { path: "a.txt", old_text: "\ud83d", new_text: "x" }),
    await tools.call("edit_file", { path: "a.txt", old_text: "🔑", new_text: "\udd11" }),
  ];
  for (const output of outputs)
    expect(output).toMatchObject({ isError: true, content: expect.stringContaining("half of a character") });
  expect(readFileSync(`${tools.root}/a.txt`, "utf8")).toBe("🔑");
});

test("edit_file makes no file that it could not edit again", async () => {
  await using tools = await openTools({ editBytesMax: 1_024 });
  writeFileSync(`${tools.root}/a.txt`, "a".repeat(1_000));
  const edit = { path: "a.txt", old_text: "a", new_text: "b".repeat(1_000), replace_all: true };
  expect(await tools.call("edit_file", edit)).toEqual({
    content: '"a.txt" would have more than 1024 bytes afterwards, which is the limit of edit_file.',
    isError: true,
  });
  expect(readFileSync(`${tools.root}/a.txt`, "utf8")).toBe("a".repeat(1_000));
});

test("for any file and any edit of one place, every other byte of the file stays", async () => {
  await using tools = await openTools();
  const text = fc.string({ unit: fc.constantFrom("a", " ", "\n", "\ufeff", "é", "🔑", "$&") });
  await fc.assert(
    fc.asyncProperty(text, text, text, text, async (before, inner, new_text, after) => {
      const old_text = `<${inner}>`;
      writeFileSync(`${tools.root}/a.txt`, before + old_text + after);
      const output = await tools.call("edit_file", { path: "a.txt", old_text, new_text });
      expect(output.isError).toBeUndefined();
      expect(readFileSync(`${tools.root}/a.txt`)).toEqual(Buffer.from(before + new_text + after));
    }),
    { numRuns: 60 },
  );
});

test("a field that a tool does not have is refused by name, not passed over", async () => {
  await using tools = await openTools();
  const output = await tools.call("write_file", { path: "a.txt", content: "x", mode: "append" });
  expect(output).toMatchObject({ isError: true, content: expect.stringContaining('"mode"') });
  expect(existsSync(`${tools.root}/a.txt`)).toBe(false);
});
