import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openTools } from "./testing/open-tools.ts";

async function openFilled(config: unknown = {}) {
  const tools = await openTools(config);
  for (const folder of ["src", "node_modules", ".git"]) mkdirSync(`${tools.root}/${folder}`);
  writeFileSync(`${tools.root}/README.md`, "# Title\nHello World\r\n");
  writeFileSync(`${tools.root}/src/a.ts`, "const a = 1;\nhello(a[0]);\n");
  writeFileSync(`${tools.root}/src/b.bin`, "hello\0");
  writeFileSync(`${tools.root}/node_modules/x.js`, "hello");
  writeFileSync(`${tools.root}/.git/x`, "hello");
  return tools;
}

const linesOf = async (output: Promise<{ readonly content: string }>) => (await output).content.split("\n");

test("finds lines by a regular expression", async () => {
  await using tools = await openFilled();
  expect(await linesOf(tools.call("search_files", { pattern: "^h\\w+\\(|World$" }))).toEqual([
    "README.md:2: Hello World",
    "src/a.ts:2: hello(a[0]);",
    "[2 matching lines in 2 files; 2 files searched; passed over: 1 binary]",
  ]);
});

test("finds plain text, in any case, in one folder or one file", async () => {
  await using tools = await openFilled();
  const search = (input: object) => linesOf(tools.call("search_files", input));
  expect((await search({ pattern: "a[0]", literal: true }))[0]).toBe("src/a.ts:2: hello(a[0]);");
  expect((await search({ pattern: "HELLO", ignore_case: true })).slice(0, 2)).toEqual([
    "README.md:2: Hello World",
    "src/a.ts:2: hello(a[0]);",
  ]);
  expect((await search({ pattern: "hello", path: "node_modules" }))[0]).toBe("node_modules/x.js:1: hello");
  expect((await search({ pattern: "hello", path: "src/a.ts" }))[0]).toBe("src/a.ts:2: hello(a[0]);");
  expect(await search({ pattern: "title|const", glob: "*.ts" })).toEqual([
    "src/a.ts:1: const a = 1;",
    "[1 matching line in 1 file; 1 file searched]",
  ]);
  expect(await search({ pattern: "absent" })).toEqual([
    "[no line matches; 2 files searched; passed over: 1 binary]",
  ]);
});

test("is bounded in matches, in the size of a file and in bytes, and says so", async () => {
  await using tools = await openTools({ searchFileBytesMax: 2_000, searchBytesMax: 5_000 });
  for (const name of ["a", "b", "c", "d", "e"]) writeFileSync(`${tools.root}/${name}`, "match\n".repeat(200));
  writeFileSync(`${tools.root}/0-large`, "match\n".repeat(400));
  const few = await tools.call("search_files", { pattern: "match", limit: 3 });
  expect(few.content.split("\n")).toHaveLength(4);
  expect(few.content).toContain("there may be more");
  const none = await tools.call("search_files", { pattern: "absent" });
  expect(none.content).toBe(
    "[no line matches; 4 files searched; passed over: 1 larger than 2000 bytes; stopped after 5000 bytes: search a folder below]",
  );
});

test("is bounded in files, also in those that it is not to read, and says so", async () => {
  await using tools = await openTools({ searchFileCountMax: 3 });
  for (const name of ["a.js", "b.js", "c.ts", "d.ts"]) writeFileSync(`${tools.root}/${name}`, "match\n");
  const { content, details } = await tools.call("search_files", { pattern: "match", glob: "*.ts" });
  expect(content).toBe(
    "c.ts:1: match\n[1 matching line in 1 file; 1 file searched; stopped after 3 files: search a folder below]",
  );
  expect(details).toMatchObject({ complete: false });
});

test("what it found ends before it is too long for an answer, and says so", async () => {
  await using tools = await openTools({ searchMatchCountMax: 10_000 });
  writeFileSync(`${tools.root}/wide`, `${"match ".repeat(80)}\n`.repeat(1_000));
  const { content } = await tools.call("search_files", { pattern: "match" });
  expect(content.length).toBeGreaterThan(100_000);
  expect(content.length).toBeLessThan(125_000);
  expect(content).toMatch(/there may be more: narrow the pattern or the path\]$/);
});

test("a file that cannot be read is passed over, and one that grew is read as far as it was", async () => {
  await using tools = await openTools();
  for (const name of ["gone", "grown", "here"]) writeFileSync(`${tools.root}/${name}`, "match\n");
  tools.files.beforeRead = async (path) => {
    if (path.endsWith("gone")) rmSync(`${tools.root}/gone`);
    if (path.endsWith("grown")) appendFileSync(`${tools.root}/grown`, "match\n".repeat(1_000));
  };
  expect(await linesOf(tools.call("search_files", { pattern: "match" }))).toEqual([
    "grown:1: match",
    "here:1: match",
    "[2 matching lines in 2 files; 2 files searched; passed over: 1 unreadable]",
  ]);
});

test("a long line is shown around its match", async () => {
  await using tools = await openTools();
  writeFileSync(`${tools.root}/min.js`, `${"a".repeat(100_000)}needle${"b".repeat(100_000)}`);
  const { content } = await tools.call("search_files", { pattern: "needle" });
  const [line = ""] = content.split("\n");
  expect(line).toMatch(/^min\.js:1: …a+needleb+…$/);
  expect(line.length).toBeLessThanOrEqual("min.js:1: ".length + 500);
});

test("says what is wrong with what it was asked", async () => {
  await using tools = await openTools();
  const contentOf = async (input: object) => (await tools.call("search_files", input)).content;
  expect(await contentOf({ pattern: "(" })).toContain("set literal");
  expect(await contentOf({ pattern: "" })).toContain("pattern is empty");
  expect(await contentOf({ pattern: "x", glob: "{a,b}".repeat(30) })).toContain("alternatives");
  expect(await contentOf({ pattern: "x", path: "missing" })).toBe('"missing" does not exist.');
  expect(await contentOf({ pattern: "x", path: ".." })).toContain("outside of the working folder");
});
