import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { ScriptError } from "../contract.ts";
import { createScriptCompiler } from "./script-compiler.ts";
import { lastingSource } from "./testing/lasting-source.ts";
import { evaluate, metaLine } from "./testing/run-code.ts";

const compiler = createScriptCompiler();
afterAll(() => compiler.close());

async function refusalOf(source: string): Promise<ScriptError> {
  const compiled = await compiler.compile(source, "mine.js");
  if (compiled.kind === "script") throw new Error("It compiles.");
  return compiled.error;
}

test("A script comes back with its metadata, its hash and code that runs", async () => {
  const compiled = await compiler.compile(`${metaLine}\nreturn process`, "mine.js");
  expect(compiled).toEqual({
    kind: "script",
    script: {
      dialect: "script",
      meta: { name: "n", description: "d", phases: [], all: { name: "n", description: "d" } },
      code: expect.any(String),
      hash: "532f1266d88dd4c0aaafb9ab5dae02c87104a8cd9bdbab61eb873954c4fe9624",
      warnings: [{ message: "process is not available in workflow scripts", line: 2, column: 8 }],
    },
  });
  const main = compiled.kind === "script" && evaluate(compiled.script.code, { process: 7 });
  expect(await (main as () => Promise<unknown>)()).toBe(7);
});

test("F15s: checking a script runs none of it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "lathe-canary-"));
  const write = `globalThis.process.getBuiltinModule("fs").writeFileSync(${JSON.stringify(join(folder, "canary"))}, "")`;
  const sources = [
    `${metaLine}\n${write}`,
    `${metaLine}\nclass A { static { ${write} } static a = ${write} }`,
    `export const meta = { name: "n", description: ${write} }`,
    `export const meta = { get name() { ${write} }, description: "d" }`,
    `export default { name: "n", description: "d", a: ${write}, run: (() => { ${write} })() }`,
    `export default class { static { ${write} } }`,
    `${metaLine}\nawait import("data:text/javascript," + ${JSON.stringify(write)})`,
    `${metaLine}\n})();${write};(function () {`,
    `${metaLine}\n//# sourceMappingURL=data:text/javascript,${write}`,
  ];
  const kinds: string[] = [];
  for (const source of sources) kinds.push((await compiler.compile(source, "mine.js")).kind);
  expect(kinds).toEqual([
    ...["script", "script", "refused", "refused", "script"],
    ...["refused", "refused", "refused", "script"],
  ]);
  expect(readdirSync(folder)).toEqual([]);
  rmSync(folder, { recursive: true });
});

test("F14s: a script of 512 KiB compiles, one byte more is refused", async () => {
  const start = `${metaLine}//`;
  const roomBytes = 512 * 1024 - Buffer.byteLength(start);
  const source = start + "é".repeat(roomBytes / 2) + "a".repeat(roomBytes % 2);
  expect(Buffer.byteLength(source)).toBe(512 * 1024);
  expect((await compiler.compile(source, "mine.js")).kind).toBe("script");
  expect(await refusalOf(`${source} `)).toEqual({
    code: "script-too-large",
    message: "The script has 524289 bytes, more than 524288: split it up",
    line: null,
    column: null,
  });
});

test.each([
  ["\0", "0000"],
  ["\u0008", "0008"],
  ["\u000b", "000B"],
  ["\u000c", "000C"],
  ["\u001b", "001B"],
  ["\u007f", "007F"],
  ["\u0085", "0085"],
  ["\u009f", "009F"],
])("A control character is refused, in a text too: %j", async (character, code) => {
  expect(await refusalOf(`${metaLine}\n\tlog("${character}")`)).toEqual({
    code: "script-refused",
    message: `The control character U+${code} must not stand in a script: take it out`,
    line: 2,
    column: 7,
  });
});

test("Tabs and line breaks of every kind are no control characters", async () => {
  const compiled = await compiler.compile(`${metaLine}\t\r\n\r\u2028\u2029return 1`, "mine.js");
  expect(compiled.kind).toBe("script");
});

test.each(["\ud800", "\udc00", "\udc00\ud800"])("F14s: half a character is refused: %j", async (half) => {
  expect(await refusalOf(`${metaLine}\nlog("😀${half}")`)).toEqual({
    code: "script-refused",
    message: "The script is no valid Unicode: save it as UTF-8",
    line: 2,
    column: 8,
  });
});

test("A byte order mark is no part of the first line", async () => {
  expect((await compiler.compile(`\uFEFF${metaLine}`, "mine.js")).kind).toBe("script");
  expect(await refusalOf("\uFEFFlet let")).toMatchObject({ line: 1, column: 5 });
});

test("A source that takes too long is refused, and the next one compiles", async () => {
  const impatient = createScriptCompiler({ timeoutMs: 200 });
  const [lasting, next] = await Promise.all([
    impatient.compile(lastingSource, "lasting.js"),
    impatient.compile(metaLine, "mine.js"),
  ]);
  expect(lasting).toEqual({
    kind: "refused",
    error: {
      code: "script-too-complex",
      message: "lasting.js takes more than 200 ms to read: simplify it",
      line: null,
      column: null,
    },
  });
  expect(next.kind).toBe("script");
  await impatient.close();
});

test("Where the process cannot start, nothing is said about the script", async () => {
  const hasty = createScriptCompiler({ startTimeoutMs: 1 });
  expect(await hasty.compile(metaLine, "mine.js")).toEqual({
    kind: "refused",
    error: {
      code: "compiler-failed",
      message: "mine.js cannot be checked, the compiler does not run: it was not ready after 1 ms",
      line: null,
      column: null,
    },
  });
  await hasty.close();
});
