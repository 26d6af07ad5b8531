import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { StorageDamagedError } from "@lathe/kernel";
import { open, type RootDatabase } from "lmdb";
import { expect, test } from "vitest";
import { withRoomForChecksum, writeChecksum } from "../core/row-checksum.ts";
import { openTestStore, quietly, readRows, withFolder } from "../test-store.ts";
import { backUpStore } from "./back-up-store.ts";
import { compactStore } from "./compact-store.ts";
import { verifyStore } from "./verify-store.ts";

const alone = { ...quietly, alone: true };

/** A closed store with three rows and one blob. */
async function withClosedStore(use: (folder: string) => Promise<void>): Promise<void> {
  await withFolder(async (parent) => {
    const folder = join(parent, "store");
    await mkdir(folder);
    const { store } = await openTestStore(folder);
    const storage = store.namespace("one");
    await storage.commit({ puts: [1, 2, 3].map((part) => ({ key: ["a", part], value: { part } })) });
    await storage.blobs.put(Buffer.from("a blob"));
    await store.close();
    await use(folder);
  });
}

/** Writes into the file of a closed store behind its back. */
async function tamper(
  folder: string,
  change: (database: RootDatabase<Buffer, Buffer>) => unknown,
): Promise<void> {
  const database = open<Buffer, Buffer>({
    path: folder,
    noSubdir: false,
    encoding: "binary",
    keyEncoding: "binary",
    useVersions: true,
  });
  await change(database);
  await database.close();
}

function checked(key: Buffer, text: string, version: number): Buffer {
  const value = withRoomForChecksum(text);
  writeChecksum(value, key, version);
  return value;
}

const rowKey = (...tail: number[]): Buffer => Buffer.from([0x02, 0x20, 0x6f, 0x6e, 0x65, 0, ...tail]);

test("verify counts what is stored and finds nothing wrong with it, also while commits go on", async () => {
  await withClosedStore(async (folder) => {
    expect(await verifyStore(folder, alone)).toMatchObject({
      rowCount: 3,
      blobCount: 1,
      valueBytes: expect.any(Number),
      findingCount: 0,
      findings: [],
    });
    const { store } = await openTestStore(folder);
    const storage = store.namespace("one");
    let done = false;
    const walk = verifyStore(folder, { ...quietly, alone: false }).finally(() => {
      done = true;
    });
    for (let count = 0; !done; count++) {
      const key = ["b", count % 50];
      await storage.commit(
        count % 3 === 0 ? { deletes: [key] } : { puts: [{ key, value: "x".repeat(9_000) }] },
      );
    }
    expect(await walk).toMatchObject({ findingCount: 0, blobCount: 1 });
    await store.close();
  });
});

test("a store that another process has open is not taken for a closed one", async () => {
  await withClosedStore(async (folder) => {
    const { store } = await openTestStore(folder);
    await expect(verifyStore(folder, alone)).rejects.toThrow(`in use by process ${process.pid}`);
    await expect(compactStore(folder, quietly)).rejects.toThrow(`in use by process ${process.pid}`);
    await store.namespace("one").commit({ puts: [{ key: ["b"], value: 1 }] });
    await store.close();
  });
});

test.for([
  [
    "a value that was changed",
    "does not match its checksum",
    rowKey(0x20, 0x61, 0),
    (key: Buffer) => {
      const value = checked(key, '{"part":1}', 1);
      value[2] = 0x71;
      return value;
    },
  ],
  [
    "a row under another key",
    "does not match its checksum",
    rowKey(0x20, 0x62, 0),
    () => checked(rowKey(0x20, 0x61, 0), '"mine"', 1),
  ],
  [
    "a row of another version",
    "does not match its checksum",
    rowKey(0x20, 0x62, 0),
    (key: Buffer) => checked(key, '"old"', 2),
  ],
  ["a row without a checksum that is no JSON", "no JSON", rowKey(0x20, 0x62, 0), () => Buffer.from("{")],
  ["a key that cannot be decoded", "Its key is damaged", rowKey(0x33), (key: Buffer) => checked(key, "1", 1)],
  ["a key without an end", "Its key is damaged", rowKey(0x20, 0x61), (key: Buffer) => checked(key, "1", 1)],
  [
    "a key of no kind",
    "Nothing of this kind",
    Buffer.from([0x09, 0x01]),
    (key: Buffer) => checked(key, "1", 1),
  ],
  [
    "a blob that does not match its hash",
    "do not match its hash",
    Buffer.concat([Buffer.from([0x03, 0x20, 0x6f, 0x6e, 0x65, 0]), Buffer.alloc(32, 7)]),
    () => Buffer.from("other bytes"),
  ],
] as const)("verify finds %s, and goes on", async ([, problem, key, makeValue]) => {
  await withClosedStore(async (folder) => {
    await tamper(folder, (database) => database.put(key, makeValue(key), 1));
    const walk = await verifyStore(folder, alone);
    expect(walk).toMatchObject({
      findingCount: 1,
      findings: [{ problem: expect.stringContaining(problem) }],
    });
    expect(walk.rowCount + walk.blobCount).toBeGreaterThanOrEqual(4);
  });
});

