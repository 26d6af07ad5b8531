import { describe, expect, test } from "vitest";
import { openMemoryStorage } from "./memory-storage.ts";
import { testStorageContract } from "./storage-contract.ts";

testStorageContract("the in-memory storage", async () => {
  const memory = openMemoryStorage();
  return { namespace: memory.namespace, reopen: async () => undefined, close: async () => undefined };
});

describe("the in-memory storage's gate", () => {
  test("a gate that waits holds commits back until it lets them go", async () => {
    const memory = openMemoryStorage();
    const storage = memory.namespace("one");
    const gate = Promise.withResolvers<void>();
    const seen: unknown[] = [];
    memory.guardCommits((changes) => {
      seen.push(changes[0]?.puts?.[0]?.value);
      return gate.promise;
    });
    const commits = [1, 2].map((value) => storage.commit({ puts: [{ key: ["a", value], value }] }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await storage.list({ prefix: [], limit: 9 })).toEqual([]);
    gate.resolve();
    await Promise.all(commits);
    expect(seen).toEqual([1, 2]);
    expect(await storage.list({ prefix: [], limit: 9 })).toHaveLength(2);
  });

  test("a gate that throws makes that commit fail, and those after it are made", async () => {
    const memory = openMemoryStorage();
    const storage = memory.namespace("one");
    memory.guardCommits((changes) => {
      if (changes[0]?.puts?.[0]?.value === "bad") throw new Error("no");
    });
    const bad = storage.commit({ puts: [{ key: ["a"], value: "bad" }] });
    const good = storage.commit({ puts: [{ key: ["b"], value: "good" }] });
    await expect(bad).rejects.toThrow("no");
    expect((await good).kind).toBe("committed");
    expect(await storage.get(["a"])).toBeUndefined();
  });
});
