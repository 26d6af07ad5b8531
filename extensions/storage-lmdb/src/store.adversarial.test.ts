import { chmod, mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type CommitOutcome,
  type Key,
  type Storage,
  StorageFailedError,
  StorageReadOnlyError,
} from "@lathe/kernel";
import { open } from "lmdb";
import { describe, expect, test } from "vitest";
import { verifyStore } from "./edge/verify-store.ts";
import { startChild } from "./faults/child.ts";
import { openTestStore, quietly, type TestStore, withFolder } from "./test-store.ts";

const put = (storage: Storage, part: number): Promise<unknown> =>
  storage.commit({ puts: [{ key: ["a", part], value: part }] });

describe("opening", () => {
  test("G1: a folder that this process has open is refused", async () => {
    await withFolder(async (folder) => {
      const { store } = await openTestStore(folder);
      await expect(openTestStore(folder)).rejects.toThrow("open in this process already");
      await put(store.namespace("one"), 1);
      await store.close();
    });
  });

  test("G1: a folder that another process has open is refused with its id, until that one is dead", async () => {
    await withFolder(async (folder) => {
      const opened = Promise.withResolvers<void>();
      const child = startChild("holding-child.ts", [folder], {}, () => opened.resolve());
      await Promise.race([opened.promise, child.ended]);
      await expect(openTestStore(folder)).rejects.toThrow(`in use by process ${child.process.pid}`);
      child.process.kill("SIGKILL");
      await child.ended;
      const { store } = await openTestStore(folder);
      await store.close();
    });
  });

  test("a store of a newer format is refused and left as it is", async () => {
    await withFolder(async (folder) => {
      const { store } = await openTestStore(folder);
      await store.close();
      await writeFormat(folder, "3");
      await expect(openTestStore(folder)).rejects.toThrow(
        "written by a newer Lathe (format 3; this one knows 2)",
      );
      await writeFormat(folder, "2");
      await (await openTestStore(folder)).store.close();
    });
  });

  test("an LMDB file of somebody else is refused", async () => {
    await withFolder(async (folder) => {
      const other = open({ path: folder, noSubdir: false });
      await other.put("key", "value");
      await other.close();
      await expect(openTestStore(folder)).rejects.toThrow("was not written by Lathe");
    });
  });

  test.each([
    ["text", "this is no database ".repeat(1_000)],
    ["zeros", "\0".repeat(20_000)],
    ["three bytes", "abc"],
  ])("a file that is no LMDB file is refused with the folder's name: %s", async (_name, content) => {
    await withFolder(async (folder) => {
      await writeFile(join(folder, "data.mdb"), content);
      await expect(openTestStore(folder)).rejects.toThrow(
        `The store in ${folder} cannot be opened: data.mdb`,
      );
    });
  });

  test("an empty file, as a crash at the very first start leaves it, is a new store", async () => {
    await withFolder(async (folder) => {
      await writeFile(join(folder, "data.mdb"), "");
      const { store } = await openTestStore(folder);
      await put(store.namespace("one"), 1);
      await store.close();
    });
  });

  test("a folder with a dot in its name holds the files inside of it", async () => {
    await withFolder(async (parent) => {
      const folder = join(parent, "state.d");
      await mkdir(folder);
      const { store } = await openTestStore(folder);
      await put(store.namespace("one"), 1);
      await store.close();
      expect((await readdir(folder)).sort()).toEqual(["data.mdb", "lock.mdb"]);
    });
  });
});

describe("the files", () => {
  const modesOf = async (folder: string): Promise<string[]> =>
    await Promise.all(
      ["data.mdb", "lock.mdb"].map(async (name) =>
        ((await stat(join(folder, name))).mode & 0o777).toString(8),
      ),
    );

  test("F15: they are for this user alone, whatever the umask, also those of an earlier start", async () => {
    await withFolder(async (folder) => {
      const before = process.umask(0);
      try {
        await (await openTestStore(folder)).store.close();
        expect(await modesOf(folder)).toEqual(["600", "600"]);
        for (const name of ["data.mdb", "lock.mdb"]) await chmod(join(folder, name), 0o664);
        await (await openTestStore(folder)).store.close();
        expect(await modesOf(folder)).toEqual(["600", "600"]);
      } finally {
        process.umask(before);
      }
    });
  });

  test("F15: a folder on a network disk is refused, and nothing is made in it", async () => {
    await withFolder(async (folder) => {
      for (const type of [0x6969, 0xff534d42, 0xff534d42 - 2 ** 32]) {
        const refused = openTestStore(folder, {}, { readDiskType: async () => type });
        await expect(refused).rejects.toThrow(/is on a network disk .* --state/);
      }
      expect(await readdir(folder)).toEqual([]);
    });
  });

  test("L9: rows that come and go while everything is read again and again do not make the file grow", async () => {
    await withFolder(async (folder) => {
      const { store } = await openTestStore(folder);
      const storage = store.namespace("one");
      for (let at = 0; at < 700; at++) {
        await storage.commit({
          puts: [{ key: ["job", at], value: "x".repeat(8_000) }],
          deletes: [["job", at - 50]],
        });
        if (at % 5 === 0) await storage.list({ prefix: ["job"], limit: 20 });
        if (at % 300 === 150) void verifyStore(folder, { ...quietly, alone: false });
      }
      await verifyStore(folder, { ...quietly, alone: false });
      await store.close();
      // 50 rows of three pages live at once, of 8.6 MB that were written.
      expect((await stat(join(folder, "data.mdb"))).size).toBeLessThan(4_000_000);
    });
  });
});

