// What a run that is over can be begun anew with.
import type { BudgetLimits, JsonValue } from "@lathe/kernel";
import { type Signal, signal } from "@preact/signals";
import { go, goFrom } from "../app/navigation.ts";
import { announce } from "../kit/announce.tsx";
import { attempt } from "../kit/toasts.tsx";
import { newKey } from "../state/new-key.ts";
import { startRun } from "./launch.ts";

export interface Prefill {
  readonly name: string;
  readonly args?: JsonValue;
  readonly budget: BudgetLimits;
}

/** What the form of the workflow begins with; taken once. */
export const prefill: Signal<Prefill | null> = signal(null);

/** Opens the form of the workflow with what the run was given. */
export function again(start: Prefill): void {
  prefill.value = start;
  go({ kind: "workflow", name: start.name });
}

/** A new run that takes over what this one has finished. */
export async function resume(runId: string): Promise<void> {
  await attempt("Not resumed", async () => {
    const run = await startRun({ kind: "workflow", resumeFrom: runId }, newKey());
    announce("A new run goes on from this one.");
    goFrom({ kind: "run", id: runId }, { kind: "run", id: run.id });
  });
}
