// Patterns and trees that are made to keep the daemon busy.
import { writeFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { openTools } from "./testing/open-tools.ts";
import { watchThreads } from "./testing/watch-threads.ts";

/** Counts how often the event loop comes round while something is awaited. */
async function turnsWhile(work: Promise<unknown>): Promise<number> {
  let isOver = false;
  const end = (): void => {
    isOver = true;
  };
  work.then(end, end);
  let turnCount = 0;
  while (!isOver) {
    await setImmediate();
    turnCount++;
  }
  return turnCount;
}

test.each([
  ["nested repetition", "^(a+)+$", `${"a".repeat(100_000)}!`],
  ["overlapping choices", "^(a|a)*$", `${"a".repeat(100_000)}!`],
  ["repetitions in a row", `^${"a*".repeat(30)}$`, `${"a".repeat(100_000)}!`],
  ["a back reference", "^(a*)*\\1$", `${"a".repeat(100_000)}!`],
  ["a look-behind", "(?<=^(a+)+)!$", `${"a".repeat(40)}?${"a".repeat(40)}`],
])("C14s: a pattern with %s is given up while the event loop stays free", async (_what, pattern, line) => {
  await using tools = await openTools({ matchTimeMsMax: 300 });
  writeFileSync(`${tools.root}/trap.txt`, `${line}\n`);
  const searching = tools.call("search_files", { pattern });
  const turnCount = await turnsWhile(searching);
  expect(turnCount).toBeGreaterThan(100);
  const output = await searching;
  // Some patterns are found out by the engine itself, which is as good.
  if (output.isError) expect(output.content).toMatch(/took longer than 0\.3 s|The search failed/);
  else expect(output.content).toMatch(/^\[no line matches/);
});

test("C14s: the plainest catastrophic pattern does need to be given up (positive control)", async () => {
  await using tools = await openTools({ matchTimeMsMax: 300 });
  writeFileSync(`${tools.root}/trap.txt`, `${"a".repeat(60)}!\n`);
  expect(await tools.call("search_files", { pattern: "^(a+)+$" })).toEqual({
    content:
      "The pattern took longer than 0.3 s at or after trap.txt and was given up. Use a simpler one without nested repetition, or set literal.",
    isError: true,
  });
});

test("C14s: a pattern that wants more memory than there is ends its thread alone", async () => {
  await using tools = await openTools();
  writeFileSync(`${tools.root}/a.txt`, `${"ab".repeat(50_000)}\n`);
  const searching = tools.call("search_files", { pattern: `${"(?:".repeat(12)}a${"{1,99})".repeat(12)}b$` });
  expect(await turnsWhile(searching)).toBeGreaterThan(1);
  expect((await searching).content).toMatch(/The search failed|took longer|no line matches|a\.txt:1/);
  expect((await tools.call("search_files", { pattern: "^ab" })).content).toContain("a.txt:1: abab");
});

test("C14s: an abort ends a catastrophic pattern at once, and the next search has its place", async () => {
  await using tools = await openTools({ matchTimeMsMax: 1_000_000, searchesAtOnceMax: 1 });
  writeFileSync(`${tools.root}/trap.txt`, `${"a".repeat(60)}!\n`);
  const control = new AbortController();
  const searching = tools.call("search_files", { pattern: "^(a+)+$" }, control.signal);
  const next = tools.call("search_files", { pattern: "a!" });
  while (!tools.files.bytesRead.some((count) => count > 0)) await setImmediate();
  control.abort();
  expect(await searching).toEqual({ content: "The search was aborted.", isError: true });
  expect((await next).content).toContain("[1 matching line in 1 file;");
});

test("C14s: a literal search takes the signs of a pattern as text", async () => {
  await using tools = await openTools({ matchTimeMsMax: 1_000_000 });
  writeFileSync(`${tools.root}/trap.txt`, `${"a".repeat(60)}!\n^(a+)+$\n`);
  const { content } = await tools.call("search_files", { pattern: "^(a+)+$", literal: true });
  expect(content.split("\n")[0]).toBe("trap.txt:2: ^(a+)+$");
});

test("many searches at once share a few threads and all are answered", async () => {
  await using tools = await openTools({ searchesAtOnceMax: 2 });
  writeFileSync(`${tools.root}/a.txt`, "match\n");
  using threads = watchThreads();
  const searches = Array.from({ length: 12 }, () => tools.call("search_files", { pattern: "match" }));
  for (const { content } of await Promise.all(searches)) expect(content).toContain("a.txt:1: match");
  expect({ most: threads.countMost, left: threads.count }).toEqual({ most: 2, left: 0 });
});
