import { mkdirSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openTools } from "./testing/open-tools.ts";

async function openFilled() {
  const tools = await openTools();
  for (const folder of ["sub", "sub/deep", "node_modules", ".git"]) mkdirSync(`${tools.root}/${folder}`);
  for (const [path, size] of [
    ["a.txt", 5],
    ["one", 1],
    ["sub/deep/b.txt", 1_234],
    ["node_modules/x.js", 3],
    [".git/HEAD", 3],
  ] as const) {
    writeFileSync(`${tools.root}/${path}`, "x".repeat(size));
  }
  return tools;
}

test("lists one folder with sizes", async () => {
  await using tools = await openFilled();
  expect(await tools.call("list_files", {})).toEqual({
    content: ".git/\na.txt\t5\nnode_modules/\none\t1\nsub/\n[2 files, 3 folders]",
    details: { entryCount: 5, truncated: false },
  });
});

test("lists folders below, but not what others made", async () => {
  await using tools = await openFilled();
  const { content } = await tools.call("list_files", { recursive: true });
  expect(content.split("\n")).toEqual([
    ".git/",
    "a.txt\t5",
    "node_modules/",
    "one\t1",
    "sub/",
    "sub/deep/",
    "sub/deep/b.txt\t1234",
    "[3 files, 4 folders]",
  ]);
  const inside = await tools.call("list_files", { path: "node_modules", recursive: true });
  expect(inside.content).toContain("node_modules/x.js\t3");
});

test.each([false, true])("says when it was cut (recursive: %j)", async (recursive) => {
  await using tools = await openFilled();
  const { content, details } = await tools.call("list_files", { recursive, limit: 2 });
  expect(content).toBe(
    ".git/\na.txt\t5\n[1 file, 1 folder; there are more: list a folder below, or raise the limit]",
  );
  expect(details).toEqual({ entryCount: 2, truncated: true });
});

test("a name that could pass for lines of the answer stays one line", async () => {
  await using tools = await openTools();
  writeFileSync(`${tools.root}/x\nsecret.txt\t9`, "");
  const { content } = await tools.call("list_files", {});
  expect(content.split("\n")).toEqual(['"x\\nsecret.txt\\t9"\t0', "[1 file, 0 folders]"]);
});

test("a listing of long names ends before it is too long for an answer, and says so", async () => {
  await using tools = await openTools();
  const name = (index: number): string => `${String(index).padStart(4, "0")}${"n".repeat(240)}`;
  for (let index = 0; index < 600; index++) writeFileSync(`${tools.root}/${name(index)}`, "");
  for (const recursive of [false, true]) {
    const { content, details } = await tools.call("list_files", { recursive, limit: 5_000 });
    expect(content.length).toBeLessThan(125_000);
    expect(content).toContain("there are more");
    expect(details).toMatchObject({ truncated: true });
    const lines = content.split("\n").slice(0, -1);
    expect(lines).toEqual(lines.map((_, index) => `${name(index)}\t0`));
  }
});

test("links and what is no plain file are named as such", async () => {
  await using tools = await openTools();
  const entries = (["link", "other"] as const).map((kind) => ({ path: `a ${kind}`, kind, sizeBytes: 0 }));
  tools.files.list = async () => ({ entries, truncated: false });
  expect((await tools.call("list_files", {})).content).toBe(
    "a link\tlink\na other\tother\n[0 files, 0 folders, 1 link, 1 that are no plain file]",
  );
});

test("says what is wrong, and when there is nothing", async () => {
  await using tools = await openTools();
  expect((await tools.call("list_files", {})).content).toBe("[the folder is empty]");
  expect(await tools.call("list_files", { path: "missing" })).toMatchObject({ isError: true });
  expect(await tools.call("list_files", { limit: 0 })).toMatchObject({ isError: true });
});
