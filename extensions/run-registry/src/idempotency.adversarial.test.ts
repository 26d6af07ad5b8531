// G7, I16: a request that is named by its caller is carried out once, whoever else sends it, and when.
import { AppendConflictError, type Run, StorageReadOnlyError } from "@lathe/kernel";
import { describe, expect, test } from "vitest";
import { ann, bob, openStage, type Stage, settle } from "./testing/stage.ts";

const task = { kind: "task", input: { text: "work", deep: [1, { b: 2, a: 1 }] } };
const hour = 3_600_000;

function create(stage: Stage, input: object = task, key = "key-1", principal = ann): Promise<Run> {
  return stage.ask<Run>("runs.create", input, { principal, idempotencyKey: key });
}

/** Lets time pass, hour by hour, and in each what falls due come to its end. */
async function pass(stage: Stage, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= hour) {
    await stage.host.timers.advance(hour - 1_000);
    for (let step = 0; step < 10; step += 1) {
      await stage.host.timers.advance(100);
      await settle();
    }
  }
}

describe("the same key", () => {
  test("I16: gives the same run again, in whatever state it is by now", async () => {
    await using stage = await openStage();
    const first = await create(stage);
    expect(await create(stage)).toEqual(first);
    await stage.tasks.end(first.id);
    expect(await create(stage)).toMatchObject({ id: first.id, status: "succeeded" });
    expect(stage.tasks.started).toHaveLength(1);
  });

  test("I16: gives the same run after a restart", async () => {
    const before = await openStage();
    const first = await create(before);
    await before.host.close();
    await using after = await openStage({ memory: before.memory });
    expect((await create(after)).id).toBe(first.id);
    expect(after.tasks.started).toEqual([]);
  });

  test("means the same request in whatever order its fields were written", async () => {
    await using stage = await openStage();
    const { id } = await create(stage);
    const turned = { input: { deep: [1, { a: 1, b: 2 }], text: "work" }, kind: "task" };
    expect((await create(stage, turned)).id).toBe(id);
  });

  test.each([
    ["input", { ...task, input: { text: "play", deep: task.input.deep } }],
    ["agent", { ...task, agent: "writer" }],
    ["conversation", { ...task, conversationId: "cnv_1" }],
    ["kind", { ...task, kind: "dance" }],
  ])("G7: with another %s is refused with 422, and starts nothing", async (_what, other) => {
    await using stage = await openStage();
    await create(stage);
    expect(await stage.problemOf("runs.create", other, { idempotencyKey: "key-1" })).toMatchObject({
      status: 422,
      code: "idempotency-key-reused",
    });
    expect(stage.tasks.started).toHaveLength(1);
  });

  test("B1: of another owner is another key, and tells nothing of the first", async () => {
    await using stage = await openStage();
    const ours = await create(stage);
    const theirs = await create(stage, { kind: "task", input: "other" }, "key-1", bob);
    expect(theirs).toMatchObject({ owner: "bob" });
    expect(theirs.id).not.toBe(ours.id);
    expect((await create(stage)).id).toBe(ours.id);
  });

  test("of a run that was deleted starts no other", async () => {
    await using stage = await openStage();
    const { id } = await create(stage);
    await stage.tasks.end(id);
    await stage.ask("runs.delete", { id });
    expect(await stage.problemOf("runs.create", task, { idempotencyKey: "key-1" })).toMatchObject({
      status: 410,
      code: "run-deleted",
    });
  });

  test("of a request that was refused is free again", async () => {
    await using stage = await openStage();
    const refused = { kind: "task", input: "refused" };
    expect(await stage.problemOf("runs.create", refused, { idempotencyKey: "key-1" })).toMatchObject({
      code: "invalid-run-input",
    });
    expect(await create(stage)).toMatchObject({ status: "running" });
  });
});

test.each([
  "",
  "two words",
  "\u0000",
  "\ud800",
  "caf\u00e9",
  "x".repeat(201),
])("a key that is none is refused, whatever brought it: %j", async (key) => {
  await using stage = await openStage();
  expect(await stage.problemOf("runs.create", task, { idempotencyKey: key })).toMatchObject({
    status: 400,
    code: "invalid-idempotency-key",
  });
  expect(stage.tasks.started).toEqual([]);
});