describe("closing", () => {
  test("what was committed before the close is kept, and what is asked for after it is refused", async () => {
    await withFolder(async (folder) => {
      const { store } = await openTestStore(folder);
      const storage = store.namespace("one");
      const commits = Array.from({ length: 100 }, (_, index) => put(storage, index));
      const closed = store.close();
      await expect(put(storage, 999)).rejects.toThrow("The store is closed.");
      await Promise.all([...commits, closed]);
      for (const refused of [
        storage.get(["a"]),
        storage.getMany([["a"]]),
        storage.list({ prefix: [], limit: 1 }),
        storage.blobs.put(Buffer.from("x")),
        storage.blobs.get("0".repeat(64)),
      ]) {
        await expect(refused).rejects.toThrow(StorageFailedError);
      }
      await store.close();
      const again = await openTestStore(folder);
      expect(await again.store.namespace("one").list({ prefix: ["a"], limit: 1_000 })).toHaveLength(100);
      await again.store.close();
    });
  });
});

describe("reading", () => {
  test("L9: pages that are being read do not make the file grow while rows are written over", async () => {
    await withFolder(async (folder) => {
      const { store } = await openTestStore(folder);
      const storage = store.namespace("one");
      for (let part = 0; part < 10; part++) await put(storage, part);
      let after: Key | undefined;
      for (let round = 0; round < 400; round++) {
        const page = await storage.list({
          prefix: ["a"],
          limit: 3,
          ...(after === undefined ? {} : { after }),
        });
        after = page.at(-1)?.key;
        await storage.commit({ puts: [{ key: ["big"], value: "x".repeat(20_000) }] });
      }
      await store.close();
      expect((await stat(join(folder, "data.mdb"))).size).toBeLessThan(1_000_000);
    });
  });
});

