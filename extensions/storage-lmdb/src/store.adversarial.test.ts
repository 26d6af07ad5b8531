import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Key, type Storage, StorageFailedError, StorageReadOnlyError } from "@lathe/kernel";
import { open } from "lmdb";
import { describe, expect, test } from "vitest";
import { startChild } from "./faults/child.ts";
import { openTestStore, withFolder } from "./test-store.ts";

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
      await writeFormat(folder, "2");
      await expect(openTestStore(folder)).rejects.toThrow(
        "written by a newer Lathe (format 2; this one knows 1)",
      );
      await writeFormat(folder, "1");
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
      let freeBytes = 5_000;
      const marks = {
        softFreeBytes: 2_000,
        softFreePercent: 100,
        hardFreeBytes: 1_000,
        hardFreePercent: 100,
      };
      const { store, logged, fatal } = await openTestStore(folder, marks, {
        readFreeSpace: async () => ({ freeBytes, sizeBytes: 10_000 }),
      });
      const storage = store.namespace("one");
      const look = async (bytes: number): Promise<void> => {
        freeBytes = bytes;
        await store.space.check();
      };
      await put(storage, 1);
      await look(1_500);
      await put(storage, 2);
      await look(900);
      await expect(put(storage, 3)).rejects.toThrow(StorageReadOnlyError);
      await expect(storage.commit({ deletes: [["a", 1]] })).rejects.toThrow(StorageReadOnlyError);
      await expect(storage.blobs.put(Buffer.from("x"))).rejects.toThrow(StorageReadOnlyError);
      const checks = [{ key: ["a", 3], version: null }];
      expect((await storage.commit({ checks })).kind).toBe("committed");
      expect(await storage.list({ prefix: ["a"], limit: 9 })).toHaveLength(2);
      await look(1_050);
      await expect(put(storage, 3)).rejects.toThrow("The disk is nearly full");
      await look(4_000);
      await put(storage, 3);
      expect(logged.map(([level]) => level)).toEqual(["warn", "error", "info"]);
      expect(fatal).toEqual([]);
      await store.close();
    });
  });

  test("G11: a disk that is full at the start is noticed before the first write", async () => {
    await withFolder(async (folder) => {
      const marks = { hardFreeBytes: 1_000, hardFreePercent: 100 };
      const { store } = await openTestStore(folder, marks, {
        readFreeSpace: async () => ({ freeBytes: 10, sizeBytes: 10_000 }),
      });
      await expect(put(store.namespace("one"), 1)).rejects.toThrow(StorageReadOnlyError);
      await store.close();
    });
  });

  test("G11: the space is looked at again after much was written, and as time goes by", async () => {
    await withFolder(async (folder) => {
      let looks = 0;
      const looked: PromiseWithResolvers<void>[] = [];
      const nextLook = (): Promise<void> => {
        const next = Promise.withResolvers<void>();
        looked.push(next);
        return next.promise;
      };
      const { store } = await openTestStore(
        folder,
        { freeSpaceCheckBytes: 10_000, freeSpaceCheckIntervalMs: 100 },
        {
          readFreeSpace: async () => {
            looks++;
            for (const next of looked.splice(0)) next.resolve();
            return { freeBytes: 1, sizeBytes: 1 };
          },
        },
      );
      expect(looks).toBe(1);
      await nextLook();
      const afterMuch = nextLook();
      await store.namespace("one").commit({ puts: [{ key: ["a"], value: "x".repeat(20_000) }] });
      await afterMuch;
      await store.close();
    });
  });

  test("a disk that cannot be asked is said once and stops nobody", async () => {
    await withFolder(async (folder) => {
      const { store, logged } = await openTestStore(
        folder,
        {},
        {
          readFreeSpace: async () => {
            throw new Error("no such disk");
          },
        },
      );
      await store.space.check();
      await put(store.namespace("one"), 1);
      expect(logged).toEqual([["warn", "The free space cannot be read."]]);
      await store.close();
    });
  });
});

describe("a commit that the disk never answers", () => {
  test("L7: it fails after its time, the composition is told, and the store can be let go", async () => {
    await withFolder(async (folder) => {
      const due: (() => void)[] = [];
      let nowMs = 0;
      const { store, fatal, logged } = await openTestStore(
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
      const look = (atMs: number): void => {
        nowMs = atMs;
        for (const callback of due.splice(0)) callback();
      };
      const commit = put(store.namespace("one"), 1);
      // The group is taken, and the watch sees the same one again after its time, with no turn of the loop between.
      await Promise.resolve();
      await Promise.resolve();
      look(250);
      look(1_300);
      await expect(commit).rejects.toThrow("did not answer a commit for 1 s");
      expect(fatal.map(({ name }) => name)).toEqual(["StorageFailedError"]);
      expect(logged.map(([level]) => level)).toEqual(["error"]);
      await expect(store.namespace("one").get(["a"])).rejects.toThrow(StorageFailedError);
      await store.close();
    });
  });
});

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
