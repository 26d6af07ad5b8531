import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { CommandOutcome, ExecBackend } from "@lathe/kernel";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Folder, type LocalUnderTest, openFolder, openLocal } from "../testing/open-local.ts";
import { findProcesses, uniqueSeconds, until } from "../testing/processes.ts";
import { shellLine } from "../testing/shell-line.ts";
import { readProcess, signalProcess } from "./process-table.ts";

let home: Folder;
let root: string;
let local: LocalUnderTest;
let backend: ExecBackend;
/** Is in the arguments or the environment of everything that a test starts. */
let trace: string;

beforeEach(async () => {
  home = openFolder();
  root = `${home.path}/root`;
  mkdirSync(root);
  local = await openLocal();
  backend = local.backend;
  trace = uniqueSeconds();
});
afterEach(async () => {
  await local.close();
  expect(findProcesses(trace)).toEqual([]);
  home[Symbol.dispose]();
});

const run = (line: string, changes: Parameters<typeof shellLine>[2] = {}) =>
  backend.run(shellLine(root, line, { environment: { TEST_TRACE: trace }, ...changes }));
const alive = () => findProcesses(trace);
const allGone = () => until("every process of the command is gone", () => alive().length === 0);

/** Runs a line, waits until it has said `ready` so many times, then aborts it. */
async function abortWhenReady(line: string, readyCount = 1): Promise<CommandOutcome> {
  const control = new AbortController();
  let heard = "";
  const onOutput = (text: string) => {
    heard += text;
    if (heard.split("ready").length <= readyCount) return;
    // The test is about ending processes, so they must be there first.
    expect(alive().length).toBeGreaterThan(0);
    control.abort();
  };
  return await run(line, { signal: control.signal, onOutput });
}

describe("E1: a command that does not end", () => {
  test("E1: its time being up settles it, and it dies of SIGTERM", async () => {
    expect(await run(`exec sleep ${trace}`, { timeoutMs: 100 })).toMatchObject({ kind: "timed-out" });
    await allGone();
  });

  test("E1: one that ignores SIGTERM is killed", async () => {
    const line = `trap '' TERM; echo here; while :; do sleep ${trace}; done`;
    expect(await run(line, { timeoutMs: 300 })).toMatchObject({ kind: "timed-out", output: "here\n" });
    await allGone();
  });

  test("one that is stopped is killed", async () => {
    expect(await run("kill -STOP $$", { timeoutMs: 200 })).toMatchObject({ kind: "timed-out" });
    await allGone();
  });

  test("has the time to clean up after SIGTERM, and hears it once", async () => {
    const line = `trap 'echo term >> log' TERM; echo ready; until [ -s log ]; do sleep 0.01; done; sleep 0.02; echo clean >> log`;
    expect(await abortWhenReady(line)).toMatchObject({ kind: "aborted" });
    await allGone();
    const { bytes } = await backend.files(root).read("log", { offset: 0, bytesMax: 100 });
    expect(Buffer.from(bytes).toString()).toBe("term\nclean\n");
  });
});

describe("E2: an abort", () => {
  test("E2: settles at once while a grandchild holds the pipes and ignores signals", async () => {
    const line = `bash -c 'trap "" TERM HUP INT; echo ready; while :; do sleep ${trace}; done'; true`;
    expect(await abortWhenReady(line)).toMatchObject({ kind: "aborted", output: "ready\n" });
    // Settled before the half second of grace was over: the process that ignores it still runs.
    expect(alive().length).toBeGreaterThan(0);
    await allGone();
  });

  test("E2: before the start starts nothing", async () => {
    const outcome = await run("touch started", { signal: AbortSignal.abort() });
    expect(outcome).toMatchObject({ kind: "aborted", output: "" });
    expect((await backend.files(root).list("", { entryCountMax: 1 })).entries).toEqual([]);
  });

  test("E2: at any moment of the start leaves nothing running", async () => {
    const outcomes: string[] = [];
    for (let turns = 0; turns < 40; turns++) {
      const control = new AbortController();
      const running = run(`sleep ${trace}`, { signal: control.signal });
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
      control.abort();
      outcomes.push((await running).kind);
    }
    expect(new Set(outcomes)).toEqual(new Set(["aborted"]));
    await allGone();
  });

  test("E2: of one command leaves the others alone", async () => {
    const other = run(`echo $$; sleep 0.7; echo done`);
    expect(await abortWhenReady(`echo ready; sleep ${trace}`)).toMatchObject({ kind: "aborted" });
    expect(await other).toMatchObject({ kind: "exited", output: expect.stringContaining("done") });
  });
});

