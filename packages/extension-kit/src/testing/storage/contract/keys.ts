import type { Key, KeyPart, Row, Storage } from "@lathe/kernel";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareKeys, isUnder } from "../tuple.ts";
import { listAllKeys, type StorageBench } from "./bench.ts";

export function testKeys(bench: StorageBench): void {
  describe("keys", () => {
    test("rows are listed in the order of the law", async () => {
      const { storage } = bench;
      const inOrder: Key[] = [
        [-Number.MAX_VALUE],
        [-1.5],
        [-1],
        [-Number.MIN_VALUE],
        [0],
        [0, "x"],
        [Number.MIN_VALUE],
        [1],
        [2],
        [2 ** 53],
        [Number.MAX_VALUE],
        [""],
        ["", ""],
        ["\0"],
        ["\0", 1],
        ["\0\0"],
        ["\u0001"],
        ["1"],
        ["a"],
        ["a", -1],
        ["a", 1],
        ["a", 1, "x"],
        ["a", 10],
        ["a", ""],
        ["a", "b"],
        ["a", "b", "c"],
        ["a\0"],
        ["a\0", "b"],
        ["a\0b"],
        ["a\u0001"],
        ["aa"],
        ["b"],
        ["é"],
        ["\uD7FF"],
        ["\uE000"],
        ["\uFFFF"],
        ["😀"],
      ];
      await storage.commit({ puts: inOrder.toReversed().map((key) => ({ key, value: 0 })) });
      expect(await listAllKeys(storage, [])).toEqual(inOrder);
      const backwards = await storage.list({ prefix: [], limit: 1_000, reverse: true });
      expect(backwards.map(({ key }) => key)).toEqual(inOrder.toReversed());
    });

    test("any keys are listed in the order of the law, for any page, prefix and bounds", async () => {
      let run = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(randomKey(), { minLength: 1, maxLength: 30 }),
          randomQuery(),
          async (keys, query) => {
            const storage = bench.store.namespace(`run-${run++}`);
            const expected = await putEach(storage, keys);
            const { limit, reverse } = query;
            const bounds = queryOver(expected, query);
            const held = expected.filter((key) => key.length > bounds.prefix.length && holds(bounds, key));
            const page = await storage.list({ ...bounds, limit, reverse });
            expect(page.map(({ key }) => key)).toEqual((reverse ? held.toReversed() : held).slice(0, limit));
          },
        ),
        { numRuns: 200 },
      );
    });

    test("different keys never meet, and the same key always does", async () => {
      let run = 0;
      await fc.assert(
        fc.asyncProperty(randomKey(), randomKey(), async (left, right) => {
          const storage = bench.store.namespace(`pair-${run++}`);
          await storage.commit({ puts: [{ key: left, value: "left" }] });
          await storage.commit({ puts: [{ key: right, value: "right" }] });
          const same = compareKeys(left, right) === 0;
          expect((await storage.get(left))?.value).toBe(same ? "right" : "left");
          expect(await storage.list({ prefix: [], limit: 3 })).toHaveLength(same ? 1 : 2);
        }),
        { numRuns: 200 },
      );
    });

    test("minus zero is zero", async () => {
      const { storage } = bench;
      await storage.commit({ puts: [{ key: ["n", -0], value: "zero" }] });
      expect((await storage.get(["n", 0]))?.key).toEqual(["n", 0]);
      expect((await storage.get(["n", -0]))?.key).toEqual(["n", 0]);
      expect((await storage.list({ prefix: [], limit: 1 }))[0]?.key).toEqual(["n", 0]);
    });

    test("a key of 1,900 bytes is kept, and one byte more is refused", async () => {
      const { storage } = bench;
      for (const key of [["x".repeat(1_898)], ["é".repeat(949)], ["\0".repeat(949)], longNumberKey(210)]) {
        await storage.commit({ puts: [{ key, value: 1 }] });
        expect((await storage.get(key))?.key).toEqual(key);
      }
      const refused: Key[] = [
        ["x".repeat(1_899)],
        ["é".repeat(949), ""],
        [`${"\0".repeat(949)}a`],
        longNumberKey(212),
      ];
      for (const key of refused) await expectRefused(storage, key);
      expect(await storage.list({ prefix: [], limit: 10 })).toHaveLength(4);
    });

    test.each<[string, unknown]>([
      ["no parts", []],
      ["NaN", ["a", Number.NaN]],
      ["an infinite number", [Number.NEGATIVE_INFINITY]],
      ["an unpaired surrogate", ["a\uD800"]],
      ["null", [null]],
      ["a list", [["a"]]],
      ["a boolean", [true]],
      ["undefined", [undefined]],
      ["a bigint", [1n]],
    ])("a key with %s is a TypeError and nothing is written", async (_name, key) => {
      await expectRefused(bench.storage, key as Key);
      expect(await bench.storage.list({ prefix: [], limit: 1 })).toEqual([]);
    });

    test.each([
      0,
      -1,
      1.5,
      1_001,
      Number.NaN,
      Number.POSITIVE_INFINITY,
    ])("a page of %d rows is a RangeError", async (limit) => {
      await expect(bench.storage.list({ prefix: [], limit })).rejects.toThrow(RangeError);
    });

    test("pages follow each other without a gap or a repeat, forwards and backwards", async () => {
      const { storage } = bench;
      const keys = Array.from({ length: 95 }, (_, index): Key => ["p", index, `x${index}`]);
      await storage.commit({ puts: [...keys, ["o"], ["q"]].map((key) => ({ key, value: null })) });
      expect(await listAllKeys(storage, ["p"], 10)).toEqual(keys);
      const backwards: Key[] = [];
      for (let page = await storage.list({ prefix: ["p"], limit: 10, reverse: true }); page.length > 0; ) {
        backwards.push(...page.map(({ key }) => key));
        const before = backwards.at(-1) as Key;
        page = await storage.list({ prefix: ["p"], limit: 10, reverse: true, before });
      }
      expect(backwards).toEqual(keys.toReversed());
    });

    test("pages go on where they stopped though rows come and go between them", async () => {
      const { storage } = bench;
      await storage.commit({ puts: [1, 2, 3, 4, 5].map((part) => ({ key: ["p", part], value: part })) });
      const first = await storage.list({ prefix: ["p"], limit: 2 });
      await storage.commit({ deletes: [["p", 2]], puts: [{ key: ["p", 2.5], value: 2.5 }] });
      const rest = await storage.list({ prefix: ["p"], limit: 9, after: (first[1] as Row).key });
      expect(rest.map(({ value }) => value)).toEqual([2.5, 3, 4, 5]);
    });
  });
}

