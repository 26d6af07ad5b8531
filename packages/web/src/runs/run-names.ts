// What a run is about: its row does not say it, its first entry does. Asked once for each run.
import { runsEvents } from "@lathe/wire/operations";
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { ask } from "../state/daemon.ts";
import { firstWords } from "./first-words.ts";

const names: Signal<ReadonlyMap<string, string>> = signal(new Map());
const asked = new Set<string>();

/** By the ids of runs, as far as they are known: the name of a workflow, or the beginning of a message. */
export const runNames: ReadonlySignal<ReadonlyMap<string, string>> = names;

export function noteRunName(runId: string, name: string): void {
  asked.add(runId);
  if (names.peek().get(runId) !== name) names.value = new Map(names.peek()).set(runId, name);
}

/** Asks for the name, unless somebody has. Where it cannot be had, it is asked for again by whoever comes next. */
export async function learnRunName(runId: string): Promise<void> {
  if (asked.has(runId)) return;
  asked.add(runId);
  try {
    const { items } = await ask(runsEvents, { id: runId, limit: 1 });
    const [first] = items;
    const name = first === undefined ? null : firstWords(first);
    if (name !== null) noteRunName(runId, name);
    else if (first === undefined) asked.delete(runId);
  } catch {
    // The row is shown without it.
    asked.delete(runId);
  }
}
