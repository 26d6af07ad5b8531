// How long a daemon takes to go on with a run of many finished agents that its predecessor was killed with.

import type { Pinning } from "../harness/processors.ts";
import { nothingToClose, type OpenFigure, type RatioFigure, type Readings } from "../ratios/ratio-figure.ts";
import { startWorkflowDaemon } from "./open-workflow-daemon.ts";
import { waiting } from "./scripts.ts";

export interface ReplayPlan {
  /** Agents of the run that have finished. */
  readonly agentCount: number;
}

const ready = "ready";
const begun = "until the next agent begins";
const emptyReady = "ready, with nothing to go on with";
const each = "for each finished agent";

export function replayFigure(name: string, plan: ReplayPlan): RatioFigure {
  return {
    name,
    quantities: [
      { name: ready, unit: "ms from its start" },
      { name: begun, unit: "ms from its start" },
      { name: emptyReady, unit: "ms from its start" },
      { name: each, unit: "µs" },
    ],
    ratios: [
      { name: "ready, over nothing to go on with", over: ready, under: emptyReady },
      { name: "next agent, over nothing to go on with", over: begun, under: emptyReady },
    ],
    open: ({ stateDir, pinning }) => openReplay(plan, stateDir, pinning),
  };
}

const full = "full";

async function openReplay(plan: ReplayPlan, stateDir: string, pinning: Pinning): Promise<OpenFigure> {
  const { agentCount } = plan;
  const daemon = await startWorkflowDaemon(stateDir, full, {}, pinning.subject);
  try {
    const args = { agentCount, name: "replayed" };
    await daemon.actor.ask("hold", { script: waiting, args, callCount: agentCount + 1, count: 1 });
  } finally {
    // As a crash does.
    await daemon.actor.close();
  }
  return { measure: () => measureRound(plan, stateDir, pinning), close: nothingToClose };
}

async function measureRound(
  { agentCount }: ReplayPlan,
  stateDir: string,
  { subject }: Pinning,
): Promise<Readings> {
  const empty = await startWorkflowDaemon(stateDir, "empty", {}, subject);
  await empty.actor.close();
  const { actor, readyAtMs, spawnedAtMs } = await startWorkflowDaemon(stateDir, full, {}, subject);
  try {
    const begunAtMs = await actor.ask<number>("continued");
    return {
      [ready]: readyAtMs - spawnedAtMs,
      [begun]: begunAtMs - spawnedAtMs,
      [emptyReady]: empty.readyAtMs - empty.spawnedAtMs,
      [each]: ((begunAtMs - readyAtMs) / agentCount) * 1_000,
    };
  } finally {
    await actor.close();
  }
}
