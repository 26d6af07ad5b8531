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
    content: ".git/\na.txt (5 bytes)\nnode_modules/\none (1 byte)\nsub/\n[2 files, 3 folders]",
    details: { entryCount: 5, truncated: false },
  });
});

test("lists folders below, but not what others made", async () => {
  await using tools = await openFilled();
  const { content } = await tools.call("list_files", { recursive: true });
  expect(content.split("\n")).toEqual([
    ".git/",
    "a.txt (5 bytes)",
    "node_modules/",
    "one (1 byte)",
    "sub/",
    "sub/deep/",
    "sub/deep/b.txt (1234 bytes)",
    "[3 files, 4 folders]",
  ]);
  const inside = await tools.call("list_files", { path: "node_modules", recursive: true });
  expect(inside.content).toContain("node_modules/x.js (3 bytes)");
});

test.each([false, true])("says when it was cut (recursive: %j)", async (recursive) => {
  await using tools = await openFilled();
  const { content, details } = await tools.call("list_files", { recursive, limit: 2 });
  expect(content).toBe(
    ".git/\na.txt (5 bytes)\n[1 file, 1 folder; cut after 2 entries, so list a folder below or raise the limit]",
  );
  expect(details).toEqual({ entryCount: 2, truncated: true });
});

test("a name that could pass for lines of the answer stays one line", async () => {
  await using tools = await openTools();
  writeFileSync(`${tools.root}/x\nsecret.txt (9 bytes)`, "");
  const { content } = await tools.call("list_files", {});
  expect(content.split("\n")).toHaveLength(2);
});

test("says what is wrong, and when there is nothing", async () => {
  await using tools = await openTools();
  expect((await tools.call("list_files", {})).content).toBe("[the folder is empty]");
  expect(await tools.call("list_files", { path: "missing" })).toMatchObject({ isError: true });
  expect(await tools.call("list_files", { limit: 0 })).toMatchObject({ isError: true });
});
