// One page of runs, newest first, merged from the lists that can hold them: of the runs that are not over, and of those
// that are, by how they ended.
import type { Key, Row, Run, RunStatus, Storage } from "@lathe/kernel";
import type { Page } from "@lathe/wire";
import {
  activePrefix,
  childPrefix,
  factsOf,
  isOverStatus,
  overPrefix,
  overStatuses,
  ownPrefix,
  type RunFacts,
} from "./keys.ts";
import { lengthOf, type RecentRuns } from "./recent-runs.ts";

export interface RunQuery {
  /** Only runs of this owner; null = everybody's. */
  readonly owner: string | null;
  readonly status?: RunStatus | undefined;
  readonly agent?: string | undefined;
  readonly kind?: string | undefined;
  /** Only those that this run has started; `none` = only those that none has. */
  readonly parent?: string | undefined;
  readonly limit: number;
  /** Id of the last run of the page before. */
  readonly cursor?: string | undefined;
}

export interface ListDesk {
  readonly storage: Storage;
  readonly recent: Pick<RecentRuns, "getMany">;
  /** Whether somebody has asked it to stop; the store does not know. */
  readonly isStopping: (runId: string) => boolean;
}

/** What stands for a parent where there is none. */
const noParent = "none";
/** A filter that nearly nothing passes makes short pages, not long waits. */
const scannedCountMax = 2_000;
const pageLengthMax = 1_048_576;
const chunkSize = 20;

export async function listRuns(query: RunQuery, desk: ListDesk): Promise<Page<Run>> {
  const { ids, nextCursor } = await chooseIds(query, desk);
  const items: Run[] = [];
  let length = 0;
  for (let at = 0; at < ids.length; at += chunkSize) {
    for (const run of await desk.recent.getMany(ids.slice(at, at + chunkSize))) {
      // It may have been deleted, or have changed, since its id was chosen.
      if (run === undefined || !matches(query, run, desk.isStopping(run.id))) continue;
      length += lengthOf(run);
      if (length > pageLengthMax && items.length > 0) return { items, nextCursor: items.at(-1)?.id ?? null };
      items.push(run);
    }
  }
  return { items, nextCursor };
}

async function chooseIds(
  query: RunQuery,
  { storage, recent, isStopping }: ListDesk,
): Promise<{ readonly ids: readonly string[]; readonly nextCursor: string | null }> {
  // What is not over comes first: a run that ends meanwhile is then seen twice rather than not at all.
  const lists = prefixesOf(query).map((prefix) => new IdList({ storage, recent }, prefix, query));
  const ids: string[] = [];
  let last: string | null = null;
  for (let scannedCount = 0; ; scannedCount += 1) {
    const next = await takeNewest(lists);
    if (next === undefined) return { ids, nextCursor: null };
    if (ids.length === query.limit || scannedCount === scannedCountMax) return { ids, nextCursor: last };
    if (next.id !== last && matches(query, next.facts, isStopping(next.id))) ids.push(next.id);
    last = next.id;
  }
}

function prefixesOf({ owner, status, parent }: RunQuery): readonly Key[] {
  if (parent !== undefined && parent !== noParent) return [childPrefix(parent)];
  const listOf = (one: (typeof overStatuses)[number]): Key =>
    owner === null ? overPrefix(one) : ownPrefix(owner, one);
  if (status === undefined) return [activePrefix, ...overStatuses.map(listOf)];
  return [isOverStatus(status) ? listOf(status) : activePrefix];
}

function matches(
  { owner, status, agent, kind, parent }: RunQuery,
  facts: RunFacts,
  isStopping: boolean,
): boolean {
  const shown = isStopping && !isOverStatus(facts.status) ? "stopping" : facts.status;
  return (
    (owner === null || facts.owner === owner) &&
    (status === undefined || shown === status) &&
    (agent === undefined || facts.agent === agent) &&
    (kind === undefined || facts.kind === kind) &&
    (parent !== noParent || facts.parentId === null)
  );
}

interface Listed {
  readonly id: string;
  readonly facts: RunFacts;
}

async function takeNewest(lists: readonly IdList[]): Promise<Listed | undefined> {
  let newest: IdList | undefined;
  for (const list of lists) {
    const head = await list.head();
    if (head !== undefined && (newest?.first === undefined || head.id > newest.first.id)) newest = list;
  }
  return newest?.take();
}

/** One list of the store, newest first, read page by page as it is used up. */
class IdList {
  readonly #desk: Pick<ListDesk, "storage" | "recent">;
  readonly #prefix: Key;
  readonly #pageSize: number;
  readonly #needsParent: boolean;
  #before: string | undefined;
  #page: Listed[] = [];
  #isLast = false;

  constructor(desk: Pick<ListDesk, "storage" | "recent">, prefix: Key, { cursor, limit, parent }: RunQuery) {
    this.#desk = desk;
    this.#prefix = prefix;
    this.#pageSize = limit + 1;
    this.#needsParent = parent === noParent;
    this.#before = cursor;
  }

  /** The newest of what was read and not taken. */
  get first(): Listed | undefined {
    return this.#page[0];
  }

  async head(): Promise<Listed | undefined> {
    while (this.#page.length === 0 && !this.#isLast) await this.#readOn();
    return this.first;
  }

  take(): Listed | undefined {
    return this.#page.shift();
  }

  async #readOn(): Promise<void> {
    const page = { prefix: this.#prefix, reverse: true, limit: this.#pageSize };
    const before = this.#before === undefined ? {} : { before: [...this.#prefix, this.#before] };
    const rows = await this.#desk.storage.list({ ...page, ...before });
    this.#isLast = rows.length < this.#pageSize;
    this.#before = rows.length === 0 ? this.#before : idOf(rows.at(-1) as Row);
    this.#page = await this.#listed(rows);
  }

  /** Of runs whose rows do not say enough the runs themselves are asked; those that are gone are left out. */
  async #listed(rows: readonly Row[]): Promise<Listed[]> {
    const vague = rows.filter((row) => !this.#saysEnough(row)).map(idOf);
    const runs = vague.length === 0 ? [] : await this.#desk.recent.getMany(vague);
    const known = new Map(runs.map((run) => [run?.id, run && factsOf(run)]));
    return rows.flatMap((row) => {
      const facts = this.#saysEnough(row) ? (row.value as unknown as RunFacts) : known.get(idOf(row));
      return facts === undefined ? [] : [{ id: idOf(row), facts }];
    });
  }

  /** The list of what a run has started knows ids alone; the other lists did not always know the parent. */
  #saysEnough({ value }: Row): boolean {
    const facts = value as unknown as RunFacts | null;
    return facts !== null && !(this.#needsParent && facts.parentId === undefined);
  }
}

function idOf({ key }: Row): string {
  return String(key.at(-1));
}
