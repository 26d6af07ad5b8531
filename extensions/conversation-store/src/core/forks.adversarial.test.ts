import { noUsage, StorageReadOnlyError } from "@lathe/kernel";
import { describe, expect, test } from "vitest";
import { draft, openTestLog, wholeTurn } from "../testing/test-log.ts";

describe("forking", () => {
  test("G2: nothing of a fork can be read before its commit, and one that is refused leaves nothing", async () => {
    const { log, memory, storage } = openTestLog();
    const { id } = await log.create(draft);
    await log.append(id, wholeTurn(id, "trn_1", 2));
    const before = await storage.list({ prefix: [], limit: 1_000 });
    const gate = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    memory.guardCommits(() => {
      reached.resolve();
      return gate.promise;
    });
    const forking = log.fork(id, 3, draft);
    await reached.promise;
    expect(await log.list({ limit: 9 })).toHaveLength(1);
    gate.reject(new StorageReadOnlyError("full"));
    await expect(forking).rejects.toThrow(StorageReadOnlyError);
    memory.guardCommits(undefined);
    expect(await storage.list({ prefix: [], limit: 1_000 })).toEqual(before);
    const fork = await log.fork(id, 3, draft);
    expect(await log.entries(fork.id, { sinceSeq: 3, limit: 9 })).toMatchObject([
      { seq: 4, type: "done", finishReason: "interrupted", stepCount: 1, usage: noUsage },
      { seq: 5, type: "turn-sealed" },
    ]);
  });

  test("S7: it costs one commit, whatever the length of what is shared", async () => {
    const { log, memory } = openTestLog();
    const { id } = await log.create(draft);
    for (let turn = 0; turn < 200; turn++) await log.append(id, wholeTurn(id, `trn_${turn}`, 4));
    const commits: number[] = [];
    memory.guardCommits((all) => void commits.push(...all.map(({ puts }) => puts?.length ?? 0)));
    const fork = await log.fork(id, 1_600, draft);
    expect(fork.lastSeq).toBe(1_600);
    // Its head, its place in the owner's list, its lineage and its claim.
    expect(commits).toEqual([4]);
  });

  test("a conversation that goes on meanwhile does not keep it from being forked, nor the other way round", async () => {
    const { log } = openTestLog();
    const { id } = await log.create(draft);
    await log.append(id, wholeTurn(id, "trn_0", 1));
    const forks = Array.from({ length: 20 }, async (_, turn) => {
      await log.append(id, wholeTurn(id, `trn_${turn + 1}`, 1));
      return log.fork(id, 5, draft);
    });
    for (const { id: fork } of await Promise.all(forks))
      expect(await log.entries(fork, { sinceSeq: 0, limit: 99 })).toHaveLength(5);
    expect(await log.get(id)).toMatchObject({ lastSeq: 21 * 5 });
  });

  test("two logs over one store: a fork of what the other has deleted is refused, and leaves no claim", async () => {
    const { log: one, memory, storage } = openTestLog();
    const { log: two } = openTestLog({ memory });
    const { id } = await one.create(draft);
    await two.append(id, wholeTurn(id, "trn_0", 1));
    await one.delete(id);
    await expect(two.fork(id, 5, draft)).rejects.toThrow();
    expect(await storage.list({ prefix: [], limit: 9 })).toEqual([]);
  });

  test("a chain of forks is read through all of them, and survives them", async () => {
    const { log, storage } = openTestLog();
    const chain = [(await log.create(draft)).id];
    for (let depth = 0; depth < 30; depth++) {
      const id = chain.at(-1) ?? "";
      const entries = await log.append(id, wholeTurn(id, `trn_${depth}`, 1));
      chain.push((await log.fork(id, entries.at(-1)?.seq ?? 0, draft)).id);
    }
    const last = chain.pop() ?? "";
    const whole = await log.entries(last, { sinceSeq: 0, limit: 1_000 });
    expect(whole.map(({ seq }) => seq)).toEqual(Array.from({ length: 150 }, (_, at) => at + 1));
    expect(await log.entries(last, { sinceSeq: 73, limit: 4 })).toEqual(whole.slice(73, 77));
    for (const id of chain) await log.delete(id);
    expect(await log.entries(last, { sinceSeq: 0, limit: 1_000 })).toEqual(whole);
    expect(await log.turnEnd(last, "trn_7")).toBe(40);
    await log.delete(last);
    expect(await storage.list({ prefix: [], limit: 9 })).toEqual([]);
  });
});

describe("what others keep of a deleted conversation", () => {
  test("is asked for again at the next start where it could not go, and only then is the deletion over", async () => {
    const { log, memory, deletions, storage, warnings } = openTestLog();
    const { id } = await log.create(draft);
    await log.append(id, wholeTurn(id, "trn_0", 1));
    deletions.onErased(() => Promise.reject(new Error("the other store is full")));
    expect(await log.delete(id)).toBe(true);
    expect(warnings).toEqual(["A deleted conversation's entries are still on disk."]);

    const next = openTestLog({ memory });
    const erased: string[] = [];
    next.deletions.onErased(
      async (conversationId, keptSeq) => void erased.push(`${conversationId} ${keptSeq}`),
    );
    await next.deletions.finishAll();
    expect(erased).toEqual([`${id} 0`]);
    expect(await storage.list({ prefix: [], limit: 9 })).toEqual([]);
  });
});

test("the conversations of one owner are listed without a look at those of others", async () => {
  let readCount = 0;
  const { log } = openTestLog({
    wrap: (storage) => ({
      blobs: storage.blobs,
      get: (key) => storage.get(key),
      getMany: (keys) => {
        readCount += keys.length;
        return storage.getMany(keys);
      },
      list: async (query) => {
        const rows = await storage.list(query);
        readCount += rows.length;
        return rows;
      },
      commit: (changes, ...joined) => storage.commit(changes, ...joined),
      prepare: (changes) => storage.prepare(changes),
      watch: (prefix, listener) => storage.watch(prefix, listener),
    }),
  });
  const mine: string[] = [];
  for (let index = 0; index < 400; index++) {
    if (index % 100 === 50) mine.unshift((await log.create({ ...draft, owner: "ann" })).id);
    else await log.create({ ...draft, owner: "bob" });
  }
  const listed = await log.list({ limit: 10, owner: "ann" });
  expect(listed.map(({ id }) => id)).toEqual(mine);
  expect(readCount).toBe(8);
  // A name that begins like another's is another's all the same.
  expect(await log.list({ limit: 10, owner: "an" })).toEqual([]);
});