describe("E3: processes that try to get away", () => {
  const stay = () => `sleep ${trace}`;
  test.each([
    ["setsid", () => `setsid ${stay()} & sleep 0.1; echo ready; wait`],
    [
      "a double fork",
      () => `(setsid bash -c '${stay()} & disown; exit' &) ; sleep 0.1; echo ready; ${stay()}`,
    ],
    ["nohup", () => `nohup ${stay()} >/dev/null 2>&1 & echo ready; wait`],
    ["closed descriptors", () => `setsid ${stay()} <&- >&- 2>&- & echo ready; wait`],
    ["an emptied environment", () => `env -i /usr/bin/env setsid ${stay()} & sleep 0.1; echo ready; wait`],
    [
      "ignored signals",
      () => `setsid bash -c 'trap "" TERM HUP; echo ready; while :; do ${stay()}; done' & wait`,
    ],
  ])("E3: %s", async (_how, line) => {
    expect(await abortWhenReady(line())).toMatchObject({ kind: "aborted" });
    await allGone();
  });

  test("E3: a command that has ended leaves nothing in the background, and is not held up by it", async () => {
    const line = `${stay()} & setsid ${stay()} & (trap '' TERM; while :; do ${stay()}; done) & echo done`;
    expect(await run(line)).toMatchObject({ kind: "exited", exitCode: 0, output: "done\n" });
    await allGone();
  });

  test("E3: what is left behind and goes on talking does not hold the command up", async () => {
    const line = `setsid bash -c 'trap "" TERM; while :; do echo ${trace}; done' & sleep 0.1; exit 7`;
    expect(await run(line, { outputBytesMax: 100 })).toMatchObject({ kind: "exited", exitCode: 7 });
    await allGone();
  });
});

describe("E4: many processes", () => {
  test("E4: a tree that goes on forking is ended to the last one", async () => {
    const script = `grow() { [ $1 -gt 0 ] && { grow $(($1-1)) & grow $(($1-1)) & }; sleep ${trace}; }; grow 6; wait`;
    expect(await abortWhenReady(`(sleep 0.3; echo ready) & ${script}`)).toMatchObject({ kind: "aborted" });
    await allGone();
  });

  test("E4: one that leaves its group with every fork is ended to the last one", async () => {
    const chain = `hop() { sleep 0.05; setsid bash -c hop & }; export -f hop; echo ready; hop; sleep ${trace}`;
    expect(await abortWhenReady(chain)).toMatchObject({ kind: "aborted" });
    await allGone();
  });
});

describe("E5: output", () => {
  test("X1: endless output is kept to the limit, drained, and ended in time", async () => {
    const outcome = await run("yes", { timeoutMs: 400, outputBytesMax: 32_768 });
    expect(outcome).toMatchObject({ kind: "timed-out", output: "y\n".repeat(16_384) });
    expect(outcome.kind === "timed-out" ? outcome.droppedBytes : 0).toBeGreaterThan(1_000_000);
    await allGone();
  });

  test("E5: what is beyond the limit is counted to the byte, and memory does not grow", async () => {
    const total = 1_000_000_000;
    let peakBytes = 0;
    const startBytes = memoryBytes();
    const sampler = setInterval(() => {
      peakBytes = Math.max(peakBytes, memoryBytes());
    }, 5);
    const outcome = await run(`head -c ${total} /dev/zero`, { outputBytesMax: 1_000 });
    clearInterval(sampler);
    expect(outcome).toMatchObject({
      kind: "exited",
      output: "\0".repeat(1_000),
      droppedBytes: total - 1_000,
    });
    expect(peakBytes).toBeGreaterThan(0);
    expect(peakBytes - startBytes).toBeLessThan(16_000_000);
  });

  test("E5: binary output becomes text that can be stored", async () => {
    const outcome = await run("head -c 5000 /dev/urandom; printf '\\xff\\xfe\\x00\\xc3'");
    const output = outcome.kind === "exited" ? outcome.output : "";
    expect(output.isWellFormed()).toBe(true);
    expect(output.endsWith("\ufffd\ufffd\0\ufffd")).toBe(true);
  });
});

