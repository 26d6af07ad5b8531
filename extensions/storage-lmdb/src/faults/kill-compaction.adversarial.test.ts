import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { verifyStore } from "../edge/verify-store.ts";
import { openTestStore, quietly, readRows, withFolder } from "../test-store.ts";
import { startChild } from "./child.ts";

test("S8: a compaction that is killed at any moment leaves the old store or the compact one, and nothing else after the next start", async () => {
  await withFolder(async (parent) => {
    const folder = join(parent, "store");
    await mkdir(folder);
    for (let round = 0; round < 10; round++) {
      const { store } = await openTestStore(folder);
      expect((await readdir(folder)).sort()).toEqual(["data.mdb", "lock.mdb"]);
      const storage = store.namespace("one");
      expect(await readRows(storage, ["row"])).toHaveLength(round * 20);
      const own = Array.from({ length: 20 }, (_, at) => ["row", round * 20 + at]);
      const passing = Array.from({ length: 60 }, (_, at) => ["gone", at]);
      const value = "x".repeat(9_000);
      await storage.commit({ puts: [...own, ...passing].map((key) => ({ key, value })) });
      await storage.commit({ deletes: passing });
      await store.close();
      const child = startChild("compacting-child.ts", [folder], {}, (line, process) => {
        if (line === "begun") setTimeout(() => process.kill("SIGKILL"), Math.random() * 900);
      });
      await child.ended;
      expect(child.lines[0]).toBe("begun");
    }
    expect(await verifyStore(folder, { ...quietly, alone: true })).toMatchObject({ findingCount: 0 });
  });
}, 60_000);
