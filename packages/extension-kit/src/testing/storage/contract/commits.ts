import type { CommitOutcome, Key, Storage } from "@lathe/kernel";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StorageBench } from "./bench.ts";

export function testCommits(bench: StorageBench): void {
  describe("commits", () => {
    test("a check on a version holds until the row changes", async () => {
      const { storage } = bench;
      const first = versionOf(await put(storage, ["a"], 1));
      const second = versionOf(
        await storage.commit({ checks: [{ key: ["a"], version: first }], puts: [{ key: ["a"], value: 2 }] }),
      );
      expect(second).toBeGreaterThan(first);
      const late = await storage.commit({
        checks: [{ key: ["a"], version: first }],
        puts: [{ key: ["a"], value: 3 }],
      });
      expect(late).toEqual({ kind: "conflict" });
      expect(await storage.get(["a"])).toEqual({ key: ["a"], value: 2, version: second });
    });

    test("a check for absence holds only while there is no row", async () => {
      const { storage } = bench;
      const create = (): Promise<CommitOutcome> =>
        storage.commit({ checks: [{ key: ["a"], version: null }], puts: [{ key: ["a"], value: 1 }] });
      expect((await create()).kind).toBe("committed");
      expect((await create()).kind).toBe("conflict");
      await storage.commit({ deletes: [["a"]] });
      expect((await create()).kind).toBe("committed");
    });

    test("one check of several that does not hold leaves everything as it was", async () => {
      const { storage } = bench;
      const version = versionOf(await put(storage, ["a"], 1));
      for (const wrong of [
        { key: ["b"], version },
        { key: ["a"], version: null },
        { key: ["a"], version: version + 1 },
      ]) {
        for (const checks of [
          [{ key: ["a"], version }, wrong],
          [wrong, { key: ["a"], version }],
        ]) {
          const outcome = await storage.commit({
            checks,
            puts: [{ key: ["c"], value: 1 }],
            deletes: [["a"]],
          });
          expect(outcome).toEqual({ kind: "conflict" });
        }
      }
      expect((await storage.list({ prefix: [], limit: 9 })).map(({ key }) => key)).toEqual([["a"]]);
    });

    test("checks alone are answered, and so is a commit of nothing", async () => {
      const { storage } = bench;
      expect((await storage.commit({ checks: [{ key: ["a"], version: null }] })).kind).toBe("committed");
      expect((await storage.commit({ checks: [{ key: ["a"], version: 1 }] })).kind).toBe("conflict");
      expect((await storage.commit({})).kind).toBe("committed");
    });

    test("checks see what the commits before them left, also those still on their way", async () => {
      const { storage } = bench;
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          storage.commit({ checks: [{ key: ["a"], version: null }], puts: [{ key: ["a"], value: index }] }),
        ),
      );
      expect(outcomes.map(({ kind }) => kind)).toEqual([
        "committed",
        ...Array.from({ length: 19 }, () => "conflict"),
      ]);
      expect((await storage.get(["a"]))?.value).toBe(0);
    });

    test("checks are made against what was there before the commit itself", async () => {
      const { storage } = bench;
      const outcome = await storage.commit({
        checks: [{ key: ["a"], version: null }],
        puts: [{ key: ["a"], value: 1 }],
        deletes: [["a"]],
      });
      expect(outcome.kind).toBe("committed");
    });

    test("deletes come before puts, and the last put of a key stays", async () => {
      const { storage } = bench;
      await put(storage, ["a"], 0);
      await storage.commit({
        deletes: [["a"], ["never"]],
        puts: [
          { key: ["a"], value: 1 },
          { key: ["a"], value: 2 },
        ],
      });
      expect((await storage.get(["a"]))?.value).toBe(2);
    });

    test("commits that were called in an order are made in that order", async () => {
      const { storage } = bench;
      const settled: number[] = [];
      await Promise.all(
        Array.from({ length: 50 }, async (_, index) => {
          await put(storage, ["a"], index);
          settled.push(index);
        }),
      );
      expect((await storage.get(["a"]))?.value).toBe(49);
      expect(settled).toEqual(Array.from({ length: 50 }, (_, index) => index));
    });

    test("the version grows with every commit, and comes back neither after a delete nor after a restart", async () => {
      const { store } = bench;
      const versions: number[] = [];
      for (let round = 0; round < 5; round++) {
        const storage = store.namespace("one");
        versions.push(versionOf(await put(storage, ["a"], round)));
        await storage.commit({ deletes: [["a"]] });
        versions.push(versionOf(await put(storage, ["a"], round)));
        expect((await storage.get(["a"]))?.version).toBe(versions.at(-1));
        await store.reopen();
      }
      expect(versions).toEqual([...new Set(versions)].sort((left, right) => left - right));
      expect(versions.every((version) => version > 0 && Number.isSafeInteger(version))).toBe(true);
    });

    test("nothing of a commit can be read before it settles", async () => {
      const { storage } = bench;
      let settled = false;
      const commit = put(storage, ["a"], 1).then(() => {
        settled = true;
      });
      let early = 0;
      while (!settled) {
        const row = await storage.get(["a"]);
        if (row === undefined) early++;
        await new Promise(setImmediate);
      }
      await commit;
      expect(early).toBeGreaterThan(0);
      expect((await storage.get(["a"]))?.value).toBe(1);
    });

    test("what the caller changes after the call is not committed", async () => {
      const { storage } = bench;
      const key: (string | number)[] = ["a", 1];
      const value = { list: [1] };
      const commit = storage.commit({ puts: [{ key, value }] });
      key[1] = 2;
      value.list.push(2);
      await commit;
      expect((await storage.get(["a", 1]))?.value).toEqual({ list: [1] });
      expect(await storage.get(["a", 2])).toBeUndefined();
    });

    test.each<[string, unknown]>([
      ["undefined", undefined],
      ["a function", () => 1],
      ["a bigint", 1n],
      ["a circle", circle()],
    ])("a value that JSON cannot carry is a TypeError and nothing is written: %s", async (_name, value) => {
      const { storage } = bench;
      const puts = [
        { key: ["good"], value: 1 },
        { key: ["bad"], value: value as never },
      ];
      await expect(storage.commit({ puts })).rejects.toThrow(TypeError);
      expect(await storage.list({ prefix: [], limit: 1 })).toEqual([]);
    });

    test("a commit of many rows is made as a whole", async () => {
      const { storage } = bench;
      const puts = Array.from({ length: 5_000 }, (_, index) => ({
        key: ["row", index],
        value: "x".repeat(100),
      }));
      await storage.commit({ puts });
      expect(await storage.list({ prefix: ["row"], limit: 1_000, after: ["row", 3_999] })).toHaveLength(
        1_000,
      );
      await storage.commit({ deletes: puts.map(({ key }) => key) });
      expect(await storage.list({ prefix: [], limit: 1 })).toEqual([]);
    });

    test("any mix of commits from several callers ends as if they had come one after the other", async () => {
      let run = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(randomStep(), { minLength: 1, maxLength: 40 }), async (steps) => {
          const storage = bench.store.namespace(`mix-${run++}`);
          const model = new Map<number, number>();
          const running: Promise<void>[] = [];
          for (const step of steps) {
            const expected = applyStep(model, step);
            running.push(runStep(storage, step).then((kind) => expect(kind).toBe(expected)));
            if (step.pause) await Promise.all(running);
          }
          await Promise.all(running);
          const rows = await storage.list({ prefix: [], limit: 1_000 });
          const left = new Map(rows.map(({ key, value }) => [key[1], value]));
          expect(left).toEqual(new Map([...model].sort(([one], [two]) => one - two)));
        }),
        { numRuns: 100 },
      );
    });
  });
}

