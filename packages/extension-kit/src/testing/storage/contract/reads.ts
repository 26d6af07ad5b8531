import type { JsonValue } from "@lathe/kernel";
import { describe, expect, test } from "vitest";
import type { StorageBench } from "./bench.ts";

export function testReads(bench: StorageBench): void {
  describe("reads", () => {
    test("a row that was put is read back with its key and the version of its commit", async () => {
      const { storage } = bench;
      const outcome = await storage.commit({ puts: [{ key: ["a", 1], value: { text: "one" } }] });
      expect(outcome).toEqual({ kind: "committed", version: expect.any(Number) });
      const version = outcome.kind === "committed" ? outcome.version : 0;
      expect(version).toBeGreaterThan(0);
      expect(await storage.get(["a", 1])).toEqual({ key: ["a", 1], value: { text: "one" }, version });
    });

    test("a key that was never put is undefined", async () => {
      expect(await bench.storage.get(["nothing"])).toBeUndefined();
    });

    test("several rows are read in the order of the keys, absent ones as undefined", async () => {
      const { storage } = bench;
      await storage.commit({
        puts: [
          { key: ["a"], value: 1 },
          { key: ["b"], value: 2 },
        ],
      });
      const rows = await storage.getMany([["b"], ["c"], ["a"], ["b"]]);
      expect(rows.map((row) => row?.value)).toEqual([2, undefined, 1, 2]);
      expect(await storage.getMany([])).toEqual([]);
    });

    test("several rows are read from one point in time", async () => {
      const { storage } = bench;
      const put = (value: number): Promise<unknown> =>
        storage.commit({
          puts: [
            { key: ["left"], value },
            { key: ["right"], value },
          ],
        });
      await put(0);
      let writing = true;
      const writes = (async () => {
        for (let value = 1; value <= 50; value++) await put(value);
        writing = false;
      })();
      let readCount = 0;
      while (writing) {
        const [left, right] = await storage.getMany([["left"], ["right"]]);
        expect(left).toMatchObject({ value: right?.value, version: right?.version });
        readCount++;
        await new Promise(setImmediate);
      }
      await writes;
      expect(readCount).toBeGreaterThan(0);
    });

    test.each<[string, JsonValue]>([
      ["null", null],
      ["false", false],
      ["an empty string", ""],
      ["a string that looks like JSON", '"}{'],
      ["text of every plane with a NUL", "a\0é漢😀\u2028\uFFFF"],
      ["an unpaired surrogate", "\uD800"],
      ["a number with a fraction", -0.1],
      ["the largest number", Number.MAX_VALUE],
      ["an empty array", []],
      ["nested arrays", [[1, [2, [3, {}]]]]],
      ["an object with an empty name", { "": { a: [null] } }],
      ["half a megabyte", "ab😀".repeat(100_000)],
    ])("a value is read back as it was put: %s", async (_name, value) => {
      const { storage } = bench;
      await storage.commit({ puts: [{ key: ["value"], value }] });
      expect((await storage.get(["value"]))?.value).toEqual(value);
      expect((await storage.list({ prefix: [], limit: 1 }))[0]?.value).toEqual(value);
    });

    test("the name __proto__ is a name like any other", async () => {
      const { storage } = bench;
      const value = JSON.parse('{"__proto__":{"admin":true},"constructor":{"prototype":1}}') as JsonValue;
      await storage.commit({ puts: [{ key: ["__proto__"], value }] });
      const read = (await storage.get(["__proto__"]))?.value as object;
      expect(Object.getOwnPropertyNames(read).sort()).toEqual(["__proto__", "constructor"]);
      expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
      expect(({} as { admin?: boolean }).admin).toBeUndefined();
    });

    test("what is read is a copy: changing it changes nothing in the store", async () => {
      const { storage } = bench;
      await storage.commit({ puts: [{ key: ["a"], value: { list: [1] } }] });
      const row = await storage.get(["a"]);
      (row?.value as { list: number[] }).list.push(2);
      expect((await storage.get(["a"]))?.value).toEqual({ list: [1] });
    });

    test("a namespace never shows the rows of another", async () => {
      const { store } = bench;
      const [one, two, onePlus] = [
        store.namespace("one"),
        store.namespace("two"),
        store.namespace("one-plus"),
      ];
      await one.commit({ puts: [{ key: ["a"], value: 1 }] });
      await two.commit({ puts: [{ key: ["a"], value: 2 }] });
      expect(await onePlus.get(["a"])).toBeUndefined();
      expect((await one.list({ prefix: [], limit: 10 })).map(({ value }) => value)).toEqual([1]);
      expect((await two.list({ prefix: [], limit: 10, reverse: true })).map(({ value }) => value)).toEqual([
        2,
      ]);
      await two.commit({ deletes: [["a"]] });
      expect((await one.get(["a"]))?.value).toBe(1);
    });

    test("everything is still there after the store was closed and opened again", async () => {
      const { store } = bench;
      await store.namespace("one").commit({ puts: [{ key: ["a"], value: "kept" }] });
      const before = await store.namespace("one").get(["a"]);
      await store.reopen();
      expect(await store.namespace("one").get(["a"])).toEqual(before);
    });
  });
}
