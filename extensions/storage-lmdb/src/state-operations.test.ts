import { mkdir, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import {
  type FakeContribution,
  fakeContribution,
  openTestHost,
  type TestHost,
} from "@lathe/extension-kit/testing";
import { type Prunable, Prunables, type Storage, StorageReadOnlyError, StorageService } from "@lathe/kernel";
import { Operations, ProblemError, type StateStatus } from "@lathe/wire";
import * as v from "valibot";
import { expect, test } from "vitest";
import manifest from "../manifest.json" with { type: "json" };
import { activate } from "./extension.ts";
import { withFolder } from "./test-store.ts";

interface Stage {
  readonly parent: string;
  readonly host: TestHost;
  readonly storage: Storage;
  /** Runs an operation as a transport would. */
  ask<T>(name: string, input?: object, signal?: AbortSignal): Promise<T>;
}

interface StageOptions {
  readonly config?: object;
  readonly contributions?: readonly FakeContribution[];
}

async function withStage(use: (stage: Stage) => Promise<void>, options: StageOptions = {}): Promise<void> {
  await withFolder(async (parent) => {
    const host = await openStage(parent, options);
    const ask = async <T>(name: string, input = {}, signal = new AbortController().signal): Promise<T> => {
      const operation = host.contributions(Operations).get(name);
      if (operation === undefined) throw new Error(`There is no operation ${name}.`);
      const call = { principal: { id: "local", scopes: ["admin" as const] }, signal };
      return v.parse(operation.output, await operation.run(v.parse(operation.input, input), call)) as T;
    };
    try {
      await use({ parent, host, storage: host.use(StorageService, "one"), ask });
    } finally {
      await host.close();
    }
  });
}

async function openStage(parent: string, { config, contributions = [] }: StageOptions): Promise<TestHost> {
  const path = join(parent, "store");
  await mkdir(path, { recursive: true });
  return await openTestHost({
    manifest,
    activate,
    config: { hardFreeBytes: 0, ...config },
    contributions,
    powers: { "state-folder": { path } },
  });
}

const prunable = (name: string, prune: Prunable["prune"]): FakeContribution =>
  fakeContribution(Prunables, name, { prune });

test("status tells the sizes, the space, and what is being done", async () => {
  await withStage(
    async ({ storage, ask }) => {
      await storage.commit({ puts: [{ key: ["a"], value: "x".repeat(100_000) }] });
      const status = await ask<StateStatus>("state.status");
      expect(status).toMatchObject({
        space: "enough",
        usedBytesMax: 10_000_000,
        activity: null,
        lastVerification: null,
      });
      expect(status.usedBytes).toBeGreaterThan(100_000);
      expect(status.fileBytes).toBeGreaterThanOrEqual(status.usedBytes);
      expect(status.mapBytes).toBeGreaterThanOrEqual(status.fileBytes);
      expect(status.diskBytes).toBeGreaterThan(status.freeBytes);
    },
    { config: { storeBytesMax: 10_000_000 } },
  );
});

test("S8: a backup and a verification are asked for as operations, and the last look is remembered over a restart", async () => {
  await withStage(async ({ parent, storage, ask, host }) => {
    await storage.commit({ puts: [{ key: ["a"], value: 1 }] });
    const folder = join(parent, "backup");
    expect(await ask("state.backup", { folder })).toMatchObject({
      folder,
      compacted: true,
      rowCount: 1,
      blobCount: 0,
    });
    expect(await readdir(folder)).toEqual(["data.mdb"]);
    expect(await ask("state.verify")).toMatchObject({ rowCount: 1, findingCount: 0 });
    const atMs = host.clock.nowMs();
    await host.close();
    await using again = await openStage(parent, {});
    const operation = again.contributions(Operations).get("state.status");
    const call = { principal: { id: "local", scopes: [] }, signal: new AbortController().signal };
    expect(await operation?.run({}, call)).toMatchObject({ lastVerification: { atMs, findingCount: 0 } });
  });
});

test("a folder that cannot take a backup is the caller's mistake, and names the field", async () => {
  await withStage(async ({ parent, ask }) => {
    await expect(ask("state.backup", { folder: "relative" })).rejects.toThrow("absolute path");
    const refused = ask("state.backup", { folder: join(parent, "store") });
    await expect(refused).rejects.toBeInstanceOf(ProblemError);
    await expect(refused).rejects.toMatchObject({
      status: 422,
      code: "bad-folder",
      errors: [{ field: "folder" }],
    });
  });
});

test("one job at a time: a second one is told what is under way, and a caller who leaves ends its own", async () => {
  const began = Promise.withResolvers<void>();
  const endless = prunable("endless", async (signal) => {
    began.resolve();
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    return { removedCount: 3, freedBytes: 30 };
  });
  const never = prunable("never", () => Promise.reject(new Error("It must not be called.")));
  await withStage(
    async ({ ask }) => {
      const caller = new AbortController();
      const pruned = ask("state.prune", {}, caller.signal);
      await began.promise;
      expect(await ask("state.status")).toMatchObject({
        activity: { kind: "prune", unit: "parts", doneCount: 0, totalCount: 2 },
      });
      await expect(ask("state.verify")).rejects.toMatchObject({ status: 409, code: "state-busy" });
      caller.abort();
      expect(await pruned).toEqual({
        items: [
          { name: "endless", removedCount: 3, freedBytes: 30, failure: null },
          { name: "never", removedCount: 0, freedBytes: 0, failure: "It was stopped before." },
        ],
      });
      expect(await ask("state.verify")).toMatchObject({ findingCount: 0 });
    },
    { contributions: [endless, never] },
  );
});

test("prune asks everyone, also after one that fails", async () => {
  const parts = [
    prunable("bad", () => Promise.reject(new Error("The disk is full."))),
    prunable("good", async () => ({ removedCount: 2, freedBytes: 20 })),
  ];
  await withStage(
    async ({ ask }) => {
      expect(await ask("state.prune")).toEqual({
        items: [
          { name: "bad", removedCount: 0, freedBytes: 0, failure: "The disk is full." },
          { name: "good", removedCount: 2, freedBytes: 20, failure: null },
        ],
      });
    },
    { contributions: parts },
  );
});

test("G13: everything is read through some time after the start, never before, and not again for a day", async () => {
  await withStage(async ({ storage, ask, host }) => {
    await storage.commit({ puts: [{ key: ["a"], value: 1 }] });
    await host.timers.advance(9_999);
    expect(await ask("state.status")).toMatchObject({ activity: null, lastVerification: null });
    await host.timers.advance(1);
    expect(await ask("state.status")).toMatchObject({ activity: { kind: "verify" } });
    await expect.poll(() => ask("state.status")).toMatchObject({ activity: null });
    const first = (await ask<StateStatus>("state.status")).lastVerification;
    expect(first).toMatchObject({ findingCount: 0 });
    await host.timers.advance(86_000_000);
    expect((await ask<StateStatus>("state.status")).lastVerification).toEqual(first);
    await host.timers.advance(400_000);
    await expect.poll(() => ask("state.status")).not.toMatchObject({ lastVerification: first });
  });
});

test("G13: what the disk has changed is logged by the look at everything, and the store goes on", async () => {
  await withStage(async ({ parent, storage, host, ask }) => {
    await storage.commit({ puts: [{ key: ["a"], value: "a text that is found" }] });
    await changeOnDisk(join(parent, "store", "data.mdb"), "a text that is found", "A text that is found");
    await host.timers.advance(10_000);
    await expect.poll(() => ask("state.status")).toMatchObject({ lastVerification: { findingCount: 1 } });
    const logged = host.records.flatMap((record) => (record.kind === "log" ? [record] : []));
    expect(logged.filter(({ level }) => level === "error")).toMatchObject([
      {
        message: "The store is damaged. See where with: lathe state verify",
        attributes: { findingCount: 1, first: 'the row ["a"] of one: It does not match its checksum.' },
      },
    ]);
    await storage.commit({ puts: [{ key: ["b"], value: 1 }] });
    expect(host.fatalReasons).toEqual([]);
  });
});

test("a look that nobody asked for makes way for what somebody asks for", async () => {
  await withStage(async ({ parent, storage, host, ask }) => {
    for (let part = 0; part < 20; part++) await storage.blobs.put(Buffer.alloc(1_000_000, part));
    await host.timers.advance(10_000);
    expect(await ask("state.status")).toMatchObject({ activity: { kind: "verify" } });
    expect(await ask("state.backup", { folder: join(parent, "backup") })).toMatchObject({ blobCount: 20 });
    expect(await ask("state.status")).toMatchObject({ activity: null, lastVerification: null });
    // It comes back later.
    await host.timers.advance(10_000);
    await expect.poll(() => ask("state.status")).toMatchObject({ lastVerification: { findingCount: 0 } });
  });
});

test("closing ends what is under way, and leaves nothing of it", async () => {
  await withStage(async ({ parent, storage, host, ask }) => {
    for (let part = 0; part < 20; part++) await storage.blobs.put(Buffer.alloc(1_000_000, part));
    const backup = ask("state.backup", { folder: join(parent, "backup") });
    const refused = expect(backup).rejects.toMatchObject({ status: 503, code: "aborted" });
    await host.close();
    await refused;
    expect(await readdir(parent)).toEqual(["store"]);
    expect((await readdir(join(parent, "store"))).sort()).toEqual(["data.mdb", "lock.mdb"]);
  });
});

test("the map grows while the store is open, up to the bound that was set; then writes are refused, and removing helps", async () => {
  await withStage(
    async ({ storage, ask, host }) => {
      const before = await ask<StateStatus>("state.status");
      let stored = 0;
      const fill = async (): Promise<void> => {
        for (; stored < 1_000; stored++)
          await storage.commit({ puts: [{ key: ["row", stored], value: "x".repeat(200_000) }] });
      };
      await expect(fill()).rejects.toThrow("The store is at its bound of 20000000 bytes");
      await expect(fill()).rejects.toThrow(StorageReadOnlyError);
      expect(stored).toBeGreaterThan(50);
      expect((await ask<StateStatus>("state.status")).mapBytes).toBeGreaterThan(before.mapBytes * 10);
      expect((await ask<StateStatus>("state.status")).fileBytes).toBeLessThan(21_000_000);
      expect(await storage.list({ prefix: ["row"], limit: 1_000 })).toHaveLength(stored);
      await storage.commit({ deletes: Array.from({ length: 10 }, (_, at) => ["row", at]) });
      await storage.commit({ puts: [{ key: ["row", 2_000], value: "x".repeat(200_000) }] });
      expect(host.fatalReasons).toEqual([]);
    },
    { config: { storeBytesMax: 20_000_000 } },
  );
});

async function changeOnDisk(path: string, text: string, other: string): Promise<void> {
  const file = await open(path, "r+");
  const content = await file.readFile();
  for (let at = content.indexOf(text); at !== -1; at = content.indexOf(text, at + 1)) {
    await file.write(other, at);
  }
  await file.close();
}
