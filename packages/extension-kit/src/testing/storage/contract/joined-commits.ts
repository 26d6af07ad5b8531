import type { PreparedChanges } from "@lathe/kernel";
import { describe, expect, test } from "vitest";
import type { StorageBench } from "./bench.ts";

export function testJoinedCommits(bench: StorageBench): void {
  describe("joined commits", () => {
    test("prepared changes of other namespaces are made in the same commit, with one version", async () => {
      const [one, two, three] = ["one", "two", "three"].map((id) => bench.store.namespace(id));
      if (one === undefined || two === undefined || three === undefined)
        throw new Error("A namespace is missing.");
      await three.commit({ puts: [{ key: ["old"], value: 1 }] });
      const outcome = await one.commit(
        { puts: [{ key: ["a"], value: 1 }] },
        two.prepare({ puts: [{ key: ["a"], value: 2 }] }),
        three.prepare({ deletes: [["old"]] }),
      );
      const version = outcome.kind === "committed" ? outcome.version : 0;
      expect(await one.get(["a"])).toEqual({ key: ["a"], value: 1, version });
      expect(await two.get(["a"])).toEqual({ key: ["a"], value: 2, version });
      expect(await three.get(["old"])).toBeUndefined();
    });

    test("a check of joined changes that does not hold stops the whole commit", async () => {
      const [one, two] = [bench.store.namespace("one"), bench.store.namespace("two")];
      const joined = two.prepare({ checks: [{ key: ["a"], version: 77 }], puts: [{ key: ["b"], value: 2 }] });
      expect(await one.commit({ puts: [{ key: ["a"], value: 1 }] }, joined)).toEqual({ kind: "conflict" });
      expect(await one.get(["a"])).toBeUndefined();
      expect(await two.get(["b"])).toBeUndefined();
    });

    test("preparing writes nothing, and takes the values of that moment", async () => {
      const [one, two] = [bench.store.namespace("one"), bench.store.namespace("two")];
      const value = { list: [1] };
      const prepared = two.prepare({ puts: [{ key: ["a"], value }] });
      value.list.push(2);
      await one.commit({ puts: [{ key: ["a"], value: 0 }] });
      expect(await two.get(["a"])).toBeUndefined();
      await one.commit({}, prepared);
      expect((await two.get(["a"]))?.value).toEqual({ list: [1] });
    });

    test("prepared changes are used once, and only those of this store", async () => {
      const { storage } = bench;
      const prepared = storage.prepare({ puts: [{ key: ["a"], value: 1 }] });
      await storage.commit({}, prepared);
      await expect(storage.commit({ puts: [{ key: ["b"], value: 1 }] }, prepared)).rejects.toThrow(TypeError);
      await expect(storage.commit({}, {} as PreparedChanges)).rejects.toThrow(TypeError);
      const twice = storage.prepare({ puts: [{ key: ["c"], value: 1 }] });
      await expect(storage.commit({}, twice, twice)).rejects.toThrow(TypeError);
      expect((await storage.list({ prefix: [], limit: 9 })).map(({ key }) => key)).toEqual([["a"]]);
    });
  });
}