test("verify finds a version that was never given, and a mark that was changed", async () => {
  await withClosedStore(async (folder) => {
    const key = rowKey(0x20, 0x7a, 0);
    await tamper(folder, (database) => database.put(key, checked(key, "1", 2 ** 40), 2 ** 40));
    const [finding] = (await verifyStore(folder, alone)).findings;
    expect(finding).toEqual({
      where: 'the row ["z"] of one',
      problem: `Its version ${2 ** 40} was never given: the last is ${2 ** 20 + 1}.`,
    });
    await tamper(folder, (database) => database.put(Buffer.from("\x01versions"), Buffer.from("9x"), 1));
    const walk = await verifyStore(folder, alone);
    expect(walk.findings).toEqual([{ where: 'the mark "versions"', problem: "It lost its checksum." }]);
    await expect(openTestStore(folder)).rejects.toThrow('Damage in the mark "versions"');
  });
});

test("many findings are counted, and the first are shown", async () => {
  await withClosedStore(async (folder) => {
    await tamper(folder, async (database) => {
      for (let at = 0; at < 90; at++) await database.put(rowKey(0x40, at), Buffer.from("1"), 1);
    });
    const { findingCount, findings } = await verifyStore(folder, alone);
    expect({ findingCount, shown: findings.length }).toEqual({ findingCount: 90, shown: 20 });
  });
});

test("Z8: what is damaged is not shown to whoever asks for it, and everything else is", async () => {
  await withClosedStore(async (folder) => {
    const { store: before } = await openTestStore(folder);
    const digest = await before.namespace("one").blobs.put(Buffer.from("a blob"));
    await before.close();
    const key = Buffer.concat([rowKey(0x20, 0x61, 0, 0x10), Buffer.from("c000000000000000", "hex")]);
    await tamper(folder, async (database) => {
      const blobKey = Buffer.concat([
        Buffer.from([0x03, 0x20, 0x6f, 0x6e, 0x65, 0]),
        Buffer.from(digest, "hex"),
      ]);
      await database.put(blobKey, Buffer.from("A blob"), 1);
      await database.put(key, checked(rowKey(0x20), "1", 1), 1);
    });
    const { store, logged, fatal } = await openTestStore(folder);
    const storage = store.namespace("one");
    await expect(storage.get(["a", 2])).rejects.toThrow(StorageDamagedError);
    await expect(storage.get(["a", 2])).rejects.toThrow('Damage in the row ["a",2] of one');
    await expect(storage.list({ prefix: ["a"], limit: 9 })).rejects.toThrow(StorageDamagedError);
    await expect(storage.blobs.get(digest)).rejects.toThrow(StorageDamagedError);
    expect((await storage.get(["a", 1]))?.value).toEqual({ part: 1 });
    expect(await storage.list({ prefix: ["a"], before: ["a", 2], limit: 9 })).toHaveLength(1);
    // Written again it is whole again.
    await storage.commit({ puts: [{ key: ["a", 2], value: "new" }] });
    expect(await storage.list({ prefix: ["a"], limit: 9 })).toHaveLength(3);
    expect(logged.map(([level]) => level)).toEqual(["error", "error"]);
    expect(fatal).toEqual([]);
    await store.close();
  });
});

