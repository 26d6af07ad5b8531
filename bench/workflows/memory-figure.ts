// What a process takes that is ready for a script, what a running workflow takes, and what the daemon grows by with it.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Actor } from "../harness/actor.ts";
import type { Pinning } from "../harness/processors.ts";
import type { OpenFigure, RatioFigure, Readings } from "../ratios/ratio-figure.ts";
import { type Guest, privateBytesOf, untilQuiet } from "./guest-processes.ts";
import { startWorkflowDaemon, type WorkflowDaemon } from "./open-workflow-daemon.ts";
import { waiting } from "./scripts.ts";

export interface MemoryPlan {
  /** Workflows that run at the same time. */
  readonly runCount: number;
  readonly idleCount: number;
}

const idle = "a process that is ready";
const running = "the process of a workflow that waits for an agent";
const heap = "what the daemon's heap grows by with it";
const grown = "what the daemon grows by with it";
const bare = "a process of the same options that does nothing";

export function memoryFigure(name: string, plan: MemoryPlan): RatioFigure {
  return {
    name,
    quantities: [idle, running, heap, grown, bare].map((quantity) => ({ name: quantity, unit: "MB" })),
    ratios: [
      { name: "ready, over a bare process", over: idle, under: bare },
      { name: "running, over a bare process", over: running, under: bare },
    ],
    open: ({ stateDir, pinning }) => openMemory(plan, stateDir, pinning),
  };
}

const poolProgram = fileURLToPath(new URL("pool-process.ts", import.meta.url));

async function openMemory(plan: MemoryPlan, stateDir: string, pinning: Pinning): Promise<OpenFigure> {
  const bareOnes = new Actor(poolProgram, pinning.subject);
  const { runCount, idleCount } = plan;
  let daemon: WorkflowDaemon | undefined;
  const close = async (): Promise<void> => {
    await Promise.all([bareOnes.close(), daemon?.actor.close()]);
  };
  try {
    await bareOnes.ask("open", join(stateDir, "pool-cache"));
    const pids = await bareOnes.ask<readonly number[]>("holdBare", runCount);
    const opening = { idleGuestCount: idleCount, runConcurrencyMax: runCount };
    const started = await startWorkflowDaemon(stateDir, "memory", opening, pinning.subject);
    daemon = started;
    // Once, so that the code and the places of a first time are not counted.
    await measureRound(plan, started, pids);
    return { measure: () => measureRound(plan, started, pids), close };
  } catch (failure) {
    await close();
    throw failure;
  }
}

interface Memory {
  readonly privateBytes: number;
  readonly heapBytes: number;
}

async function measureRound(
  { runCount, idleCount }: MemoryPlan,
  { actor, pid }: WorkflowDaemon,
  barePids: readonly number[],
): Promise<Readings> {
  const idleBytes = privateBytesOfAll(await untilQuiet(pid, idleCount)) / idleCount;
  const before = await actor.ask<Memory>("memory");
  const asked = { script: waiting, args: { agentCount: 0, name: "" }, callCount: 1, count: runCount };
  const held = await actor.ask("hold", asked);
  const all = privateBytesOfAll(await untilQuiet(pid, idleCount + runCount));
  const after = await actor.ask<Memory>("memory");
  await actor.ask("stop", held);
  return {
    [idle]: megabytes(idleBytes),
    [running]: megabytes((all - idleBytes * idleCount) / runCount),
    [heap]: megabytes((after.heapBytes - before.heapBytes) / runCount),
    [grown]: megabytes((after.privateBytes - before.privateBytes) / runCount),
    [bare]: megabytes(privateBytesOf(barePids) / barePids.length),
  };
}

/** With what stands between them and the daemon. */
function privateBytesOfAll(guests: readonly Guest[]): number {
  return privateBytesOf(guests.flatMap(({ pids }) => pids));
}

function megabytes(bytes: number): number {
  return bytes / 1_000_000;
}