/** What this process holds outside of the garbage that waits to be collected. */
function memoryBytes(): number {
  const { external, arrayBuffers } = process.memoryUsage();
  return external + arrayBuffers;
}

describe("E12: a process number that was given again", () => {
  test("E12: the start time is checked before the signal", async () => {
    const child = spawn("sleep", [trace]);
    const row = readProcess(child.pid ?? 0);
    if (row === undefined) throw new Error("The process is not there.");
    signalProcess({ ...row, startTicks: row.startTicks + 1 }, "SIGKILL");
    expect(alive()).toEqual([row.pid]);
    expect(child.killed || child.signalCode !== null).toBe(false);
    signalProcess(row, "SIGKILL");
    expect((await once(child, "exit"))[1]).toBe("SIGKILL");
  });

  test("E12: a process that only carries another command's marker is left alone", async () => {
    const child = spawn("sleep", [trace], { env: { LATHE_RUN_MARKER: "another" } });
    expect(await run("exit 0")).toMatchObject({ kind: "exited" });
    await local.close();
    expect(alive()).toEqual([child.pid]);
    child.kill("SIGKILL");
    await once(child, "exit");
  });
});

describe("F18: a tool that does everything wrong at once", () => {
  test("F18: ignores signals, leaves its session, holds the pipes and prints without end", async () => {
    const bad = `trap "" TERM HUP INT; printf "\\033]0;x\\007\\xff"; yes ${trace}`;
    const line = `setsid bash -c '${bad}' & bash -c '${bad}' & ${bad}`;
    const outcome = await run(line, { timeoutMs: 500, outputBytesMax: 1_000 });
    expect(outcome).toMatchObject({ kind: "timed-out" });
    expect(outcome.kind === "timed-out" ? outcome.output.length : 0).toBeLessThanOrEqual(1_000);
    await allGone();
  });
});

describe("F13: no descriptor is free", () => {
  test("F13: commands and reads fail cleanly, a tree is still ended, and all of it works again", async () => {
    writeFileSync(`${root}/a.txt`, "x");
    const script = fileURLToPath(new URL("../testing/use-up-descriptors.ts", import.meta.url));
    const line = `ulimit -n 64; exec "${process.execPath}" "${script}" "${root}" "${home.path}/pipes"`;
    const outcome = await run(line);
    expect(outcome).toMatchObject({ kind: "exited", exitCode: 0 });
    expect(JSON.parse(outcome.kind === "exited" ? outcome.output : "")).toEqual({
      before: "exited, read",
      usedUp: "no-resources, io",
      meanwhile: "aborted",
      during: "no-resources, io",
      after: "aborted, read",
    });
  });
});

describe("closing while commands run", () => {
  test("settles them as aborted, and settles itself when their processes are gone", async () => {
    const line = `setsid bash -c 'trap "" TERM; echo ready; while :; do sleep ${trace}; done' & wait`;
    let closing: Promise<void> | undefined;
    const outcome = await run(line, {
      onOutput: () => {
        closing ??= local.close();
      },
    });
    expect(outcome.kind).toBe("aborted");
    await closing;
    expect(alive()).toEqual([]);
  });

  test("a command that is asked for afterwards is not started", async () => {
    await local.close();
    expect(await run("touch started")).toMatchObject({ kind: "aborted", output: "" });
  });
});
