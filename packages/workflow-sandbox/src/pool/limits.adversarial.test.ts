// Scripts that take more than they may: each is ended or refused, and says why.
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { afterAll, describe, expect, test } from "vitest";
import type { GuestLimits } from "../contract.ts";
import { openScriptBench, type ScriptBench, type ScriptTrace, type ScriptTrial } from "../testing.ts";

const benches = new Map<string, ScriptBench>();
afterAll(async () => {
  await Promise.all([...benches.values()].map((bench) => bench.close()));
});

const meta = 'export const meta = { name: "n", description: "d" };';
const mebibyte = 1024 * 1024;

async function trace(
  body: string,
  limits: Partial<GuestLimits> = {},
  trial?: ScriptTrial,
): Promise<ScriptTrace> {
  const key = JSON.stringify(limits);
  const bench = benches.get(key) ?? openScriptBench(limits);
  benches.set(key, bench);
  const result = await bench.run(`${meta}\n${body}`, trial);
  if ("refused" in result) throw new Error(result.refused.message);
  return result;
}

describe("processor time", () => {
  const limits = { cpuMs: 300 };

  test.each([
    ["a loop", "while (true) {}"],
    ["a loop of promises", "const again = () => Promise.resolve().then(again); await again(); "],
    ["a loop of awaits", "for (;;) await null;"],
    ["catch and finally", "for (;;) { try { throw 1 } catch { continue } finally { continue } }"],
    ["a regular expression", 'return /^(a+)+$/.test("a".repeat(40) + "b");'],
    [
      "a built-in over a list that lies about its length",
      "Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);",
    ],
    ["a big number", "let a = 3n; for (;;) a = (a * a) % (2n ** 200000n);"],
    ["a getter of what is thrown", "throw { get message() { for (;;); } };"],
    ["a toJSON of the result", "return { toJSON() { for (;;); } };"],
    ["a getter of options", 'await agent("x", { get a() { for (;;); } });'],
    ["a loop of refused calls", "for (;;) try { await agent(1) } catch {}"],
    ["a flood of log lines", 'for (;;) log("x");'],
  ])("%s is ended (F6s)", async (_what, body) => {
    const { ending } = await trace(body, limits);
    expect(ending).toMatchObject({ kind: "failed", failure: { code: "cpu-limit" } });
    expect(ending.usage.cpuMs).toBeGreaterThan(300);
  });
});

describe("memory", () => {
  test.each([
    ["texts", 'let s = "x"; for (;;) { s += s; s.charCodeAt(s.length - 1) }'],
    ["objects", "const all = []; for (;;) all.push({ a: [1, 2, 3] });"],
    ["one large list", "return new Array(2 ** 27).fill(0).length;"],
    ["closures", "let f = () => 0; for (;;) { const g = f; f = () => g }"],
    ["promises", "let p = Promise.resolve(); for (;;) p = p.then(() => 1);"],
    ["a map", "const m = new Map(); for (let i = 0; ; i++) m.set(i, [i]);"],
    ["keys of a long text", 'return Object.keys("x".repeat(2 ** 25)).length;'],
    ["numbers", "const all = []; for (;;) all.push(2n ** 100000n);"],
  ])("%s without end end the script, before it has taken much more than it may (F6s)", async (_what, body) => {
    const { ending } = await trace(body);
    expect(ending.kind).toBe("failed");
    if (ending.kind !== "failed") return;
    expect(["memory-limit", "script-error"]).toContain(ending.failure.code);
    if (ending.failure.code === "script-error") expect(ending.failure.errorName).toBe("RangeError");
    expect(ending.usage.memoryPeakBytes).toBeLessThan(320 * mebibyte);
  });

  test("array buffers, which no heap limit holds, do not exist (F6s)", async () => {
    const { ending } = await trace(
      "return ['ArrayBuffer', 'SharedArrayBuffer', 'Uint8Array', 'DataView', 'WebAssembly', 'Atomics'].filter((name) => name in globalThis);",
    );
    expect(ending).toMatchObject({ value: [] });
  });
});

test("a script that waits longer than the time it has is ended", async () => {
  const { ending } = await trace(
    'await agent("x");',
    { wallMs: 200 },
    { onCall: () => new Promise(() => undefined) },
  );
  expect(ending).toMatchObject({ kind: "failed", failure: { code: "time-limit" } });
});

