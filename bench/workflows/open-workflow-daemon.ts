// The process of `workflow-daemon.ts`, opened.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Actor } from "../harness/actor.ts";
import type { WorkflowDaemonAddress, WorkflowDaemonOpening } from "./workflow-daemon.ts";

const program = fileURLToPath(new URL("workflow-daemon.ts", import.meta.url));

export interface WorkflowDaemon extends WorkflowDaemonAddress {
  readonly actor: Actor;
  /** Milliseconds since 1970, right before its process was started. */
  readonly spawnedAtMs: number;
}

export const usualOpening: Omit<WorkflowDaemonOpening, "stateFolder"> = {
  idleGuestCount: 1,
  agentConcurrencyMax: 16,
  runConcurrencyMax: 64,
  agentCountMax: 10_000,
};

/** Its state is in a folder of this name. Whoever starts it closes its actor. */
export async function startWorkflowDaemon(
  stateDir: string,
  name: string,
  opening: Partial<WorkflowDaemonOpening>,
  prefix: readonly string[],
): Promise<WorkflowDaemon> {
  const spawnedAtMs = performance.timeOrigin + performance.now();
  const actor = new Actor(program, prefix);
  try {
    const stateFolder = join(stateDir, name);
    const address = await actor.ask<WorkflowDaemonAddress>("open", {
      ...usualOpening,
      ...opening,
      stateFolder,
    });
    return { ...address, actor, spawnedAtMs };
  } catch (failure) {
    await actor.close();
    throw failure;
  }
}
