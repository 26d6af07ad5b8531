import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
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
  const edit = { path: "a.txt", old_string: "two", new_string: "$&2" };
  expect((await tools.call("edit_file", edit)).content).toBe('Replaced 1 occurrence in "a.txt" (line 2).');
  expect(readFileSync(`${tools.root}/a.txt`, "utf8")).toBe("\ufeffone\r\n$&2\r\nthree");
});

test("edit_file wants one place, or all of them to be meant", async () => {
  await using tools = await openTools();
  writeFileSync(`${tools.root}/a.txt`, "x\ny\nx\n");
  const edit = { path: "a.txt", old_string: "x", new_string: "z" };
  const refused = await tools.call("edit_file", edit);
  expect(refused).toMatchObject({ isError: true, content: expect.stringContaining("2 times (line 1, 3)") });
  expect(readFileSync(`${tools.root}/a.txt`, "utf8")).toBe("x\ny\nx\n");
  await tools.call("edit_file", { ...edit, replace_all: true });
  expect(readFileSync(`${tools.root}/a.txt`, "utf8")).toBe("z\ny\nz\n");
});

test("edit_file refuses a file that was changed meanwhile, and keeps that change", async () => {
  await using tools = await openTools();
  writeFileSync(`${tools.root}/a.txt`, "old text");
  tools.files.beforeWrite = async () => writeFileSync(`${tools.root}/a.txt`, "somebody else's text");
  const output = await tools.call("edit_file", { path: "a.txt", old_string: "old", new_string: "new" });
  expect(output).toMatchObject({ isError: true, details: { code: "changed" } });
  expect(readFileSync(`${tools.root}/a.txt`, "utf8")).toBe("somebody else's text");
});

test.each([
  ["is not in", { old_string: "absent", new_string: "x" }],
  ["are the same", { old_string: "text", new_string: "text" }],
  ["old_string is empty", { old_string: "", new_string: "x" }],
])("edit_file says that old_string %s", async (words, strings) => {
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
      old_string: "text",
      new_string: "x",
      replace_all: true,
    });
    expect(output.isError).toBe(true);
    expect(readFileSync(`${tools.root}/a`)).toEqual(content);
  }
});
