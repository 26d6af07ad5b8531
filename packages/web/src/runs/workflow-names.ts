// What workflow a run is of: the row does not say it, the first entry of the run does. Asked once for each run.
import { isWorkflowEntry } from "@lathe/wire";
import { runsEvents } from "@lathe/wire/operations";
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { ask } from "../state/daemon.ts";

const names: Signal<ReadonlyMap<string, string>> = signal(new Map());
const asked = new Set<string>();

/** By the ids of runs, as far as they are known. */
export const workflowNames: ReadonlySignal<ReadonlyMap<string, string>> = names;

export function noteWorkflowName(runId: string, name: string): void {
  asked.add(runId);
  if (names.peek().get(runId) !== name) names.value = new Map(names.peek()).set(runId, name);
}

/** Asks for the name, unless somebody has. Where it cannot be had, it is asked for again by whoever comes next. */
export async function learnWorkflowName(runId: string): Promise<void> {
  if (asked.has(runId)) return;
  asked.add(runId);
  try {
    const { items } = await ask(runsEvents, { id: runId, limit: 1 });
    const [first] = items;
    if (first !== undefined && isWorkflowEntry(first) && first.type === "workflow-start")
      noteWorkflowName(runId, first.name);
    else asked.delete(runId);
  } catch {
    // The row is shown without it.
    asked.delete(runId);
  }
}