const randomPart = (): fc.Arbitrary<KeyPart> =>
  fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer({ min: -3, max: 3 }),
    fc.string({ unit: "binary", maxLength: 6 }).filter((text) => text.isWellFormed()),
    fc.string({ unit: fc.constantFrom("\0", "\u0001", "\u0004", "a", "ÿ", "\uFFFF", "😀"), maxLength: 4 }),
    fc.string({ unit: fc.constantFrom("\0", "a", "é"), minLength: 60, maxLength: 70 }),
  );

const randomKey = (): fc.Arbitrary<Key> => fc.array(randomPart(), { minLength: 1, maxLength: 4 });

interface RandomQuery {
  readonly limit: number;
  readonly reverse: boolean;
  /** Which key the prefix is cut from, and after how many parts. */
  readonly prefix: readonly [at: number, length: number];
  readonly after: number;
  readonly before: number;
}

const randomQuery = (): fc.Arbitrary<RandomQuery> =>
  fc.record({
    limit: fc.integer({ min: 1, max: 20 }),
    reverse: fc.boolean(),
    prefix: fc.tuple(fc.nat(30), fc.nat(2)),
    after: fc.nat(60),
    before: fc.nat(60),
  });

type Bounds = Pick<Parameters<Storage["list"]>[0], "prefix" | "after" | "before">;

/** Takes the bounds from the keys that are there; an index beyond them means no bound. */
function queryOver(keys: readonly Key[], query: RandomQuery): Bounds {
  const after = keys[query.after];
  const before = keys[query.before];
  return {
    prefix: (keys[query.prefix[0]] ?? []).slice(0, query.prefix[1]),
    ...(after === undefined ? {} : { after }),
    ...(before === undefined ? {} : { before }),
  };
}

function holds({ prefix, after, before }: Bounds, key: Key): boolean {
  return (
    isUnder(prefix, key) &&
    (after === undefined || compareKeys(key, after) > 0) &&
    (before === undefined || compareKeys(key, before) < 0)
  );
}

/** Puts one row for each key and returns the keys that must be there, in order. */
async function putEach(storage: Storage, keys: readonly Key[]): Promise<Key[]> {
  await storage.commit({ puts: keys.map((key) => ({ key, value: null })) });
  const sorted = keys.map((key) => key.map((part) => (part === 0 ? 0 : part))).sort(compareKeys);
  return sorted.filter((key, index) => index === 0 || compareKeys(sorted[index - 1] as Key, key) !== 0);
}

function longNumberKey(partCount: number): Key {
  return ["12345678", ...Array.from({ length: partCount }, (_, index) => index)];
}

async function expectRefused(storage: Storage, key: Key): Promise<void> {
  const puts = [{ key: ["good"], value: 1 }];
  await expect(storage.get(key)).rejects.toThrow(TypeError);
  await expect(storage.commit({ puts: [...puts, { key, value: 1 }] })).rejects.toThrow(TypeError);
  await expect(storage.commit({ puts, deletes: [key] })).rejects.toThrow(TypeError);
  await expect(storage.commit({ puts, checks: [{ key, version: null }] })).rejects.toThrow(TypeError);
  expect(() => storage.prepare({ puts: [{ key, value: 1 }] })).toThrow(TypeError);
}
