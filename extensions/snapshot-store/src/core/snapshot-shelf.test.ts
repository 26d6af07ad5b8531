import { openMemoryStorage } from "@lathe/extension-kit/testing";
import { noUsage, type Snapshot } from "@lathe/kernel";
import { expect, test } from "vitest";
import { SnapshotShelf } from "./snapshot-shelf.ts";

function openShelf() {
  const memory = openMemoryStorage();
  const storage = memory.namespace("snapshot-store");
  return { memory, storage, shelf: new SnapshotShelf(storage) };
}

function snapshot(conversationId: string, state: Snapshot["state"]): Snapshot {
  const turn = {
    turnId: "trn_1",
    runId: "run_1",
    agent: "default",
    model: "p/m",
    startSeq: 1,
    startedAtMs: 1_000,
    stepCount: 0,
    toolCallCount: 0,
    usage: noUsage,
    contextSize: null,
    resumeCount: 0,
    retry: null,
  };
  return { conversationId, state, seq: 2, turn, pending: null };
}

test("what was prepared is there when the commit that carried it is", async () => {
  const { memory, shelf } = openShelf();
  const prepared = shelf.prepare(snapshot("cnv_1", "in_progress"), []);
  expect(await shelf.get("cnv_1")).toBeUndefined();
  await memory.namespace("another").commit({}, prepared);
  expect(await shelf.get("cnv_1")).toEqual(snapshot("cnv_1", "in_progress"));
});

test("the unfinished are found without a look at those that are over", async () => {
  const { storage, shelf } = openShelf();
  for (let index = 0; index < 600; index++) {
    await storage.commit({}, shelf.prepare(snapshot(`cnv_open_${index}`, "in_progress"), []));
    await storage.commit({}, shelf.prepare(snapshot(`cnv_${index}`, "in_progress"), []));
    await storage.commit({}, shelf.prepare(snapshot(`cnv_${index}`, "idle"), []));
  }
  await storage.commit({}, shelf.prepare(snapshot("cnv_waits", "awaiting_input"), []));
  await storage.commit({}, shelf.prepare(snapshot("cnv_cut", "interrupted"), []));
  const found = (await shelf.unfinished()).map(({ conversationId }) => conversationId);
  expect(found).toHaveLength(601);
  expect(found.every((id) => id.startsWith("cnv_open_") || id === "cnv_waits")).toBe(true);
  expect(await storage.list({ prefix: ["open"], limit: 1_000 })).toHaveLength(601);
  expect(await shelf.get("cnv_5")).toEqual(snapshot("cnv_5", "idle"));
});

test("what is forgotten leaves no row behind, and can be forgotten again", async () => {
  const { storage, shelf } = openShelf();
  await storage.commit({}, shelf.prepare(snapshot("cnv_1", "in_progress"), []));
  await storage.commit({}, shelf.prepare(snapshot("cnv_2", "idle"), []));
  await shelf.forget("cnv_1");
  await shelf.forget("cnv_1");
  expect((await storage.list({ prefix: [], limit: 10 })).map(({ key }) => key)).toEqual([
    ["closed", "cnv_2"],
  ]);
});
