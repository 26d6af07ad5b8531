// The sandbox without the engine, and what the same processes cost that run nothing: one process, so that all are on the
// same processor.
//
// Tasks: `open`, `start` (a script), `bareProcess`, `roundTrip`, `bareProcesses`, `holdBare`.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { monitorEventLoopDelay } from "node:perf_hooks";
import {
  type CompiledScript,
  createGuestPool,
  createScriptCompiler,
  type GuestHost,
  type GuestPool,
} from "@lathe/workflow-sandbox";
import { answerAsActor } from "../harness/actor.ts";
import { runConcurrently } from "../harness/concurrent.ts";
import { engineFlagsOf, untilQuiet } from "./guest-processes.ts";
import { oneByOne } from "./scripts.ts";

interface Opened {
  readonly warm: GuestPool;
  readonly cold: GuestPool;
  readonly script: CompiledScript;
  readonly flags: readonly string[];
  readonly echo: ChildProcess;
}

let opening: Promise<Opened> | undefined;

/** Gives its pid. */
async function open(cacheFolder: string): Promise<number> {
  opening = prepare(cacheFolder);
  await opening;
  return process.pid;
}

async function opened(): Promise<Opened> {
  if (opening === undefined) throw new Error("It was not opened.");
  return opening;
}

async function prepare(cacheFolder: string): Promise<Opened> {
  const compiler = createScriptCompiler();
  const compiled = await compiler.compile(oneByOne, "bench");
  await compiler.close();
  if (compiled.kind === "refused") throw new Error(compiled.error.message);
  const warm = createGuestPool({ idleCount: 1, cacheFolder });
  warm.warm();
  const [guest] = await untilQuiet(process.pid, 1);
  if (guest === undefined) throw new Error("No process for scripts has started.");
  const flags = engineFlagsOf(guest);
  const cold = createGuestPool({ idleCount: 0, cacheFolder });
  return { warm, cold, script: compiled.script, flags, echo: spawnBare(flags, echoing) };
}

const echoing = "process.stdin.pipe(process.stdout)";

function spawnBare(flags: readonly string[], program: string): ChildProcess {
  return spawn(process.execPath, [...flags, "-e", program], { cwd: "/", env: {}, stdio: "pipe" });
}

/** Milliseconds from asking for a script that was compiled before until its first call. */
async function start(which: "warm" | "cold"): Promise<number> {
  const { [which]: pool, script } = await opened();
  const called = Promise.withResolvers<number>();
  const nothing = (): void => undefined;
  const host: GuestHost = {
    call: () => called.resolve(performance.now()),
    ...{ phase: nothing, log: nothing, waiting: nothing, started: nothing },
  };
  const ending = new AbortController();
  const startedAtMs = performance.now();
  const { dialect, code } = script;
  const budget = { total: null, spent: 0 };
  const args = { agentCount: 1, name: "pool" };
  const run = pool.run(
    { name: "bench", dialect, code, args, budget, nullStopsPipeline: true },
    host,
    ending.signal,
  );
  const calledAtMs = await Promise.race([called.promise, run.ended.then(() => Number.NaN)]);
  ending.abort();
  await run.ended;
  return calledAtMs - startedAtMs;
}

/** Milliseconds until a process of the same options that does nothing has ended. */
async function bareProcess(): Promise<number> {
  const { flags } = await opened();
  const startedAtMs = performance.now();
  await once(spawnBare(flags, "0"), "exit");
  return performance.now() - startedAtMs;
}

/** Milliseconds until such a process has sent back what it was sent. */
async function roundTrip(): Promise<number> {
  const { echo } = await opened();
  const { stdin, stdout } = echo;
  if (stdin === null || stdout === null) throw new Error("The process has no pipes.");
  const startedAtMs = performance.now();
  stdin.write("x");
  await once(stdout, "data");
  return performance.now() - startedAtMs;
}

/** So many processes that do nothing, a number of them at once. */
async function bareProcesses({
  count,
  atOnce,
}: {
  readonly count: number;
  readonly atOnce: number;
}): Promise<{
  readonly wallMs: number;
  readonly loopDelayMaxMs: number;
}> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const startedAtMs = performance.now();
  await runConcurrently(count, Math.min(count, atOnce), async () => {
    await bareProcess();
  });
  const wallMs = performance.now() - startedAtMs;
  delay.disable();
  return { wallMs, loopDelayMaxMs: delay.max / 1e6 };
}

/** Starts so many that wait for ever; gives their pids when each of them waits. */
async function holdBare(count: number): Promise<readonly (number | undefined)[]> {
  const { flags } = await opened();
  const held = Array.from({ length: count }, () => spawnBare(flags, echoing));
  for (const { stdin, stdout } of held) {
    stdin?.write("x");
    if (stdout !== null) await once(stdout, "data");
  }
  return held.map(({ pid }) => pid);
}

answerAsActor({ open, start, bareProcess, roundTrip, bareProcesses, holdBare });
