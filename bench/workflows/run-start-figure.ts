// How long a run takes from being asked for until the first call of its script reaches the engine.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Actor } from "../harness/actor.ts";
import type { Pinning } from "../harness/processors.ts";
import { spreadOf } from "../harness/statistics.ts";
import type { OpenFigure, RatioFigure, Readings } from "../ratios/ratio-figure.ts";
import { untilQuiet } from "./guest-processes.ts";
import { startWorkflowDaemon, type WorkflowDaemon } from "./open-workflow-daemon.ts";
import { oneByOne } from "./scripts.ts";
import type { Moment, RunTimes } from "./workflow-daemon.ts";

export interface RunStartPlan {
  /** Starts of each way in a round; the median of them counts. */
  readonly startCount: number;
}

const names = {
  warm: "warm, in process",
  warmAnswered: "warm, until runs.create has answered",
  warmHttp: "warm, over HTTP",
  cold: "cold, in process",
  coldHttp: "cold, over HTTP",
  warmPool: "warm, the sandbox alone",
  coldPool: "cold, the sandbox alone",
  roundTrip: "a round trip to a process that echoes",
  bare: "a process of the same options that does nothing",
} as const;

export function runStartFigure(name: string, plan: RunStartPlan): RatioFigure {
  return {
    name,
    quantities: Object.values(names).map((quantity) => ({ name: quantity, unit: "ms" })),
    ratios: [
      { name: "warm, over a round trip", over: names.warm, under: names.roundTrip },
      { name: "warm sandbox alone, over a round trip", over: names.warmPool, under: names.roundTrip },
      { name: "cold, over a bare process", over: names.cold, under: names.bare },
      { name: "cold sandbox alone, over a bare process", over: names.coldPool, under: names.bare },
    ],
    open: ({ stateDir, pinning }) => openRunStart(plan, stateDir, pinning),
  };
}

const poolProgram = fileURLToPath(new URL("pool-process.ts", import.meta.url));

interface Cast {
  readonly warm: WorkflowDaemon;
  readonly cold: WorkflowDaemon;
  readonly pool: Actor;
  readonly poolPid: number;
}

async function openRunStart(plan: RunStartPlan, stateDir: string, pinning: Pinning): Promise<OpenFigure> {
  const actors: Actor[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(actors.map((actor) => actor.close()));
  };
  try {
    const pool = new Actor(poolProgram, pinning.subject);
    actors.push(pool);
    const poolPid = await pool.ask<number>("open", join(stateDir, "pool-cache"));
    const warm = await startWorkflowDaemon(stateDir, "warm", { idleGuestCount: 1 }, pinning.subject);
    actors.push(warm.actor);
    const cold = await startWorkflowDaemon(stateDir, "cold", { idleGuestCount: 0 }, pinning.subject);
    actors.push(cold.actor);
    const cast = { warm, cold, pool, poolPid };
    // Once, so that the first round is like the others.
    await measureRound({ startCount: 1 }, cast);
    return { measure: () => measureRound(plan, cast), close };
  } catch (failure) {
    await close();
    throw failure;
  }
}

async function measureRound({ startCount }: RunStartPlan, cast: Cast): Promise<Readings> {
  const { warm, cold, pool } = cast;
  const taken: Record<string, number[]> = {};
  const take = (name: string, ms: number): void => {
    taken[name] ??= [];
    taken[name].push(ms);
  };
  const startOf = async <Result>(start: () => Promise<Result>): Promise<Result> => {
    await untilAllQuiet(cast);
    return start();
  };
  for (let start = 0; start < startCount; start += 1) {
    const inWarm = await startOf(() => startInProcess(warm));
    take(names.warm, inWarm.firstCall.atMs - inWarm.asked.atMs);
    take(names.warmAnswered, inWarm.answered.atMs - inWarm.asked.atMs);
    take(names.warmHttp, await startOf(() => startOverHttp(warm)));
    const inCold = await startOf(() => startInProcess(cold));
    take(names.cold, inCold.firstCall.atMs - inCold.asked.atMs);
    take(names.coldHttp, await startOf(() => startOverHttp(cold)));
    take(names.warmPool, await startOf(() => pool.ask("start", "warm")));
    take(names.coldPool, await startOf(() => pool.ask("start", "cold")));
    take(names.bare, await pool.ask("bareProcess"));
    take(names.roundTrip, await pool.ask("roundTrip"));
  }
  const medians = Object.entries(taken).map(([name, values]) => [name, spreadOf(values)?.median]);
  return Object.fromEntries(medians) as Readings;
}

/** The process that takes the place of the last one starts after it; that is no part of what comes next. */
async function untilAllQuiet({ warm, cold, poolPid }: Cast): Promise<void> {
  await Promise.all([untilQuiet(warm.pid, 1), untilQuiet(cold.pid, 0), untilQuiet(poolPid, 1)]);
}

let runCount = 0;

/** No start is like another one to the cache. */
function inputOf(): { readonly script: string; readonly args: { agentCount: number; name: string } } {
  runCount += 1;
  return { script: oneByOne, args: { agentCount: 1, name: `start ${runCount}` } };
}

function startInProcess({ actor }: WorkflowDaemon): Promise<RunTimes> {
  return actor.ask<RunTimes>("run", { ...inputOf(), callCount: 1 });
}

async function startOverHttp({ actor, url, token }: WorkflowDaemon): Promise<number> {
  await actor.ask("expect", 1);
  const body = JSON.stringify({ kind: "workflow", ...inputOf() });
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const askedAtMs = performance.timeOrigin + performance.now();
  const response = await fetch(new URL("/api/runs", url), { method: "POST", headers, body });
  const text = await response.text();
  if (response.status !== 202) throw new Error(`POST /api/runs has answered ${response.status}: ${text}`);
  const { atMs } = await actor.ask<Moment>("seen");
  return atMs - askedAtMs;
}
