import { mkdirSync, writeFileSync } from "node:fs";
import { cp, mkdir, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { noMarks, openTestStore, quietly, readRows, withFolder } from "../test-store.ts";
import { backUpStore } from "./back-up-store.ts";
import { verifyStore } from "./verify-store.ts";

const asked = { ...quietly, compact: true, alone: false, marks: noMarks };

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

test.for([
  { compact: true },
  { compact: false },
])("S8: a backup of a store that takes commits holds whatever was acknowledged before it, as a store of its own: %o", async ({
  compact,
}) => {
  await withFolder(async (parent) => {
    const folder = join(parent, "store");
    const target = join(parent, "backup");
    await mkdir(folder);
    const { store } = await openTestStore(folder);
    const storage = store.namespace("one");
    let count = 0;
    const commitNext = async (): Promise<void> => {
      count++;
      await storage.commit({ puts: [{ key: ["row", count], value: "x".repeat(500) }] });
    };
    for (let round = 0; round < 200; round++) await commitNext();
    const digest = await storage.blobs.put(Buffer.alloc(100_000, "blob"));
    const before = count;
    let done = false;
    const backup = backUpStore(folder, { ...asked, target, compact }).finally(() => {
      done = true;
    });
    while (!done) await commitNext();
    const { walk, fileBytes } = await backup;
    expect(walk).toMatchObject({ findingCount: 0, blobCount: 1 });
    expect(walk.rowCount).toBeGreaterThanOrEqual(before);
    expect(count).toBeGreaterThan(before);
    await store.close();

    expect(await readdir(parent)).toEqual(["backup", "store"]);
    expect(await readdir(target)).toEqual(["data.mdb"]);
    expect((await stat(join(target, "data.mdb"))).size).toBe(fileBytes);
    expect(await modeOf(target)).toBe(0o700);
    expect(await modeOf(join(target, "data.mdb"))).toBe(0o600);

    const restored = await openTestStore(target);
    const rows = await readRows(restored.store.namespace("one"), ["row"]);
    expect(rows.map(({ key }) => key[1])).toEqual(Array.from({ length: walk.rowCount }, (_, at) => at + 1));
    expect(await restored.store.namespace("one").blobs.get(digest)).toHaveLength(100_000);
    await restored.store.close();
  });
});

test("restore: a copy of a backup in the place of the store is the store as it was then, and versions still grow", async () => {
  await withFolder(async (parent) => {
    const folder = join(parent, "store");
    const target = join(parent, "backup");
    await mkdir(folder);
    const first = await openTestStore(folder);
    await first.store.namespace("one").commit({ puts: [{ key: ["a"], value: "kept" }] });
    await backUpStore(folder, { ...asked, target });
    await first.store.namespace("one").commit({ puts: [{ key: ["b"], value: "later" }] });
    await first.store.close();

    const restored = join(parent, "restored");
    await cp(target, restored, { recursive: true });
    const { store } = await openTestStore(restored);
    const rows = await readRows(store.namespace("one"), []);
    expect(rows.map(({ value }) => value)).toEqual(["kept"]);
    const outcome = await store.namespace("one").commit({ puts: [{ key: ["a"], value: "new" }] });
    expect(outcome).toMatchObject({ kind: "committed" });
    expect(outcome.kind === "committed" && outcome.version).toBeGreaterThan(rows[0]?.version ?? 0);
    await store.close();
  });
});

test.for([
  ["a folder that is not empty", "full", "it is not empty"],
  ["a file", "file", "it is no folder"],
  ["a symbolic link", "link", "it is no folder"],
  ["a folder inside of the store", "store/backup", "inside of the store"],
  ["the store itself", "store", "inside of the store"],
  ["a folder whose parent is missing", "missing/backup", "ENOENT"],
] as const)("a backup to %s is refused, and nothing is left", async ([, name, reason]) => {
  await withFolder(async (parent) => {
    const folder = join(parent, "store");
    await mkdir(folder);
    await mkdir(join(parent, "full"));
    await writeFile(join(parent, "full", "a"), "a");
    await writeFile(join(parent, "file"), "a");
    await symlink(join(parent, "elsewhere"), join(parent, "link"));
    const { store } = await openTestStore(folder);
    const refused = backUpStore(folder, { ...asked, target: join(parent, name) });
    await expect(refused).rejects.toMatchObject({
      code: "bad-folder",
      message: expect.stringContaining(reason),
    });
    expect(await readdir(parent)).toEqual(["file", "full", "link", "store"]);
    await store.close();
  });
});

test("a backup that leaves the disk too little is refused before it begins", async () => {
  await withFolder(async (parent) => {
    const folder = join(parent, "store");
    await mkdir(folder);
    const { store } = await openTestStore(folder);
    const marks = { ...noMarks, hardFreeBytes: Number.MAX_SAFE_INTEGER, hardFreePercent: 100 };
    const refused = backUpStore(folder, { ...asked, target: join(parent, "backup"), marks });
    await expect(refused).rejects.toMatchObject({ code: "no-space" });
    expect(await readdir(parent)).toEqual(["store"]);
    await store.close();
  });
});

test("a folder that appears while its backup is made is left alone, and the half backup is gone", async () => {
  await withFolder(async (parent) => {
    const folder = join(parent, "store");
    const target = join(parent, "backup");
    await mkdir(folder);
    const { store } = await openTestStore(folder);
    await store.namespace("one").blobs.put(Buffer.alloc(30_000_000, "large"));
    const onProgress = (): void => {
      mkdirSync(target, { recursive: true });
      writeFileSync(join(target, "mine"), "mine");
    };
    const backup = backUpStore(folder, { ...asked, target, onProgress });
    await expect(backup).rejects.toMatchObject({ code: "bad-folder" });
    expect(await readdir(parent)).toEqual(["backup", "store"]);
    expect(await readdir(target)).toEqual(["mine"]);
    await store.close();
  });
});

test("an abort ends a backup at once, leaves nothing of it, and the store goes on", async () => {
  await withFolder(async (parent) => {
    const folder = join(parent, "store");
    await mkdir(folder);
    const { store } = await openTestStore(folder);
    const storage = store.namespace("one");
    await storage.blobs.put(Buffer.alloc(30_000_000, "large"));
    const aborter = new AbortController();
    // Once something of it is on the disk.
    const onProgress = (): void => aborter.abort();
    const options = { ...asked, target: join(parent, "backup"), signal: aborter.signal, onProgress };
    await expect(backUpStore(folder, options)).rejects.toMatchObject({ code: "aborted" });
    expect(await readdir(parent)).toEqual(["store"]);
    await storage.commit({ puts: [{ key: ["a"], value: 1 }] });
    await store.close();
    await (await openTestStore(folder)).store.close();
  });
});

test("helpers that are ended at any moment leave a store that goes on, and no page held back", async () => {
  await withFolder(async (parent) => {
    const folder = join(parent, "store");
    await mkdir(folder);
    const { store } = await openTestStore(folder);
    const storage = store.namespace("one");
    for (let at = 0; at < 30; at++) await storage.blobs.put(Buffer.alloc(300_000, `${at} `));
    const commitNext = async (at: number): Promise<void> => {
      await storage.commit({ puts: [{ key: ["row", at % 20], value: "x".repeat(20_000) }] });
    };
    for (let round = 0; round < 12; round++) {
      const aborter = new AbortController();
      const options = { ...asked, target: join(parent, "backup"), signal: aborter.signal };
      const backup = backUpStore(folder, options).then(
        () => "done",
        () => "ended",
      );
      const end = setTimeout(() => aborter.abort(), 60 + 25 * round);
      for (let at = 0; at < 20; at++) await commitNext(at);
      if ((await backup) === "done") await rm(join(parent, "backup"), { recursive: true });
      clearTimeout(end);
      store.forgetDeadReaders();
    }
    const sizeBefore = (await stat(join(folder, "data.mdb"))).size;
    for (let at = 0; at < 500; at++) await commitNext(at);
    expect((await stat(join(folder, "data.mdb"))).size).toBeLessThan(sizeBefore + 2_000_000);
    await store.close();
    expect(await readdir(parent)).toEqual(["store"]);
    expect(await verifyStore(folder, { ...quietly, alone: true })).toMatchObject({ findingCount: 0 });
  });
}, 60_000);

test("a backup that was aborted before it began is not begun", async () => {
  await withFolder(async (parent) => {
    const folder = join(parent, "store");
    await mkdir(folder);
    const { store } = await openTestStore(folder);
    const options = { ...asked, target: join(parent, "backup"), signal: AbortSignal.abort() };
    await expect(backUpStore(folder, options)).rejects.toMatchObject({ code: "aborted" });
    expect(await readdir(parent)).toEqual(["store"]);
    await store.close();
  });
});

test("there is no backup of a folder without a store", async () => {
  await withFolder(async (parent) => {
    const options = { ...asked, target: join(parent, "backup"), alone: true };
    const refused = backUpStore(join(parent, "nothing"), options);
    await expect(refused).rejects.toMatchObject({ message: expect.stringContaining("There is no store in") });
    expect(await readdir(parent)).toEqual([]);
  });
});