/** Puts or deletes some keys, provided that certain keys are absent. */
interface Step {
  readonly absent: readonly number[];
  readonly puts: readonly number[];
  readonly deletes: readonly number[];
  readonly value: number;
  readonly pause: boolean;
}

const someKeys = (): fc.Arbitrary<number[]> => fc.array(fc.nat(4), { maxLength: 3 });

const randomStep = (): fc.Arbitrary<Step> =>
  fc.record({
    absent: fc.array(fc.nat(4), { maxLength: 2 }),
    puts: someKeys(),
    deletes: someKeys(),
    value: fc.nat(),
    pause: fc.boolean(),
  });

function applyStep(
  model: Map<number, number>,
  { absent, puts, deletes, value }: Step,
): CommitOutcome["kind"] {
  if (absent.some((part) => model.has(part))) return "conflict";
  for (const part of deletes) model.delete(part);
  for (const part of puts) model.set(part, value);
  return "committed";
}

async function runStep(
  storage: Storage,
  { absent, puts, deletes, value }: Step,
): Promise<CommitOutcome["kind"]> {
  const outcome = await storage.commit({
    checks: absent.map((part) => ({ key: ["k", part], version: null })),
    puts: puts.map((part) => ({ key: ["k", part], value })),
    deletes: deletes.map((part) => ["k", part]),
  });
  return outcome.kind;
}

function put(storage: Storage, key: Key, value: number): Promise<CommitOutcome> {
  return storage.commit({ puts: [{ key, value }] });
}

function versionOf(outcome: CommitOutcome): number {
  if (outcome.kind !== "committed") throw new Error(`The commit ended as ${outcome.kind}.`);
  return outcome.version;
}

function circle(): unknown {
  const value: { self?: unknown } = {};
  value.self = value;
  return value;
}
