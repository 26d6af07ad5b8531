import { stepComplete } from "@lathe/extension-kit/testing";
import { type Conversation, type Storage, UnknownConversationError } from "@lathe/kernel";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { draft, message, openTestLog, textOf } from "../testing/test-log.ts";

describe("a conversation", () => {
  test("begins idle and empty, and is found again by its id", async () => {
    const { log } = openTestLog();
    const made = await log.create({
      owner: "local",
      title: "A title",
      agent: "default",
      model: "a/b",
      cwd: "/home",
    });
    expect(made).toEqual({
      id: expect.stringMatching(/^cnv_/),
      owner: "local",
      title: "A title",
      agent: "default",
      model: "a/b",
      cwd: "/home",
      state: "idle",
      lastSeq: 0,
      forkedFrom: null,
      parentRunId: null,
      overrides: null,
      createdAtMs: 1_000,
      updatedAtMs: 1_000,
      lastActiveAtMs: 1_000,
    });
    expect(await log.get(made.id)).toEqual(made);
    expect(await log.get("cnv_unknown")).toBeUndefined();
  });

  test("is listed newest first, page by page", async () => {
    const { log } = openTestLog();
    const made: string[] = [];
    for (let index = 0; index < 5; index++) made.unshift((await log.create(draft)).id);
    const first = await log.list({ limit: 2 });
    const second = await log.list({ limit: 2, after: first.at(-1) as Conversation });
    const third = await log.list({ limit: 2, after: second.at(-1) as Conversation });
    expect([...first, ...second, ...third].map(({ id }) => id)).toEqual(made);
  });

  test("that a run began for its own work is not read by any list, however many there are", async () => {
    let readCount = 0;
    const { log, storage } = openTestLog({
      wrap: (store) => ({
        blobs: store.blobs,
        get: (key) => store.get(key),
        getMany: (keys) => store.getMany(keys),
        commit: (changes, ...joined) => store.commit(changes, ...joined),
        prepare: (changes) => store.prepare(changes),
        watch: (prefix, listener) => store.watch(prefix, listener),
        list: async (page) => {
          const rows = await store.list(page);
          readCount += rows.length;
          return rows;
        },
      }),
    });
    const [older, parentRunId] = [await log.create(draft), "run_1"];
    for (let index = 0; index < 3_000; index++) await log.create({ ...draft, parentRunId });
    const newer = await log.create(draft);
    for (const page of [{ limit: 10 }, { limit: 10, owner: draft.owner }]) {
      readCount = 0;
      expect((await log.list(page)).map(({ id }) => id)).toEqual([newer.id, older.id]);
      // Who has any, where nobody is named, and those that are shown.
      expect(readCount).toBe("owner" in page ? 2 : 3);
    }
    const begun = await log.create({ ...draft, parentRunId });
    await log.append(begun.id, [message(begun.id, "a")]);
    await log.delete(begun.id);
    const last = await storage.list({ prefix: ["run-head"], reverse: true, limit: 1 });
    expect(last.map(({ key }) => key[1])).not.toEqual([begun.id]);
    expect(await storage.list({ prefix: ["entry"], limit: 1 })).toEqual([]);
  });

  test("that an older version stored has neither a parent nor overrides, and goes on", async () => {
    const { log, memory, storage } = openTestLog();
    const { parentRunId: _, overrides: __, lastActiveAtMs: ___, ...older } = await log.create(draft);
    await storage.commit({ puts: [{ key: ["head", older.id], value: older }] });
    const { log: reopened } = openTestLog({ memory });
    const whole = { ...older, parentRunId: null, overrides: null, lastActiveAtMs: older.updatedAtMs };
    expect(await reopened.get(older.id)).toEqual(whole);
    expect(await reopened.list({ limit: 1 })).toEqual([whole]);
    expect(await reopened.list({ limit: 1, owner: draft.owner })).toEqual([whole]);
    await reopened.append(older.id, [message(older.id, "a")]);
    expect(await reopened.get(older.id)).toMatchObject({ lastSeq: 1, parentRunId: null });
    expect(await reopened.delete(older.id)).toBe(true);
  });

  test("is deleted with all its entries, and nothing of it is left in the store", async () => {
    const { log, storage } = openTestLog();
    const kept = await log.create(draft);
    const gone = await log.create(draft);
    await log.append(kept.id, [message(kept.id, "kept")]);
    await log.append(
      gone.id,
      Array.from({ length: 1_234 }, (_, index) => message(gone.id, `${index}`)),
    );
    expect(await log.delete(gone.id)).toBe(true);
    expect(await log.delete(gone.id)).toBe(false);
    expect(await log.get(gone.id)).toBeUndefined();
    await expect(log.entries(gone.id, { sinceSeq: 0, limit: 10 })).rejects.toThrow(UnknownConversationError);
    await expect(log.append(gone.id, [])).rejects.toThrow(UnknownConversationError);
    const left = await storage.list({ prefix: [], limit: 1_000 });
    const { lastActiveAtMs } = (await log.get(kept.id)) as Conversation;
    expect(left.map(({ key }) => key)).toEqual([
      ["activity", "local", lastActiveAtMs, kept.id],
      ["entry", kept.id, 1],
      ["head", kept.id],
    ]);
  });

  test("is deleted only while it is idle where that is asked for", async () => {
    const { log } = openTestLog();
    const { id } = await log.create(draft);
    await log.append(id, [message(id, "go")], { state: "in_progress" });
    expect(await log.remove(id, { onlyIdle: true })).toEqual({ kind: "busy" });
    await log.append(id, [], { state: "idle" });
    expect(await log.remove(id, { onlyIdle: true })).toEqual({ kind: "deleted" });
    expect(await log.remove(id, { onlyIdle: true })).toEqual({ kind: "absent" });
  });
});

