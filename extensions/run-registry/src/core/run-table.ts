// All runs: one row each, and what finds them by their status, their owner and their parent.
//
// Invariants
//   T1  The rows of a run change together, in the commit of what they tell: a run is in the list of its status, and in
//       no other.
//   T2  A run begins once and ends once: both are checked by the commit that says so.
//   T3  That a run was asked to stop is a row of its own, so that no commit of its executor fails for it. It stays: a run
//       that was asked once is not gone on with by any daemon.
//   T4  No step reads more than the runs that it is about, however many there are beside them.
import type {
  ClockPower,
  JsonValue,
  Key,
  NewRun,
  PreparedChanges,
  Row,
  Run,
  RunEnding,
  RunSpending,
  Runs,
  Storage,
} from "@lathe/kernel";
import {
  activeKey,
  activePrefix,
  childPrefix,
  factsOf,
  isOver,
  overPrefix,
  overStatuses,
  ownPrefix,
  type RunFacts,
  runIn,
  runKey,
  stopKey,
} from "./keys.ts";
import type { RecentRuns } from "./recent-runs.ts";

export interface RunTableDesk {
  readonly storage: Storage;
  readonly clock: ClockPower;
  readonly recent: RecentRuns;
  /** Called when a run that is not over is shown with another spending. */
  readonly onSpent: (runId: string) => void;
  /** Called when a run has been removed. */
  readonly onRemoved: (run: Run) => void;
}

const pageSize = 500;

export class RunTable implements Runs {
  readonly #desk: RunTableDesk;

  constructor(desk: RunTableDesk) {
    this.#desk = desk;
  }

  begin(draft: NewRun): PreparedChanges {
    const nowMs = this.#desk.clock.nowMs();
    const { id, kind, owner, parentId, agent, conversationId, turnId } = draft;
    const { title = null, firstSeq = null, status = "running" } = draft;
    const budget = draft.budget === undefined ? null : { limits: draft.budget, spentTokens: 0, spentUsd: 0 };
    const startedAtMs = status === "queued" ? null : nowMs;
    const run: Run = {
      ...{ id, kind, owner, title, parentId, status, agent, conversationId, turnId },
      ...{ firstSeq, lastSeq: null, createdAtMs: nowMs, startedAtMs, endedAtMs: null },
      ...{ usage: null, budget, result: null, error: null, schemaWarnings: [] },
    };
    const puts = [put(runKey(id), run), put(activeKey(id), factsOf(run))];
    if (parentId !== null) puts.push(put([...childPrefix(parentId), id], null));
    return this.#desk.storage.prepare({ checks: [{ key: runKey(id), version: null }], puts });
  }

  async note(runId: string, status: "queued" | "running" | "waiting"): Promise<PreparedChanges | undefined> {
    const { storage, clock } = this.#desk;
    const row = await storage.get(runKey(runId));
    if (row === undefined) return undefined;
    const before = runIn(row);
    if (isOver(before) || before.status === status) return undefined;
    const startedAtMs = status === "running" ? (before.startedAtMs ?? clock.nowMs()) : before.startedAtMs;
    const run: Run = { ...before, status, startedAtMs };
    return storage.prepare({
      checks: [{ key: runKey(runId), version: row.version }],
      puts: [put(runKey(runId), run), put(activeKey(runId), factsOf(run))],
    });
  }

  async end(runId: string, ending: RunEnding): Promise<PreparedChanges | undefined> {
    const { storage, clock } = this.#desk;
    const row = await storage.get(runKey(runId));
    if (row === undefined || isOver(runIn(row))) return undefined;
    const { status, error } = await this.#verdict(runId, ending);
    const { usage, result, lastSeq = null } = ending;
    const before = runIn(row);
    const budget = ending.budget ?? this.#desk.recent.spendingOf(runId) ?? before.budget;
    const endedAtMs = clock.nowMs();
    const run: Run = { ...before, status, usage, budget, result, error, lastSeq, endedAtMs };
    const facts = factsOf(run);
    return storage.prepare({
      checks: [{ key: runKey(runId), version: row.version }],
      deletes: [activeKey(runId)],
      puts: [
        put(runKey(runId), run),
        put([...overPrefix(status), runId], facts),
        put([...ownPrefix(run.owner, status), runId], facts),
      ],
    });
  }

