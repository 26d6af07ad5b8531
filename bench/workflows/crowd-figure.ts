// Many runs asked for, faster than they end and more than may run: how fast all end, and what else the daemon can do then.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Actor } from "../harness/actor.ts";
import type { OpenFigure, RatioFigure, Readings } from "../ratios/ratio-figure.ts";
import { startWorkflowDaemon, type WorkflowDaemon } from "./open-workflow-daemon.ts";
import { oneByOne } from "./scripts.ts";
import type { Crowd, CrowdTimes } from "./workflow-daemon.ts";

export interface CrowdPlan {
  readonly runCount: number;
  /** Runs that have a process at the same time. */
  readonly runConcurrencyMax: number;
  /** Agents of each run, one after the other. */
  readonly agentCount: number;
}

const names = {
  speed: "workflows",
  bareSpeed: "processes of the same options that do nothing",
  delay: "longest delay of the daemon's event loop",
  bareDelay: "the same, of a process that starts those that do nothing",
  overtaken: "later runs that have started before one, at most",
} as const;

export function crowdFigure(name: string, plan: CrowdPlan): RatioFigure {
  return {
    name,
    quantities: [
      { name: names.speed, unit: "per second" },
      { name: names.bareSpeed, unit: "per second" },
      { name: names.delay, unit: "ms" },
      { name: names.bareDelay, unit: "ms" },
      { name: names.overtaken, unit: "runs" },
    ],
    ratios: [
      { name: "workflows, over bare processes", over: names.speed, under: names.bareSpeed },
      { name: "longest delay, over that of bare processes", over: names.delay, under: names.bareDelay },
    ],
    open: ({ stateDir }) => openCrowd(plan, stateDir),
  };
}

const poolProgram = fileURLToPath(new URL("pool-process.ts", import.meta.url));

/** Nothing is pinned: so many processes are to use every processor, as they would. */
async function openCrowd(plan: CrowdPlan, stateDir: string): Promise<OpenFigure> {
  const bareOnes = new Actor(poolProgram);
  let daemon: WorkflowDaemon | undefined;
  const close = async (): Promise<void> => {
    await Promise.all([bareOnes.close(), daemon?.actor.close()]);
  };
  try {
    await bareOnes.ask("open", join(stateDir, "pool-cache"));
    const { runConcurrencyMax } = plan;
    const started = await startWorkflowDaemon(stateDir, "crowd", { runConcurrencyMax }, []);
    daemon = started;
    let round = 0;
    return { measure: () => measureRound(plan, started, bareOnes, `round ${round++}`), close };
  } catch (failure) {
    await close();
    throw failure;
  }
}

async function measureRound(
  { runCount, runConcurrencyMax, agentCount }: CrowdPlan,
  { actor }: WorkflowDaemon,
  bareOnes: Actor,
  name: string,
): Promise<Readings> {
  const asked: Crowd = {
    script: oneByOne,
    args: { agentCount, name },
    callCount: agentCount,
    count: runCount,
  };
  const { wallMs, loopDelayMaxMs, overtakenByMax } = await actor.ask<CrowdTimes>("crowd", asked);
  const bare = await bareOnes.ask<Omit<CrowdTimes, "overtakenByMax">>("bareProcesses", {
    count: runCount,
    atOnce: runConcurrencyMax,
  });
  return {
    [names.speed]: runCount / (wallMs / 1_000),
    [names.bareSpeed]: runCount / (bare.wallMs / 1_000),
    [names.delay]: loopDelayMaxMs,
    [names.bareDelay]: bare.loopDelayMaxMs,
    [names.overtaken]: overtakenByMax,
  };
}
