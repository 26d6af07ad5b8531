// Everything that the API says of runs, page by page.
import type { Client } from "@lathe/client";
import type { Run, WorkflowEntry } from "@lathe/kernel";
import { runsEvents, runsList } from "@lathe/wire/operations";

interface EntriesPage {
  readonly items: readonly unknown[];
  readonly nextAfter: number | null;
}

interface RunsPage {
  readonly items: readonly Run[];
  readonly nextCursor: string | null;
}

export interface RunsQuery {
  readonly parent?: string;
  readonly status?: Run["status"];
}

export async function entriesOf(client: Client, id: string): Promise<readonly WorkflowEntry[]> {
  const all: WorkflowEntry[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const page: EntriesPage = await client.call(runsEvents, { id, after, limit: 500 });
    all.push(...(page.items as readonly WorkflowEntry[]));
    after = page.nextAfter;
  }
  return all;
}

export async function listedRuns(client: Client, query: RunsQuery): Promise<readonly Run[]> {
  const all: Run[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const place = cursor === undefined ? {} : { cursor };
    const page: RunsPage = await client.call(runsList, { ...query, ...place, limit: 200 });
    all.push(...page.items);
    cursor = page.nextCursor;
  }
  return all;
}

/** What the run has started, and what was started by that. */
export async function runsBelow(client: Client, id: string): Promise<readonly Run[]> {
  const children = await listedRuns(client, { parent: id });
  const below = await Promise.all(children.map((child) => runsBelow(client, child.id)));
  return [...children, ...below.flat()];
}

/** Runs of whatever kind that are said not to be over. */
export async function activeRuns(client: Client): Promise<readonly Run[]> {
  const states = ["queued", "running", "waiting", "stopping"] as const;
  return (await Promise.all(states.map((status) => listedRuns(client, { status })))).flat();
}
