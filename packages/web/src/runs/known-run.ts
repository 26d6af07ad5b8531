// One run as it is now: what the feed tells of it, or what was asked for where the feed does not know it.
import type { Run } from "@lathe/kernel";
import { runsGet } from "@lathe/wire/operations";
import { type ReadonlySignal, useComputed, useSignalEffect } from "@preact/signals";
import { type Answer, useAnswer } from "../state/answer.ts";
import { ask, connection } from "../state/daemon.ts";
import { runFeed } from "../state/run-feed.ts";

export type KnownRun =
  | { readonly kind: "asking" }
  | { readonly kind: "known"; readonly run: Run }
  | { readonly kind: "deleted" }
  | { readonly kind: "failed"; readonly failure: unknown; readonly again: () => void };

export function useKnownRun(id: string): ReadonlySignal<KnownRun> {
  const { answer, again } = useAnswer(id, (signal) => ask(runsGet, { id }, { signal }));
  const isTold = useComputed(() => toldOf(id) !== undefined);
  useSignalEffect(() => {
    // What happened while nobody was connected is told by nobody, and a feed forgets what it told.
    if (connection.value.kind === "open" && !isTold.value && answer.peek().kind !== "asking") again();
  });
  return useComputed(() => knownRun(toldOf(id), answer.value, again));
}

/** Undefined = the feed said nothing of it; null = it is gone. */
function toldOf(id: string): Run | null | undefined {
  const { told, items } = runFeed.list.value;
  return told.has(id) ? told.get(id) : items.find((run) => run.id === id);
}

function knownRun(told: Run | null | undefined, answer: Answer<Run>, again: () => void): KnownRun {
  if (told === null) return { kind: "deleted" };
  if (told !== undefined) return { kind: "known", run: told };
  if (answer.kind === "answered") return { kind: "known", run: answer.value };
  return answer.kind === "failed" ? { ...answer, again } : answer;
}
