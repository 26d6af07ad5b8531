// R3, T3: how many runs are over does not matter to who looks for those that are not, or for some of them.
import { type MemoryStorage, openMemoryStorage } from "@lathe/extension-kit/testing";
import type { JsonValue, Key, Run, RunStatus, Storage } from "@lathe/kernel";
import type { Page } from "@lathe/wire";
import { beforeAll, expect, test } from "vitest";
import manifest from "../manifest.json" with { type: "json" };
import { ann, bob, openStage, root, type Stage } from "./testing/stage.ts";

const overCount = 100_000;
const rareIndexes = [10, 50_000, 99_990];
const isRare = (index: number): boolean => rareIndexes.includes(index);
const idAt = (index: number): string => `run_${String(index).padStart(16, "0")}`;

let memory: MemoryStorage;
beforeAll(async () => {
  memory = openMemoryStorage();
  const storage = memory.namespace(manifest.id);
  const runs = Array.from({ length: overCount }, (_, index) => runAt(index));
  // As they were written before rows told of parents and titles.
  const facts = ({ kind, owner, agent, status }: Run) => ({ kind, owner, agent, status });
  const untitled = ({ title: _, ...run }: Run) => run;
  await seed(storage, runs, (run) => [["over", run.status, run.id], facts(run)]);
  await seed(storage, runs, (run) => [["own", run.owner, run.status, run.id], facts(run)]);
  await seed(storage, runs, (run) => [["run", run.id], untitled(run)]);
}, 120_000);

/** Three runs of bob failed, and those of one agent are as rare; all others are ann's, and succeeded. */
function runAt(index: number): Run {
  const status: RunStatus = isRare(index) ? "failed" : "succeeded";
  const owner = isRare(index) ? "bob" : "ann";
  return {
    ...{ id: idAt(index), kind: "task", owner, title: null, parentId: parentAt(index), status },
    ...{ conversationId: null, turnId: null },
    ...{ firstSeq: null, lastSeq: null, createdAtMs: index, startedAtMs: index, endedAtMs: index },
    ...{ agent: index % 40_000 === 7 ? "rare" : "coder", usage: null, result: null, error: null },
    budget: null,
    schemaWarnings: [],
  };
}

/** Whose last two thousand and five hundred runs but one were started by that one. */
function parentAt(index: number): string | null {
  return index > overCount - 2_500 ? idAt(overCount - 2_500) : null;
}

async function seed(
  storage: Storage,
  runs: readonly Run[],
  rowOf: (run: Run) => readonly [Key, object],
): Promise<void> {
  for (let at = 0; at < runs.length; at += 5_000) {
    const puts = runs.slice(at, at + 5_000).map((run) => {
      const [key, value] = rowOf(run);
      return { key, value: value as JsonValue };
    });
    await storage.commit({ puts });
  }
}

/** The extension over the seeded store, and how many rows it reads. */
async function openCounting(): Promise<{ readonly stage: Stage; readonly readCount: () => number }> {
  let count = 0;
  const counted = <Rows extends readonly unknown[]>(rows: Rows): Rows => {
    count += rows.length;
    return rows;
  };
  const wrap = (storage: Storage): Storage => ({
    get: async (key) => counted([await storage.get(key)])[0],
    getMany: async (keys) => counted(await storage.getMany(keys)),
    list: async (query) => counted(await storage.list(query)),
    commit: (changes, ...joined) => storage.commit(changes, ...joined),
    prepare: (changes) => storage.prepare(changes),
    watch: (prefix, listener) => storage.watch(prefix, listener),
    blobs: storage.blobs,
  });
  const stage = await openStage({ memory, wrap });
  const before = count;
  expect(before).toBe(0);
  return { stage, readCount: () => count };
}

async function ids(stage: Stage, query: object, principal = root): Promise<readonly string[]> {
  return (await stage.ask<Page<Run>>("runs.list", query, { principal })).items.map(({ id }) => id);
}

test("G13: nothing is read of them at the start", async () => {
  const { stage, readCount } = await openCounting();
  await using _ = stage;
  await stage.runs.active("task");
  expect(readCount()).toBe(0);
});

