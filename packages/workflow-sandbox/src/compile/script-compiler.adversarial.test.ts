// The process that parses is slow, greedy, killed, asked by many at once, and closed at the wrong moment.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import { CompileProcess } from "./compile-process.ts";
import { createScriptCompiler } from "./script-compiler.ts";
import { lastingSource } from "./testing/lasting-source.ts";
import { metaLine } from "./testing/run-code.ts";

const patient = { timeoutMs: 60_000, memoryBytesMax: 2 ** 31, startTimeoutMs: 60_000 };

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // Whoever has ended and was not waited for yet is no process any more.
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

/** Settles when the process works on what it was asked. */
async function busyPid(parser: CompileProcess): Promise<number> {
  await expect.poll(() => parser.pid).not.toBeNull();
  const pid = parser.pid as number;
  await vi.waitFor(() => expect(processorTicks(pid)).toBeGreaterThan(60), { timeout: 20_000, interval: 20 });
  return pid;
}

/** Hundredths of a second. Its start takes less than half of what is waited for. */
function processorTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]?.split(" ") ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

test("A process that is killed while it parses fails that source only", async () => {
  const parser = new CompileProcess(patient);
  const killed = parser.ask(lastingSource);
  const waiting = parser.ask(metaLine);
  const pid = await busyPid(parser);
  process.kill(pid, "SIGKILL");
  expect(await killed).toEqual({ kind: "ended", because: "crash" });
  expect(await waiting).toMatchObject({ kind: "read", reading: { kind: "script" } });
  expect(parser.pid).not.toBe(pid);
  await parser.close();
});

test("A process that is killed while it waits is replaced when the next source comes", async () => {
  const parser = new CompileProcess(patient);
  await parser.ask(metaLine);
  const pid = parser.pid as number;
  process.kill(pid, "SIGKILL");
  await expect.poll(() => exists(pid)).toBe(false);
  expect(await parser.ask(metaLine)).toMatchObject({ kind: "read" });
  await parser.close();
});

test("A process that is killed right before it is asked fails nothing", async () => {
  const parser = new CompileProcess(patient);
  await parser.ask(metaLine);
  process.kill(parser.pid as number, "SIGKILL");
  expect(await parser.ask(metaLine)).toMatchObject({ kind: "read" });
  await parser.close();
});

test("A process that was there before and is killed while it parses does not speak against the source", async () => {
  const parser = new CompileProcess(patient);
  await parser.ask(metaLine);
  const answer = parser.ask(lastingSource);
  const pid = await busyPid(parser);
  process.kill(pid, "SIGKILL");
  expect(await answer).toMatchObject({ kind: "read", reading: { kind: "script" } });
  expect(parser.pid).not.toBe(pid);
  await parser.close();
});

test("A process that takes too much memory is ended", async () => {
  const parser = new CompileProcess({ ...patient, memoryBytesMax: 2 ** 20 });
  expect(await parser.ask(lastingSource)).toEqual({ kind: "ended", because: "memory" });
  await parser.close();
});

test("Many sources at once are answered one by one, each with its own answer", async () => {
  const compiler = createScriptCompiler();
  const numbers = Array.from({ length: 300 }, (_, index) => index);
  const names = await Promise.all(
    numbers.map(async (number) => {
      const source = `export const meta = { name: "n${number % 100}", description: "d" }`;
      const compiled = await compiler.compile(source, "mine.js");
      return compiled.kind === "script" ? compiled.script.meta.name : compiled.error.message;
    }),
  );
  expect(names).toEqual(numbers.map((number) => `n${number % 100}`));
  await compiler.close();
});

test("A source that many ask for at once costs one time limit, and is not tried again at once", async () => {
  const compiler = createScriptCompiler({ timeoutMs: 300 });
  const startedAt = performance.now();
  const asked = Array.from({ length: 200 }, (_, index) => compiler.compile(lastingSource, `${index}.js`));
  const codes = (await Promise.all(asked)).map((one) => (one.kind === "refused" ? one.error.code : "script"));
  const again = await compiler.compile(lastingSource, "again.js");
  expect(new Set(codes)).toEqual(new Set(["script-too-complex"]));
  expect(again).toMatchObject({ kind: "refused", error: { code: "script-too-complex" } });
  // Two hundred limits would be a minute.
  expect(performance.now() - startedAt).toBeLessThan(20_000);
  await compiler.close();
});

test("The cache forgets what was asked for longest ago", async () => {
  const compiler = createScriptCompiler({ timeoutMs: 60_000, cacheCountMax: 2 });
  const compile = async (name: string): Promise<unknown> => {
    const compiled = await compiler.compile(
      `export const meta = { name: "${name}", description: "d" }`,
      "m.js",
    );
    return compiled.kind === "script" ? compiled.script.meta : undefined;
  };
  const first = await compile("a");
  await compile("b");
  expect(await compile("a")).toBe(first);
  await compile("c");
  expect(await compile("a")).toBe(first);
  await compile("d");
  await compile("e");
  expect(await compile("a")).not.toBe(first);
  await compiler.close();
});

test("Closing while it parses answers everyone who waits, and leaves no process", async () => {
  const parser = new CompileProcess(patient);
  const answers = [parser.ask(lastingSource), parser.ask(metaLine), parser.ask(metaLine)];
  const pid = await busyPid(parser);
  await parser.close();
  expect(exists(pid)).toBe(false);
  const closed = { kind: "unavailable", reason: "it is closed" };
  expect(await Promise.all(answers)).toEqual([closed, closed, closed]);
  expect(await parser.ask(metaLine)).toEqual(closed);
});

test("Closing while it starts, before it starts and twice is all the same", async () => {
  const parser = new CompileProcess(patient);
  const answer = parser.ask(metaLine);
  await Promise.resolve();
  await Promise.all([parser.close(), parser.close()]);
  await parser.close();
  expect(await answer).toMatchObject({ kind: "unavailable" });
  expect(parser.pid).toBeNull();
  const unused = new CompileProcess(patient);
  await unused.close();
  expect(unused.pid).toBeNull();
});

test("A compiler that is closed says so", async () => {
  const compiler = createScriptCompiler();
  await compiler.close();
  expect(await compiler.compile(metaLine, "mine.js")).toEqual({
    kind: "refused",
    error: {
      code: "compiler-failed",
      message: "mine.js cannot be checked, the compiler does not run: it is closed",
      line: null,
      column: null,
    },
  });
});

// A daemon of three lines: it compiles one script, says which process did it, and has nothing more to do.
const ownerPath = fileURLToPath(new URL("./testing/compile-once.ts", import.meta.url));

test("An idle process does not keep its owner alive, and ends with it", async () => {
  const owner = spawn(process.execPath, [ownerPath], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(createInterface({ input: owner.stdout }), "line");
  const [exitCode] = await once(owner, "exit");
  expect(exitCode).toBe(0);
  await expect.poll(() => exists(Number(line))).toBe(false);
});

test("The process ends when its owner is killed", async () => {
  const owner = spawn(process.execPath, [ownerPath, "stay"], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(createInterface({ input: owner.stdout }), "line");
  expect(exists(Number(line))).toBe(true);
  owner.kill("SIGKILL");
  await expect.poll(() => exists(Number(line))).toBe(false);
});
