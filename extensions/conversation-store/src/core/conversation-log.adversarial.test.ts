import { AppendConflictError, StorageReadOnlyError, UnknownConversationError } from "@lathe/kernel";
import { describe, expect, test } from "vitest";
import { draft, message, openTestLog, textOf } from "../testing/test-log.ts";

describe("appending", () => {
  test("G2: nothing of an append can be read before its commit", async () => {
    const { log, memory } = openTestLog();
    const { id } = await log.create(draft);
    const gate = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    memory.guardCommits(() => {
      reached.resolve();
      return gate.promise;
    });
    const append = log.append(id, [message(id, "a")], { state: "in_progress" });
    await reached.promise;
    expect(await log.entries(id, { sinceSeq: 0, limit: 10 })).toEqual([]);
    expect(await log.get(id)).toMatchObject({ lastSeq: 0, state: "idle" });
    gate.resolve();
    await append;
    expect(await log.get(id)).toMatchObject({ lastSeq: 1, state: "in_progress" });
  });

  test("a refused commit leaves no gap: the next append gets the same position", async () => {
    const { log, memory } = openTestLog();
    const { id } = await log.create(draft);
    memory.guardCommits(() => {
      throw new StorageReadOnlyError("full");
    });
    const refused = [log.append(id, [message(id, "a")]), log.append(id, [message(id, "b")])];
    await Promise.all(refused.map((append) => expect(append).rejects.toThrow(StorageReadOnlyError)));
    memory.guardCommits(undefined);
    const [entry] = await log.append(id, [message(id, "c")]);
    expect(entry?.seq).toBe(1);
    expect((await log.entries(id, { sinceSeq: 0, limit: 10 })).map(textOf)).toEqual(["c"]);
  });

  test("G3: joined changes are made with the entries, or neither is", async () => {
    const { log, memory } = openTestLog();
    const { id } = await log.create(draft);
    const other = memory.namespace("agents");
    const run = (version: number | null) =>
      other.prepare({ checks: [{ key: ["run"], version }], puts: [{ key: ["run"], value: "running" }] });
    await log.append(id, [message(id, "a")], { joined: [run(null)] });
    expect((await other.get(["run"]))?.value).toBe("running");
    await expect(log.append(id, [message(id, "b")], { joined: [run(null)] })).rejects.toThrow(
      AppendConflictError,
    );
    expect(await log.get(id)).toMatchObject({ lastSeq: 1 });
    expect((await log.append(id, [message(id, "c")]))[0]?.seq).toBe(2);
  });

  test("to a conversation that is not there makes neither entries nor joined changes", async () => {
    const { log, memory } = openTestLog();
    const other = memory.namespace("agents");
    const joined = [other.prepare({ puts: [{ key: ["run"], value: 1 }] })];
    await expect(log.append("cnv_none", [message("cnv_none", "a")], { joined })).rejects.toThrow(
      UnknownConversationError,
    );
    expect(await other.get(["run"])).toBeUndefined();
  });

  test("two logs over one store never give a position twice", async () => {
    const { log: one, memory } = openTestLog();
    const { log: two } = openTestLog({ memory });
    const { id } = await one.create(draft);
    const append = async (log: typeof one, count: number): Promise<number[]> => {
      const seqs: number[] = [];
      for (let index = 0; index < count; index++) {
        for (const { seq } of await log.append(id, [message(id, "x")])) seqs.push(seq);
      }
      return seqs;
    };
    const seqs = (await Promise.all([append(one, 20), append(two, 20)])).flat();
    expect(seqs.sort((left, right) => left - right)).toEqual(
      Array.from({ length: 40 }, (_, index) => index + 1),
    );
    expect(await one.entries(id, { sinceSeq: 0, limit: 100 })).toHaveLength(40);
  });

  test("conversations do not wait for each other", async () => {
    const { log, memory } = openTestLog();
    const [one, two] = [await log.create(draft), await log.create(draft)];
    const seen: number[] = [];
    memory.guardCommits((changes) => void seen.push(changes.length));
    const appends = [one, two, one, two].map(({ id }) => log.append(id, [message(id, "x")]));
    const lengths = (await Promise.all(appends)).map(([entry]) => entry?.seq);
    expect(lengths).toEqual([1, 1, 2, 2]);
    expect(seen).toHaveLength(4);
  });
});