test("the running ones are one short page", async () => {
  const { stage, readCount } = await openCounting();
  await using _ = stage;
  const running = ["run_9000000000000001", "run_9000000000000002"];
  for (const id of running) await stage.tasks.begin(id, "ann");
  expect(await ids(stage, { status: "running" })).toEqual(running.toReversed());
  expect(await ids(stage, { status: "running" }, ann)).toEqual(running.toReversed());
  expect(await ids(stage, { status: "running" }, bob)).toEqual([]);
  // Twice two of the list and two runs, then the list alone: they are in memory by now.
  expect(readCount()).toBe(2 + 2 + 2 + 2);
  for (const id of running) {
    await stage.tasks.end(id);
    await stage.ask("runs.delete", { id });
  }
});

test("L-4: a page costs what is on it, for one owner and for all", async () => {
  const { stage, readCount } = await openCounting();
  await using _ = stage;
  expect(await ids(stage, { limit: 20 })).toHaveLength(20);
  expect(readCount()).toBeLessThanOrEqual(3 + 21 + 20);
  const before = readCount();
  expect(await ids(stage, { limit: 20 }, bob)).toEqual(rareIndexes.toReversed().map(idAt));
  expect(readCount() - before).toBeLessThanOrEqual(3 + 3);
});

test("a status that is rare is found without looking at the others", async () => {
  const { stage, readCount } = await openCounting();
  await using _ = stage;
  expect(await ids(stage, { status: "failed" })).toEqual(rareIndexes.toReversed().map(idAt));
  expect(readCount()).toBe(3 + 3);
});

test("an agent that is rare is found over pages that each look at a bounded number, and none is missed", async () => {
  const { stage, readCount } = await openCounting();
  await using _ = stage;
  const found: string[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const before = readCount();
    const query: object = { agent: "rare", limit: 50, ...(cursor === undefined ? {} : { cursor }) };
    const page: Page<Run> = await stage.ask("runs.list", query, { principal: root });
    found.push(...page.items.map(({ id }) => id));
    expect(readCount() - before).toBeLessThan(2_300);
    cursor = page.nextCursor;
  }
  expect(found).toEqual([80_007, 40_007, 7].map(idAt));
});

test("what a run has started is passed over without being read", async () => {
  const { stage, readCount } = await openCounting();
  await using _ = stage;
  const parent = "run_9000000000000000";
  const children = Array.from({ length: 40 }, (_, index) => `run_90000000000001${index + 10}`);
  await stage.tasks.begin(parent, "ann");
  for (const id of children) await stage.tasks.begin(id, "ann", parent);
  for (const id of children) await stage.tasks.end(id);
  const before = readCount();
  expect(await ids(stage, { parent: "none", limit: 1 })).toEqual([parent]);
  // Small rows alone, the run on the page, and one run of an earlier version for each list that was looked into.
  expect(readCount() - before).toBeLessThan(children.length + 20);
  await stage.tasks.end(parent);
  await stage.ask("runs.delete", { id: parent });
});

test("rows of before there were titles and parents in the lists are read with both, a bounded number for a page", async () => {
  const { stage, readCount } = await openCounting();
  await using _ = stage;
  const found: Run[] = [];
  let cursor: string | null = null;
  for (let pageCount = 1; found.length < 3; pageCount += 1) {
    const before = readCount();
    const query: object = { parent: "none", limit: 50, ...(cursor === null ? {} : { cursor }) };
    const page: Page<Run> = await stage.ask("runs.list", query, { principal: root });
    expect(readCount() - before).toBeLessThan(2 * 2_300);
    expect(page.nextCursor).not.toBeNull();
    expect(pageCount).toBeLessThan(4);
    cursor = page.nextCursor;
    found.push(...page.items);
  }
  const parent = overCount - 2_500;
  expect(found.slice(0, 3).map(({ id }) => id)).toEqual([parent, parent - 1, parent - 2].map(idAt));
  expect(found.every(({ title, parentId }) => title === null && parentId === null)).toBe(true);
});

test("G10: a page of large results is cut short, and goes on where it was cut", async () => {
  await using stage = await openStage();
  const made: string[] = [];
  for (let count = 0; count < 12; count += 1) {
    const id = idAt(count);
    await stage.tasks.begin(id, "ann");
    await stage.tasks.end(id, "succeeded", "x".repeat(300_000));
    made.unshift(id);
  }
  const found: string[] = [];
  const sizes: number[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page: Page<Run> = await stage.ask("runs.list", cursor === undefined ? {} : { cursor });
    sizes.push(page.items.length);
    found.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  }
  expect(found).toEqual(made);
  expect(sizes).toEqual([3, 3, 3, 3]);
});