describe("two requests at the same moment", () => {
  test("with one key are one run", async () => {
    await using stage = await openStage();
    const runs = await Promise.all(Array.from({ length: 20 }, () => create(stage)));
    expect(new Set(runs.map(({ id }) => id)).size).toBe(1);
    expect(stage.tasks.started).toHaveLength(1);
  });

  test("with one key and two bodies are one run and one refusal", async () => {
    await using stage = await openStage();
    const [first, second] = await Promise.allSettled([
      create(stage),
      create(stage, { kind: "task", input: 2 }),
    ]);
    expect(first.status).toBe("fulfilled");
    expect(second).toMatchObject({ status: "rejected", reason: { code: "idempotency-key-reused" } });
  });

  test("with two keys are two runs, and do not wait for each other", async () => {
    await using stage = await openStage();
    const gate = Promise.withResolvers<void>();
    stage.tasks.beforeCommit = () => gate.promise;
    const held = create(stage);
    await settle();
    stage.tasks.beforeCommit = async () => undefined;
    const free = await create(stage, task, "key-2");
    gate.resolve();
    expect((await held).id).not.toBe(free.id);
  });

  test("to two registries over one store are one run, since the commit decides", async () => {
    await using one = await openStage();
    await using two = await openStage({ memory: one.memory });
    // Both have looked for the key before either commits.
    const gate = Promise.withResolvers<void>();
    for (const stage of [one, two]) stage.tasks.beforeCommit = () => gate.promise;
    const both = [create(one), create(two)];
    await settle();
    expect([one.tasks.started.length, two.tasks.started.length]).toEqual([1, 1]);
    gate.resolve();
    const [first, second] = await Promise.all(both);
    expect(first?.id).toBe(second?.id);
    const rows = await one.storage.list({ prefix: ["run"], limit: 10 });
    expect(rows.map(({ key }) => key[1])).toEqual([first?.id]);
  });

  test("of which the first could not be stored: the second is carried out", async () => {
    await using stage = await openStage();
    let failures = 1;
    stage.memory.guardCommits(() => {
      if (failures-- > 0) throw new StorageReadOnlyError("full");
    });
    const [first, second] = await Promise.allSettled([create(stage), create(stage)]);
    expect(first).toMatchObject({ status: "rejected", reason: { code: "storage-read-only" } });
    expect(second).toMatchObject({ status: "fulfilled", value: { status: "running" } });
  });
});

test("G3: a run whose beginning is not committed leaves no key, and a key no run", async () => {
  await using stage = await openStage();
  stage.memory.guardCommits(() => {
    throw new StorageReadOnlyError("full");
  });
  await expect(create(stage)).rejects.toThrow(StorageReadOnlyError);
  stage.memory.guardCommits(undefined);
  expect(await stage.storage.list({ prefix: [], limit: 10 })).toEqual([]);
  // A conflict that has nothing to do with the key is the kind's to tell.
  stage.tasks.beforeCommit = async () => {
    throw new AppendConflictError("cnv_1");
  };
  await expect(create(stage)).rejects.toThrow(AppendConflictError);
  expect(await stage.storage.list({ prefix: [], limit: 10 })).toEqual([]);
});

describe("forgetting", () => {
  test("G7: a key stands for its run for a day at least, and then goes, a hundred at a time", async () => {
    await using stage = await openStage({ config: { idempotencyKeepMs: 24 * hour, pruneIntervalMs: hour } });
    for (let count = 0; count < 250; count += 1) await create(stage, task, `old-${count}`);
    await stage.host.timers.advance(12 * hour);
    const { id } = await create(stage, task, "young");
    const deletedCounts: number[] = [];
    stage.memory.guardCommits((all) => {
      for (const { deletes = [] } of all) if (deletes.length > 0) deletedCounts.push(deletes.length / 2);
    });
    await stage.host.timers.advance(12 * hour - 1);
    expect(deletedCounts).toEqual([]);
    await pass(stage, 2 * hour);
    expect(deletedCounts).toEqual([100, 100, 50]);
    expect((await create(stage, task, "young")).id).toBe(id);
    const left = await stage.storage.list({ prefix: ["key"], limit: 1_000 });
    expect(left.map(({ key }) => key)).toEqual([["key", "ann", "young"]]);
    expect(await create(stage, task, "old-1")).toMatchObject({ status: "running" });
  });

  test("that fails is tried again", async () => {
    await using stage = await openStage({ config: { idempotencyKeepMs: 24 * hour, pruneIntervalMs: hour } });
    await create(stage);
    stage.memory.guardCommits(() => {
      throw new StorageReadOnlyError("full");
    });
    await pass(stage, 26 * hour);
    expect(stage.host.records.filter(({ kind }) => kind === "log")).not.toEqual([]);
    stage.memory.guardCommits(undefined);
    await pass(stage, 2 * hour);
    expect(await stage.storage.list({ prefix: ["key"], limit: 10 })).toEqual([]);
  });
});
