// Which runs a list shows, and what it says of each.
import type { Run, RunStatus, Usage } from "@lathe/kernel";
import type { Tone } from "../kit/badge.tsx";

export interface RunFilter {
  readonly status: RunStatus | "any";
  /** Empty = of any kind; so for `agent`. */
  readonly kind: string;
  readonly agent: string;
  /** Also those that other runs have started. */
  readonly withChildren: boolean;
}

export const anyRun: RunFilter = { status: "any", kind: "", agent: "", withChildren: false };

export function isShown(run: Run, { status, kind, agent, withChildren }: RunFilter): boolean {
  return (
    (withChildren || run.parentId === null) &&
    (status === "any" || run.status === status) &&
    (kind === "" || run.kind === kind) &&
    (agent === "" || run.agent === agent)
  );
}

/** What can be filtered by, as far as it occurs: sorted, each once. `chosen` stays a choice though no run has it. */
export function occurring(runs: readonly Run[], field: "kind" | "agent", chosen: string): readonly string[] {
  const found = new Set(runs.map((run) => run[field]).filter((value) => value !== null));
  if (chosen !== "") found.add(chosen);
  return [...found].toSorted();
}

export interface StatusWords {
  readonly word: string;
  readonly tone: Tone;
  readonly live: boolean;
}

const statuses: Readonly<Record<RunStatus, StatusWords>> = {
  queued: { word: "Queued", tone: "neutral", live: false },
  running: { word: "Running", tone: "info", live: true },
  waiting: { word: "Waiting for you", tone: "warning", live: true },
  stopping: { word: "Stopping", tone: "warning", live: true },
  succeeded: { word: "Succeeded", tone: "success", live: false },
  failed: { word: "Failed", tone: "danger", live: false },
  stopped: { word: "Stopped", tone: "neutral", live: false },
  interrupted: { word: "Interrupted", tone: "danger", live: false },
};

export const allStatuses: readonly RunStatus[] = Object.keys(statuses) as readonly RunStatus[];

export function statusWords(status: RunStatus): StatusWords {
  return statuses[status];
}

/** Input and output together; null where neither is known. */
export function tokensOf(usage: Usage | null): number | null {
  if (usage === null || (usage.inputTokens === null && usage.outputTokens === null)) return null;
  return (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0);
}

/** From its beginning to its end, in milliseconds; null where it has not begun or goes on. */
export function durationOf({ startedAtMs, createdAtMs, endedAtMs }: Run): number | null {
  return endedAtMs === null ? null : Math.max(0, endedAtMs - (startedAtMs ?? createdAtMs));
}

/** What a run is called: what it is about where that is known, else its agent, or its kind. */
export function nameOf(run: Run): string {
  return run.title ?? run.agent ?? kindWord(run.kind);
}

export function kindWord(kind: string): string {
  if (kind === "turn") return "Turn";
  return kind === "workflow" ? "Workflow" : kind;
}