describe("a disk without space", () => {
  test("G11: writes are refused before the disk is full, reads go on, and writes go on when there is space", async () => {
    await withFolder(async (folder) => {
      const mebibyte = 2 ** 20;
      const sizeBytes = 100 * mebibyte;
      let freeBytes = 50 * mebibyte;
      const marks = {
        softFreeBytes: 20 * mebibyte,
        softFreePercent: 100,
        hardFreeBytes: 10 * mebibyte,
        hardFreePercent: 100,
      };
      const { store, logged, fatal } = await openTestStore(folder, marks, {
        readFreeSpace: () => ({ freeBytes, sizeBytes }),
      });
      const storage = store.namespace("one");
      const look = (mebibytes: number): void => {
        freeBytes = mebibytes * mebibyte;
        store.space.check();
      };
      await put(storage, 1);
      look(15);
      await put(storage, 2);
      look(9);
      await expect(put(storage, 3)).rejects.toThrow(StorageReadOnlyError);
      await expect(storage.commit({ deletes: [["a", 1]] })).rejects.toThrow(StorageReadOnlyError);
      await expect(storage.blobs.put(Buffer.from("x"))).rejects.toThrow(StorageReadOnlyError);
      const checks = [{ key: ["a", 3], version: null }];
      expect((await storage.commit({ checks })).kind).toBe("committed");
      expect(await storage.list({ prefix: ["a"], limit: 9 })).toHaveLength(2);
      look(10.5);
      await expect(put(storage, 3)).rejects.toThrow("The disk is nearly full");
      look(40);
      await put(storage, 3);
      expect(logged.map(([level]) => level)).toEqual(["warn", "error", "info"]);
      expect(fatal).toEqual([]);
      await store.close();
    });
  });

  test("G11: a store that is opened on a full disk is read, and a new one is not begun", async () => {
    await withFolder(async (folder) => {
      const full = {
        readFreeSpace: () => ({ freeBytes: 10, sizeBytes: 10_000 }),
      };
      const marks = { hardFreeBytes: 1_000, hardFreePercent: 100 };
      await expect(openTestStore(folder, marks, full)).rejects.toThrow("The disk is nearly full");
      const before = await openTestStore(folder);
      await put(before.store.namespace("one"), 1);
      await before.store.close();
      const { store } = await openTestStore(folder, marks, full);
      expect((await store.namespace("one").get(["a", 1]))?.value).toBe(1);
      await expect(put(store.namespace("one"), 2)).rejects.toThrow(StorageReadOnlyError);
      await store.close();
    });
  });

  test("G11: the disk is asked before each transaction, and what may not fit is refused while the rest goes on", async () => {
    await withFolder(async (folder) => {
      let freeBytes = 2 ** 30;
      const { store, logged, fatal } = await openTestStore(
        folder,
        { hardFreeBytes: 2 ** 20, hardFreePercent: 100 },
        { readFreeSpace: () => ({ freeBytes, sizeBytes: 2 ** 31 }) },
      );
      const storage = store.namespace("one");
      const large = { puts: [{ key: ["large"], value: "x".repeat(2 ** 20) }] };
      await storage.commit(large);
      // Somebody else has filled it since.
      freeBytes = 2 * 2 ** 20;
      await expect(storage.commit(large)).rejects.toThrow("this may take 2 MiB");
      await put(storage, 1);
      freeBytes = 2 ** 19;
      const refused = [put(storage, 2), storage.commit({ checks: [], puts: [{ key: ["b"], value: 1 }] })];
      await Promise.all(refused.map((commit) => expect(commit).rejects.toThrow(StorageReadOnlyError)));
      freeBytes = 2 ** 30;
      store.space.check();
      await put(storage, 3);
      expect((await storage.list({ prefix: ["a"], limit: 9 })).map(({ value }) => value)).toEqual([1, 3]);
      expect(await storage.get(["b"])).toBeUndefined();
      expect(logged.map(([level]) => level)).toEqual(["error", "info"]);
      expect(fatal).toEqual([]);
      await store.close();
    });
  });

  test("G11: the disk is asked again as time goes by, so that writes are welcome again by themselves", async () => {
    await withFolder(async (folder) => {
      let freeBytes = 0;
      const asked: PromiseWithResolvers<void>[] = [];
      const { store } = await openTestStore(folder);
      await store.close();
      const again = await openTestStore(
        folder,
        { freeSpaceCheckIntervalMs: 100, hardFreeBytes: 1_000, hardFreePercent: 100 },
        {
          readFreeSpace: () => {
            for (const next of asked.splice(0)) next.resolve();
            return { freeBytes, sizeBytes: 2 ** 31 };
          },
        },
      );
      expect(again.store.space.state).toBe("full");
      freeBytes = 2 ** 30;
      const next = Promise.withResolvers<void>();
      asked.push(next);
      await next.promise;
      await put(again.store.namespace("one"), 1);
      await again.store.close();
    });
  });

  test("a disk that cannot be asked is said once and stops nobody", async () => {
    await withFolder(async (folder) => {
      const { store, logged } = await openTestStore(
        folder,
        {},
        {
          readFreeSpace: () => {
            throw new Error("no such disk");
          },
        },
      );
      store.space.check();
      await put(store.namespace("one"), 1);
      expect(logged).toEqual([["warn", "The free space cannot be read."]]);
      await store.close();
    });
  });
});

describe("a commit that the disk never answers", () => {
  test("L7: it fails after its time, the composition is told, and the store can be let go", async () => {
    await withHeldTime(async ({ store, fatal, logged }, look) => {
      const commit = put(store.namespace("one"), 1);
      // The group is taken, and the watch sees the same one again and again, with no turn of the loop between.
      await Promise.resolve();
      await Promise.resolve();
      for (const atMs of [250, 500, 750, 1_000, 1_250]) look(atMs);
      await expect(commit).rejects.toThrow("did not answer a commit for 1 s");
      expect(fatal.map(({ name }) => name)).toEqual(["StorageFailedError"]);
      expect(logged.map(([level]) => level)).toEqual(["error"]);
      await expect(store.namespace("one").get(["a"])).rejects.toThrow(StorageFailedError);
    });
  });

  test("F16: an event loop that stands still for long is no failure of the disk", async () => {
    await withHeldTime(async ({ store, fatal }, look) => {
      const commit = put(store.namespace("one"), 1);
      await Promise.resolve();
      await Promise.resolve();
      for (const atMs of [250, 600_000, 600_250]) look(atMs);
      expect((await commit) as CommitOutcome).toMatchObject({ kind: "committed" });
      expect(fatal).toEqual([]);
    });
  });
});

/** A store with a limit of one second for a commit, whose watches look when they are told to. */
async function withHeldTime(
  use: (opened: TestStore, look: (atMs: number) => void) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const due: (() => void)[] = [];
    let nowMs = 0;
    const opened = await openTestStore(
      folder,
      { commitStallMsMax: 1_000 },
      {
        clock: { nowMs: () => nowMs, monotonicMs: () => nowMs },
        timers: {
          sleep: async () => undefined,
          after: (_ms, callback) => {
            due.push(callback);
            return () => undefined;
          },
        },
      },
    );
    await use(opened, (atMs) => {
      nowMs = atMs;
      for (const callback of due.splice(0)) callback();
    });
    await opened.store.close();
  });
}

async function writeFormat(folder: string, format: string): Promise<void> {
  const database = open<string, Buffer>({
    path: folder,
    noSubdir: false,
    encoding: "string",
    keyEncoding: "binary",
    useVersions: true,
  });
  await database.put(Buffer.from("\x01format"), format, 1);
  await database.close();
}