describe("deleting", () => {
  test("a crash at any commit leaves nothing that can be read, and the next start finishes it", async () => {
    const commitCount = 5;
    for (let survived = 0; survived <= commitCount; survived++) {
      const { log, memory } = openTestLog();
      const { id } = await log.create(draft);
      for (let batch = 0; batch < 3; batch++) {
        await log.append(
          id,
          Array.from({ length: 500 }, () => message(id, "x")),
        );
      }
      let left = survived;
      memory.guardCommits(() => {
        if (left-- <= 0) throw new Error("the process is dead");
      });
      const deleted = await log.delete(id).catch(() => "failed");
      memory.guardCommits(undefined);

      const { log: reopened, storage, deletions, warnings } = openTestLog({ memory });
      if (survived === 0) {
        expect(deleted).toBe("failed");
        expect(await reopened.get(id)).toMatchObject({ lastSeq: 1_500 });
        continue;
      }
      expect(deleted).toBe(true);
      expect(await reopened.get(id)).toBeUndefined();
      expect(await reopened.list({ limit: 10 })).toEqual([]);
      await expect(reopened.entries(id, { sinceSeq: 0, limit: 10 })).rejects.toThrow(
        UnknownConversationError,
      );
      const leftover = (await storage.list({ prefix: [], limit: 1 })).length > 0;
      expect(leftover).toBe(survived < commitCount);
      await deletions.finishAll();
      expect(await storage.list({ prefix: [], limit: 1 })).toEqual([]);
      expect(warnings).toEqual([]);
    }
  });

  test("a disk that is full in the middle is no failure of the deletion, and is said once", async () => {
    const { log, memory, storage, deletions, warnings } = openTestLog();
    const { id } = await log.create(draft);
    await log.append(id, [message(id, "x")]);
    memory.guardCommits(([changes]) => {
      if (changes?.puts?.length === 0) throw new StorageReadOnlyError("full");
    });
    expect(await log.delete(id)).toBe(true);
    expect(warnings).toEqual(["A deleted conversation's entries are still on disk."]);
    memory.guardCommits(undefined);
    await deletions.finishAll();
    expect(await storage.list({ prefix: [], limit: 1 })).toEqual([]);
  });

  test("an end of the process in the middle stops between two batches", async () => {
    const { log, memory, storage, ending } = openTestLog();
    const { id } = await log.create(draft);
    for (let batch = 0; batch < 3; batch++) {
      await log.append(
        id,
        Array.from({ length: 500 }, () => message(id, "x")),
      );
    }
    let commits = 0;
    memory.guardCommits(() => {
      if (++commits === 2) ending.abort();
    });
    expect(await log.delete(id)).toBe(true);
    expect(commits).toBe(2);
    expect(await storage.list({ prefix: ["entry", id], limit: 1_000 })).toHaveLength(1_000);
    await openTestLog({ memory }).deletions.finishAll();
    expect(await storage.list({ prefix: [], limit: 1 })).toEqual([]);
  });

  test("appends that were called before are made, and those called after are refused", async () => {
    const { log, storage } = openTestLog();
    const { id } = await log.create(draft);
    const before = log.append(id, [message(id, "before")]);
    const deleted = log.delete(id);
    const after = log.append(id, [message(id, "after")]);
    after.catch(() => undefined);
    expect(await before).toHaveLength(1);
    expect(await deleted).toBe(true);
    await expect(after).rejects.toThrow(UnknownConversationError);
    expect(await storage.list({ prefix: [], limit: 1 })).toEqual([]);
  });

  test("another log over the same store sees that it is gone though it had the head in memory", async () => {
    const { log: one, memory } = openTestLog();
    const { log: two } = openTestLog({ memory });
    const { id } = await one.create(draft);
    await two.append(id, [message(id, "x")]);
    await one.delete(id);
    await expect(two.append(id, [message(id, "y")])).rejects.toThrow(UnknownConversationError);
  });
});
