// What the outside knows of one run of the fan-out and of the kills that it went through.
import type { Run, WorkflowEntry } from "@lathe/kernel";
import type { WorkflowCacheReport } from "@lathe/wire";
import type { Effect } from "../crash-tools.ts";
import type { FanOutArgs } from "./fan-out.ts";
import type { Question } from "./fan-out-model.ts";
import type { RunWatcher } from "./run-watcher.ts";

/** What was known at one kill. */
export interface Kill {
  /** Marks of the agents whose end somebody had been shown. */
  readonly finished: readonly string[];
  /** Marks of those that had begun, and had not ended as far as anybody knew; `approval` where a question waited. */
  readonly inFlight: readonly string[];
  /** Whether somebody was shown anything new in this life of the daemon. */
  readonly hadProgress: boolean;
}

/** One run that is over. */
export interface ObservedRun {
  readonly args: FanOutArgs;
  readonly run: Run;
  readonly entries: readonly WorkflowEntry[];
  readonly nestedEntries: readonly WorkflowEntry[];
  readonly cache: WorkflowCacheReport;
  /** Runs that it started, those of its nested run included. */
  readonly children: readonly Run[];
  /** Ids of runs of whatever kind that are said not to be over. */
  readonly activeIds: readonly string[];
  readonly watchers: readonly RunWatcher[];
  readonly kills: readonly Kill[];
  readonly questions: readonly Question[];
  readonly effects: readonly Effect[];
}

/** A kill proves something only where something was finished that could be done again, and something was cut off. */
export function isVacuous({ finished, inFlight, hadProgress }: Kill): boolean {
  return finished.length === 0 || inFlight.length === 0 || !hadProgress;
}

/** What the watchers know together. */
export function killOf(watchers: readonly RunWatcher[], seqBefore: number): Kill {
  const entries = new Map(watchers.flatMap((watcher) => [...watcher.entries]));
  const finished = new Set<string>();
  const begun = new Set<string>();
  let waitsForAnswer = false;
  for (const entry of entries.values()) {
    if (entry.type === "agent-start" && entry.conversationId !== null) begun.add(entry.label);
    if (entry.type === "agent-finish" && entry.conversationId !== null) finished.add(entry.label);
    if (entry.type === "approval-asked") waitsForAnswer = true;
    if (entry.type === "approval-answered") waitsForAnswer = false;
  }
  const cutOff = [...begun].filter((label) => !finished.has(label));
  return {
    finished: [...finished],
    inFlight: waitsForAnswer ? [...cutOff, "approval"] : cutOff,
    hadProgress: Math.max(0, ...entries.keys()) > seqBefore,
  };
}
