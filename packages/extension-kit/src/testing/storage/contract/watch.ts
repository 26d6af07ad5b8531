import type { Key } from "@lathe/kernel";
import { describe, expect, test, vi } from "vitest";
import type { StorageBench } from "./bench.ts";

export function testWatch(bench: StorageBench): void {
  describe("watch", () => {
    test("a listener hears of the keys under its prefix, commit by commit", async () => {
      const { storage } = bench;
      const heard: (readonly Key[])[] = [];
      const stop = storage.watch(["a"], (keys) => heard.push(keys));
      await storage.commit({ puts: [...[["a"], ["a", 1], ["ab"], ["b"]].map((key) => ({ key, value: 1 }))] });
      await storage.commit({ puts: [{ key: ["b"], value: 1 }] });
      await storage.commit({ deletes: [["a", 1]] });
      stop();
      await storage.commit({ puts: [{ key: ["a", 2], value: 1 }] });
      expect(heard).toEqual([[["a"], ["a", 1]], [["a", 1]]]);
    });

    test("an empty prefix hears of everything in the namespace, also of joined changes, and of nothing else", async () => {
      const [one, two] = [bench.store.namespace("one"), bench.store.namespace("two")];
      const heard: (readonly Key[])[] = [];
      const stop = two.watch([], (keys) => heard.push(keys));
      await one.commit(
        { puts: [{ key: ["x"], value: 1 }] },
        two.prepare({ puts: [{ key: ["y"], value: 1 }] }),
      );
      await one.commit({ puts: [{ key: ["z"], value: 1 }] });
      stop();
      expect(heard).toEqual([[["y"]]]);
    });

    test("what a listener hears of can be read at once", async () => {
      const { storage } = bench;
      const seen: Promise<unknown>[] = [];
      const stop = storage.watch(["a"], () => seen.push(storage.get(["a"]).then((row) => row?.value)));
      await storage.commit({ puts: [{ key: ["a"], value: "there" }] });
      stop();
      expect(await Promise.all(seen)).toEqual(["there"]);
    });

    test("a conflict is not announced", async () => {
      const { storage } = bench;
      const listener = vi.fn();
      const stop = storage.watch([], listener);
      await storage.commit({ checks: [{ key: ["a"], version: 1 }], puts: [{ key: ["a"], value: 1 }] });
      await storage.commit({ checks: [{ key: ["a"], version: null }] });
      stop();
      expect(listener).not.toHaveBeenCalled();
    });

    test("a listener that throws, or stops in the middle, disturbs nobody", async () => {
      const { storage } = bench;
      vi.spyOn(console, "error").mockImplementation(() => undefined);
      const heard: string[] = [];
      const stops = [
        storage.watch([], () => {
          throw new Error("a broken listener");
        }),
        storage.watch([], () => {
          heard.push("second");
          stops[1]?.();
        }),
        storage.watch([], () => heard.push("third")),
      ];
      for (const value of [1, 2]) {
        expect((await storage.commit({ puts: [{ key: ["a"], value }] })).kind).toBe("committed");
      }
      for (const stop of stops) stop();
      expect(heard).toEqual(["second", "third", "third"]);
      vi.restoreAllMocks();
    });
  });
}
