// Where the rows of a run are. Ids sort by the time of their making, so every list is in order of age.
//
//   run, id                     the run itself
//   active, id                  facts of a run that is not over
//   over, status, id            facts of one that is
//   own, owner, status, id      the same, for each owner
//   child, parent id, id        which run it belongs to
//   stop, id                    when it was asked to stop; there for as long as the run itself
//   key, key-age                what callers named their requests, as NamedRequests keeps it
import type { Key, Row, Run, RunStatus } from "@lathe/kernel";

export const runPrefix: Key = ["run"];
export const activePrefix: Key = ["active"];

export function runKey(id: string): Key {
  return ["run", id];
}

export function activeKey(id: string): Key {
  return ["active", id];
}

export function overPrefix(status: OverStatus): Key {
  return ["over", status];
}

export function ownPrefix(owner: string, status: OverStatus): Key {
  return ["own", owner, status];
}

export function childPrefix(parentId: string): Key {
  return ["child", parentId];
}

/** A row of its own: whoever executes the run rewrites the others, and is not to be disturbed. */
export function stopKey(id: string): Key {
  return ["stop", id];
}

export type OverStatus = "succeeded" | "failed" | "stopped" | "interrupted";

export const overStatuses: readonly OverStatus[] = ["succeeded", "failed", "stopped", "interrupted"];

export function isOver(run: Pick<Run, "status">): run is { readonly status: OverStatus } {
  return isOverStatus(run.status);
}

export function isOverStatus(status: RunStatus): status is OverStatus {
  return (overStatuses as readonly RunStatus[]).includes(status);
}

/** The run that a row holds. Rows of before there were titles and budgets have none. */
export function runIn({ value }: Row): Run {
  const run = value as unknown as Partial<Pick<Run, "title" | "budget">> & Omit<Run, "title" | "budget">;
  const { title = null, budget = null } = run;
  return { ...run, title, budget };
}

/** What a list chooses by, without reading the runs themselves. */
export interface RunFacts {
  readonly kind: string;
  readonly owner: string;
  readonly agent: string | null;
  readonly status: RunStatus;
  /** Undefined = the row does not say it, since it is of before lists chose by it. */
  readonly parentId?: string | null;
}

export function factsOf({ kind, owner, agent, status, parentId }: Run): RunFacts {
  return { kind, owner, agent, status, parentId };
}
