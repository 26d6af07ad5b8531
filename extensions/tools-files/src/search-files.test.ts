import { mkdirSync, writeFileSync } from "node:fs";
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
  expect(await search({ pattern: "title|const", include: "*.ts" })).toEqual([
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
  writeFileSync(`${tools.root}/large`, "match\n".repeat(400));
  const few = await tools.call("search_files", { pattern: "match", limit: 3 });
  expect(few.content.split("\n")).toHaveLength(4);
  expect(few.content).toContain("there may be more");
  const none = await tools.call("search_files", { pattern: "absent" });
  expect(none.content).toBe(
    "[no line matches; 4 files searched; passed over: 1 larger than 2000 bytes; stopped after 5000 bytes: search a folder below]",
  );
});

test("a long line is shown around its match", async () => {
  await using tools = await openTools();
  writeFileSync(`${tools.root}/min.js`, `${"a".repeat(100_000)}needle${"b".repeat(100_000)}`);
  const { content } = await tools.call("search_files", { pattern: "needle" });
  expect(content).toContain("needle");
  expect(content.length).toBeLessThan(500);
});

test("C14s: a catastrophic pattern is given up while the event loop stays free", async () => {
  await using tools = await openTools({ matchTimeMsMax: 300 });
  writeFileSync(`${tools.root}/trap.txt`, `${"a".repeat(60)}!\n`);
  let turnCount = 0;
  const ticking = setInterval(() => turnCount++, 5);
  const output = await tools.call("search_files", { pattern: "^(a+)+$" });
  clearInterval(ticking);
  expect(output).toMatchObject({ isError: true, content: expect.stringContaining("took longer") });
  expect(turnCount).toBeGreaterThan(5);
});

test("C14s: an abort ends a catastrophic pattern at once", async () => {
  await using tools = await openTools({ matchTimeMsMax: 1_000_000 });
  writeFileSync(`${tools.root}/trap.txt`, `${"a".repeat(60)}!\n`);
  const control = new AbortController();
  const searching = tools.call("search_files", { pattern: "^(a+)+$" }, control.signal);
  setTimeout(() => control.abort(), 100);
  expect(await searching).toMatchObject({ isError: true, content: "The search was aborted." });
});

test("says what is wrong with what it was asked", async () => {
  await using tools = await openTools();
  const contentOf = async (input: object) => (await tools.call("search_files", input)).content;
  expect(await contentOf({ pattern: "(" })).toContain("set literal");
  expect(await contentOf({ pattern: "" })).toContain("pattern is empty");
  expect(await contentOf({ pattern: "x", include: "{a,b}".repeat(30) })).toContain("alternatives");
  expect(await contentOf({ pattern: "x", path: "missing" })).toBe('"missing" does not exist.');
  expect(await contentOf({ pattern: "x", path: ".." })).toContain("outside of the working folder");
});