describe("its log", () => {
  test("gives positions from 1, in the order of the events, and moves the head with them", async () => {
    const { log } = openTestLog();
    const { id } = await log.create(draft);
    const first = await log.append(id, [message(id, "a"), message(id, "b")], { state: "in_progress" });
    const second = await log.append(id, [message(id, "c")]);
    expect([...first, ...second].map((entry) => [entry.seq, textOf(entry)])).toEqual([
      [1, "a"],
      [2, "b"],
      [3, "c"],
    ]);
    expect(await log.entries(id, { sinceSeq: 0, limit: 10 })).toEqual([...first, ...second]);
    expect(await log.entries(id, { sinceSeq: 1, limit: 1 })).toEqual([first[1]]);
    expect(await log.entries(id, { sinceSeq: 3, limit: 1 })).toEqual([]);
    const head = await log.get(id);
    expect(head).toMatchObject({ lastSeq: 3, state: "in_progress", updatedAtMs: second[0]?.atMs });
  });

  test("is dense and in order whoever appends, and goes on where it was after a restart", async () => {
    await fc.assert(
      fc.asyncProperty(randomHistory(), async (restarts) => {
        const { memory, log } = openTestLog();
        const id = (await log.create(draft)).id;
        const acknowledged: string[] = [];
        let expectedSeq = 0;
        for (const callers of restarts) {
          // Each restart has fresh heads over what the store kept; the cache is too small for more than one.
          const { log: reopened } = openTestLog({ memory, headCacheCountMax: 1 });
          await Promise.all(
            callers.map(async (batches, caller) => {
              for (const size of batches) {
                const texts = Array.from({ length: size }, (_, index) => `${caller}.${size}.${index}`);
                const entries = await reopened.append(
                  id,
                  texts.map((text) => message(id, text)),
                );
                expect(entries.map(textOf)).toEqual(texts);
                for (const entry of entries) acknowledged[entry.seq] = textOf(entry);
                expectedSeq += size;
              }
            }),
          );
        }
        const { log: last } = openTestLog({ memory });
        const entries = await last.entries(id, { sinceSeq: 0, limit: 1_000 });
        expect(entries.map(({ seq }) => seq)).toEqual(
          Array.from({ length: expectedSeq }, (_, index) => index + 1),
        );
        expect(entries.map(textOf)).toEqual(acknowledged.slice(1));
        expect((await last.get(id))?.lastSeq).toBe(expectedSeq);
      }),
      { numRuns: 50 },
    );
  });

  test("costs one commit and no read per append, however long it is", async () => {
    const calls: string[] = [];
    const { log } = openTestLog({ wrap: (storage) => counting(storage, calls) });
    const { id } = await log.create(draft);
    for (let index = 0; index < 20; index++) {
      await log.append(
        id,
        Array.from({ length: 100 }, () => message(id, "long")),
      );
    }
    calls.length = 0;
    await log.append(id, [message(id, "one more")], { state: "idle" });
    await log.append(id, [stepComplete({ conversationId: id, turnId: "trn_1" }, 0)]);
    // Entry and head; a message has a place among those of the owner besides.
    expect(calls).toEqual(["commit of 3", "commit of 2"]);
  });
});

/** For each restart, for each of some callers, the sizes of what it appends. */
const randomHistory = (): fc.Arbitrary<number[][][]> =>
  fc.array(fc.array(fc.array(fc.nat(3), { maxLength: 4 }), { minLength: 1, maxLength: 4 }), {
    minLength: 1,
    maxLength: 3,
  });

function counting(storage: Storage, calls: string[]): Storage {
  return {
    get: (key) => {
      calls.push("get");
      return storage.get(key);
    },
    getMany: (keys) => {
      calls.push("getMany");
      return storage.getMany(keys);
    },
    list: (query) => {
      calls.push("list");
      return storage.list(query);
    },
    commit: (changes, ...joined) => {
      calls.push(`commit of ${changes.puts?.length ?? 0}`);
      return storage.commit(changes, ...joined);
    },
    prepare: (changes) => storage.prepare(changes),
    watch: (prefix, listener) => storage.watch(prefix, listener),
    blobs: storage.blobs,
  };
}
