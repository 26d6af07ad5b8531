import { type CommitOutcome, StorageFailedError, StorageOverloadedError } from "@lathe/kernel";
import { expect, test } from "vitest";
import { type CommitDesk, CommitQueue, type Write } from "./commit-queue.ts";
import type { EncodedChanges } from "./encoded-changes.ts";
import { VersionLedger } from "./version-ledger.ts";

/** An engine whose every group waits until the test lets it end. */
class HeldEngine {
  readonly groups: { readonly writes: readonly Write[]; readonly end: PromiseWithResolvers<void> }[] = [];
  readonly failures: StorageFailedError[] = [];
  readonly queue: CommitQueue;

  constructor(limits: Partial<CommitDesk> = {}) {
    this.queue = new CommitQueue({
      versions: new VersionLedger(0),
      commitCountMax: 1_000,
      valueBytesMax: 1_000_000,
      versionOf: () => undefined,
      refusalOf: () => undefined,
      write: (writes) => {
        const end = Promise.withResolvers<void>();
        this.groups.push({ writes, end });
        return end.promise;
      },
      committed: () => undefined,
      failed: (reason) => this.failures.push(reason),
      ...limits,
    });
  }

  commit(name: string, changes: Partial<EncodedChanges> = {}): Promise<CommitOutcome> {
    const puts = [{ key: Buffer.from(name), value: Buffer.from(name) }];
    const valueBytes = changes.valueBytes ?? name.length;
    return this.queue.commit([
      { listeners: undefined, checks: [], deletes: [], puts, ...changes, valueBytes },
    ]);
  }

  /** The keys of each group so far. */
  keys(): string[][] {
    return this.groups.map(({ writes }) => writes.map(({ key }) => key.toString()));
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("what is committed in one turn of the event loop is one group, and what comes meanwhile the next", async () => {
  const engine = new HeldEngine();
  const first = [engine.commit("a"), engine.commit("b")];
  await turn();
  const second = [engine.commit("c"), engine.commit("d"), engine.commit("e")];
  await turn();
  expect(engine.keys()).toEqual([["a", "b"]]);
  engine.groups[0]?.end.resolve();
  await Promise.all(first);
  await turn();
  expect(engine.keys()).toEqual([
    ["a", "b"],
    ["c", "d", "e"],
  ]);
  engine.groups[1]?.end.resolve();
  const outcomes = await Promise.all([...first, ...second]);
  expect(outcomes).toEqual([1, 2, 3, 4, 5].map((version) => ({ kind: "committed", version })));
});

test("a conflict settles only after what it lost to is durable", async () => {
  const engine = new HeldEngine();
  const won = engine.commit("a", { checks: [{ key: Buffer.from("a"), version: null }] });
  let answered = false;
  const lost = engine.commit("a", { checks: [{ key: Buffer.from("a"), version: null }] });
  lost.then(() => {
    answered = true;
  });
  await turn();
  expect(answered).toBe(false);
  engine.groups[0]?.end.resolve();
  expect(await Promise.all([won, lost])).toEqual([{ kind: "committed", version: 1 }, { kind: "conflict" }]);
});

test("L8: no group grows beyond its bounds, however much waits", async () => {
  const engine = new HeldEngine({ valueBytesMax: 2 ** 40, commitCountMax: 2 ** 40 });
  const megabytes = Array.from({ length: 40 }, (_, index) =>
    engine.commit(`m${index}`, { valueBytes: 2 ** 20 }),
  );
  const many = Array.from({ length: 3 }, (_, index) =>
    engine.commit(`n${index}`, { deletes: Array.from({ length: 60_000 }, () => Buffer.from("x")) }),
  );
  for (let group = 0; engine.queue.groupUnderWay !== undefined; group++) {
    await turn();
    engine.groups[group]?.end.resolve();
    await turn();
  }
  await Promise.all([...megabytes, ...many]);
  const sizes = engine.groups.map(({ writes }) => writes.length);
  expect(Math.max(...sizes)).toBeLessThan(100_000);
  expect(sizes).toEqual([16, 16, 8 + 60_001, 60_001, 60_001]);
});

test("L8: a commit that alone is beyond the bound is refused", async () => {
  const engine = new HeldEngine();
  const deletes = Array.from({ length: 100_000 }, () => Buffer.from("x"));
  await expect(engine.commit("a", { deletes })).rejects.toThrow(RangeError);
  expect(engine.groups).toEqual([]);
});

test.each<[string, Partial<CommitDesk>]>([
  ["commits", { commitCountMax: 3 }],
  ["bytes", { valueBytesMax: 30 }],
])("L8: too many %s that wait are refused, and there is room again when they are written", async (_name, limits) => {
  const engine = new HeldEngine(limits);
  const held = engine.commit("held");
  await turn();
  const waiting = ["a", "b", "c"].map((name) => engine.commit(name, { valueBytes: 10 }));
  await expect(engine.commit("d", { valueBytes: 10 })).rejects.toThrow(StorageOverloadedError);
  engine.groups[0]?.end.resolve();
  await held;
  await turn();
  const welcome = engine.commit("e", { valueBytes: 10 });
  engine.groups[1]?.end.resolve();
  await Promise.all(waiting);
  await turn();
  engine.groups[2]?.end.resolve();
  expect((await welcome).kind).toBe("committed");
  expect(engine.keys()).toEqual([["held"], ["a", "b", "c"], ["e"]]);
});

test("L7: after a failure everything under way and waiting rejects, and nothing is written any more", async () => {
  const engine = new HeldEngine();
  const underWay = engine.commit("a");
  await turn();
  const waiting = engine.commit("b");
  engine.groups[0]?.end.reject(new Error("Input/output error"));
  await expect(underWay).rejects.toThrow(StorageFailedError);
  await expect(waiting).rejects.toThrow("Input/output error");
  await expect(engine.commit("c")).rejects.toThrow(StorageFailedError);
  expect(engine.failures).toHaveLength(1);
  expect(engine.keys()).toEqual([["a"]]);
  await engine.queue.idle();
});

test("a group that never ends rejects when the queue is told so, and its late end acknowledges nothing", async () => {
  const engine = new HeldEngine();
  const underWay = engine.commit("a");
  await turn();
  const idle = engine.queue.idle();
  engine.queue.fail(new StorageFailedError("stalled"));
  await expect(underWay).rejects.toThrow("stalled");
  await idle;
  engine.groups[0]?.end.resolve();
  await turn();
  await expect(engine.commit("b")).rejects.toThrow("stalled");
  expect(engine.keys()).toEqual([["a"]]);
});