test("rows of the first format, which had no checksums, are read, verified, and get one when they are written again", async () => {
  await withFolder(async (folder) => {
    await tamper(folder, async (database) => {
      await database.put(Buffer.from("\x01format"), Buffer.from("1"), 1);
      await database.put(Buffer.from("\x01versions"), Buffer.from("1048577"), 1);
      await database.put(rowKey(0x20, 0x61, 0), Buffer.from('{"old":true}'), 7);
    });
    expect(await verifyStore(folder, alone)).toMatchObject({ rowCount: 1, findingCount: 0 });
    const { store } = await openTestStore(folder);
    const storage = store.namespace("one");
    expect(await storage.get(["a"])).toEqual({ key: ["a"], value: { old: true }, version: 7 });
    await storage.commit({ puts: [{ key: ["b"], value: 1 }] });
    expect((await storage.get(["b"]))?.version).toBe(1_048_578);
    await store.close();
    expect(await verifyStore(folder, alone)).toMatchObject({ rowCount: 2, findingCount: 0 });
  });
});

test("a damaged store is neither backed up nor compacted under the name of a good one", async () => {
  await withClosedStore(async (folder) => {
    await tamper(folder, (database) => database.put(rowKey(0x20, 0x62, 0), Buffer.from("{"), 1));
    const before = await readFile(join(folder, "data.mdb"));
    const damaged = { code: "state-care-failed", message: expect.stringContaining('the row ["b"] of one') };
    const marks = { softFreeBytes: 0, softFreePercent: 0, hardFreeBytes: 0, hardFreePercent: 0 };
    const target = join(folder, "..", "backup");
    const backup = backUpStore(folder, { ...alone, target, compact: true, marks });
    await expect(backup).rejects.toMatchObject(damaged);
    await expect(compactStore(folder, quietly)).rejects.toMatchObject(damaged);
    expect((await readFile(join(folder, "data.mdb"))).equals(before)).toBe(true);
    expect((await readdir(folder)).sort()).toEqual(["data.mdb", "lock.mdb"]);
  });
});

test("H11s: what was deleted is not served, may stay in the file, and is gone from it after a compaction", async () => {
  await withClosedStore(async (folder) => {
    const canary = "canary-that-was-deleted";
    const first = await openTestStore(folder);
    const one = first.store.namespace("one");
    for (let part = 0; part < 200; part++)
      await one.commit({ puts: [{ key: ["run", part], value: canary.repeat(100) }] });
    const digest = await one.blobs.put(Buffer.from(canary.repeat(1_000)));
    await one.commit({ deletes: Array.from({ length: 200 }, (_, part) => ["run", part]) });
    await one.blobs.delete(digest);
    expect(await readRows(one, ["run"])).toEqual([]);
    expect(await one.blobs.get(digest)).toBeUndefined();
    await first.store.close();
    const path = join(folder, "data.mdb");
    expect((await readFile(path)).includes(canary)).toBe(true);

    const compaction = await compactStore(folder, quietly);
    expect(compaction).toMatchObject({ rowCount: 3, blobCount: 1 });
    expect((await stat(path)).size).toBe(compaction.afterBytes);
    expect(compaction.afterBytes).toBeLessThan(compaction.beforeBytes / 4);
    expect((await readFile(path)).includes(canary)).toBe(false);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).sort()).toEqual(["data.mdb", "lock.mdb"]);

    const { store } = await openTestStore(folder);
    expect(await readRows(store.namespace("one"), [])).toHaveLength(3);
    await store.namespace("one").commit({ puts: [{ key: ["z"], value: 1 }] });
    await store.close();
    expect(await verifyStore(folder, alone)).toMatchObject({ rowCount: 4, findingCount: 0 });
  });
});

test("what a compaction that was cut off has left is gone with the next start, and the store is as it was", async () => {
  await withClosedStore(async (folder) => {
    await mkdir(join(folder, "compacting-cutoff"));
    await writeFile(join(folder, "compacting-cutoff", "data.mdb"), "half");
    const { store } = await openTestStore(folder);
    expect((await readdir(folder)).sort()).toEqual(["data.mdb", "lock.mdb"]);
    expect(await readRows(store.namespace("one"), [])).toHaveLength(3);
    await store.close();
  });
});

test("an abort leaves a store that is being compacted as it was", async () => {
  await withClosedStore(async (folder) => {
    const aborted = { ...quietly, signal: AbortSignal.abort() };
    await expect(compactStore(folder, aborted)).rejects.toMatchObject({ code: "aborted" });
    expect((await readdir(folder)).sort()).toEqual(["data.mdb", "lock.mdb"]);
    expect(await verifyStore(folder, alone)).toMatchObject({ rowCount: 3, findingCount: 0 });
  });
});