  askToStop(runId: string): PreparedChanges {
    const { storage, clock } = this.#desk;
    return storage.prepare({ puts: [{ key: stopKey(runId), value: clock.nowMs() }] });
  }

  async wasAskedToStop(runId: string): Promise<boolean> {
    for (let id: string | null = runId; id !== null; id = (await this.get(id))?.parentId ?? null)
      if ((await this.#desk.storage.get(stopKey(id))) !== undefined) return true;
    return false;
  }

  /** Settles when it is durable that the run was asked to stop. Throws what the store throws. */
  async noteStopAsked(runId: string): Promise<void> {
    await this.#desk.storage.commit({}, this.askToStop(runId));
  }

  noteSpending(runId: string, budget: RunSpending): void {
    const { recent, onSpent } = this.#desk;
    recent.noteSpending(runId, budget);
    onSpent(runId);
  }

  get(runId: string): Promise<Run | undefined> {
    return this.#desk.recent.get(runId);
  }

  async active(kind: string): Promise<readonly Run[]> {
    return this.activeWhere((facts) => facts.kind === kind);
  }

  /** The runs that are not over and of which this holds, oldest first. */
  async activeWhere(holds: (facts: RunFacts) => boolean): Promise<readonly Run[]> {
    const runs: Run[] = [];
    for await (const rows of this.#pages(activePrefix)) {
      const ids = rows.filter((row) => holds(row.value as unknown as RunFacts)).map(idOf);
      const found = await this.#desk.recent.getMany(ids);
      for (const run of found) if (run !== undefined && !isOver(run)) runs.push(run);
    }
    return runs;
  }

  /** The ids of the runs that this one started. */
  async childIds(runId: string): Promise<readonly string[]> {
    const ids: string[] = [];
    for await (const rows of this.#pages(childPrefix(runId))) ids.push(...rows.map(idOf));
    return ids;
  }

  /** Ends a run that nobody executes. False where it has ended meanwhile. */
  async endAlone(runId: string, ending: RunEnding): Promise<boolean> {
    const ended = await this.end(runId, ending);
    if (ended === undefined) return false;
    return (await this.#desk.storage.commit({}, ended)).kind === "committed";
  }

  /** Removes a run that is over. A run that started others stays known as their parent, so that they can be found. */
  async remove(run: Run): Promise<void> {
    const { id, owner, parentId } = run;
    const { storage, onRemoved } = this.#desk;
    const deletes: Key[] = [runKey(id), activeKey(id), stopKey(id)];
    for (const status of overStatuses)
      deletes.push([...overPrefix(status), id], [...ownPrefix(owner, status), id]);
    const [child] = await storage.list({ prefix: childPrefix(id), limit: 1 });
    if (parentId !== null && child === undefined) deletes.push([...childPrefix(parentId), id]);
    await storage.commit({ deletes });
    onRemoved(run);
  }

  /** A daemon that ends in the middle of stopping a run has not interrupted it. */
  async #verdict(runId: string, { status, error }: RunEnding): Promise<Pick<RunEnding, "status" | "error">> {
    const isStopped = status === "interrupted" && (await this.wasAskedToStop(runId));
    return isStopped ? { status: "stopped", error: null } : { status, error };
  }

  async *#pages(prefix: Key): AsyncGenerator<readonly Row[]> {
    for (let after: Key | undefined; ; ) {
      const query = { prefix, limit: pageSize };
      const rows = await this.#desk.storage.list(after === undefined ? query : { ...query, after });
      yield rows;
      if (rows.length < pageSize) return;
      after = rows.at(-1)?.key;
    }
  }
}

function put(key: Key, value: Run | RunFacts | null): { readonly key: Key; readonly value: JsonValue } {
  return { key, value: value as unknown as JsonValue };
}

function idOf({ key }: Row): string {
  return String(key.at(-1));
}