describe("calls", () => {
  test("beyond the last one each is refused, and the script may go on (F7s)", async () => {
    const { ending, calls } = await trace(
      "let n = 0; try { for (;;) { await agent('x'); n++ } } catch (e) { return [n, e.name, e.message] }",
      { callCountMax: 5 },
    );
    expect(calls.length).toBe(5);
    expect(ending).toMatchObject({
      value: [
        5,
        "RangeError",
        "A script may make 5 calls of agents, workflows and approvals; this one has made them all.",
      ],
    });
  });

  test("1,000 at once are made, and no more than may wait are ever open", async () => {
    let openCount = 0;
    let openMost = 0;
    const full = Promise.withResolvers<void>();
    const { ending, calls } = await trace(
      "const all = await parallel(Array.from({ length: 1000 }, (_, i) => () => agent('a' + i))); return all.length;",
      { waitingCallCountMax: 16 },
      {
        onCall: async () => {
          openCount += 1;
          openMost = Math.max(openMost, openCount);
          if (openCount === 16) full.resolve();
          await full.promise;
          openCount -= 1;
          return { kind: "value", value: null };
        },
      },
    );
    expect(ending).toMatchObject({ value: 1000 });
    expect(calls.map((call) => call.kind === "agent" && call.prompt)).toEqual(calls.map((_, at) => `a${at}`));
    expect(openMost).toBe(16);
  });
});

describe("messages", () => {
  const loop = "for (let i = 0; i < 100; i++) await agent('x'.repeat(1000));";

  test.each([
    { messageCountMax: 20 },
    { messageBytesMax: 20_000 },
  ])("more than may be sent end it: %o", async (limits) => {
    const { ending } = await trace(loop, limits);
    expect(ending).toMatchObject({ kind: "failed", failure: { code: "message-limit" } });
  });
});

describe("the log", () => {
  test("what is beyond its limit is counted, and the script goes on (F7s)", async () => {
    const { ending, logs } = await trace("for (let i = 0; i < 10; i++) log('line ' + i); return 1;", {
      logLineCountMax: 3,
    });
    expect(ending).toMatchObject({ value: 1 });
    expect(logs.map(({ text }) => text)).toEqual([
      "line 0",
      "line 1",
      "line 2",
      "7 more log lines were dropped: a script may write 3 lines and 262144 bytes.",
    ]);
  });

  test("bytes count too, and a long line is cut between characters", async () => {
    const { logs } = await trace("log('é'.repeat(5000)); log('x'.repeat(5000)); log('short');", {
      logBytesMax: 8192,
    });
    expect(logs.map(({ text }) => [Buffer.byteLength(text), text.slice(-2)])).toEqual([
      [4095, "é…"],
      [4096, "x…"],
      [expect.any(Number), "s."],
    ]);
  });

  test("10,000 phases and as many rejections that nobody handles do no harm (F4s, F7s)", async () => {
    const { ending, phases } = await trace(
      "for (let i = 0; i < 10000; i++) { phase('p' + i); Promise.reject(i) } await agent('x'); return 1;",
    );
    expect([ending, phases.length]).toMatchObject([{ value: 1 }, 1000]);
  });
});

test("when the daemon dies, guests die, those that compute too", async () => {
  const program = `
    import { openScriptBench } from ${JSON.stringify(new URL("../testing.ts", import.meta.url).href)};
    const bench = openScriptBench();
    const meta = 'export const meta = { name: "n", description: "d" };';
    void bench.run(meta + "log('busy'); while (true) {}");
    void bench.run(meta + "await agent('x');", { onCall: () => { console.log("called"); return new Promise(() => {}) } });
  `;
  const daemon = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((resolve) => daemon.stdout.once("data", resolve));
  const guests = await guestsBelow(daemon.pid as number);
  expect(guests.length).toBeGreaterThanOrEqual(2);
  daemon.kill("SIGKILL");
  for (const pid of guests) {
    while ((await commandOf(pid)).includes("guest.cjs"))
      await new Promise((resolve) => setTimeout(resolve, 20));
  }
});

async function guestsBelow(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  const children = text.split(" ").filter(Boolean).map(Number);
  const found = await Promise.all(children.map((child) => guestsBelow(child)));
  const isGuest = (await commandOf(pid)).includes("guest.cjs");
  return [...(isGuest ? [pid] : []), ...found.flat()];
}

async function commandOf(pid: number): Promise<string> {
  return await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
}
