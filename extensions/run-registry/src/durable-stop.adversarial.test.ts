// R5, S5: a stop that was answered holds in every daemon that comes after this one, for the run and for all below it.
import type { PreparedChanges, Run, Storage } from "@lathe/kernel";
import { expect, test } from "vitest";
import { openStage, type Stage, settle } from "./testing/stage.ts";

const never = (): Promise<void> => new Promise(() => {});

async function statusOf(stage: Stage, id: string): Promise<string> {
  return (await stage.ask<Run>("runs.get", { id })).status;
}

/** A store whose commits can be made to wait, or to fail. */
function withGate(gate: { open: () => Promise<void> }): (storage: Storage) => Storage {
  return (storage) =>
    Object.create(storage, {
      commit: {
        value: async (...changes: Parameters<Storage["commit"]>) => {
          await gate.open();
          return storage.commit(...changes);
        },
      },
      prepare: {
        value: (changes: Parameters<Storage["prepare"]>[0]): PreparedChanges => storage.prepare(changes),
      },
      get: { value: storage.get.bind(storage) },
      getMany: { value: storage.getMany.bind(storage) },
      list: { value: storage.list.bind(storage) },
      watch: { value: storage.watch.bind(storage) },
    });
}

test("R5: a stop is answered when it is durable, and the run is being stopped from the asking on", async () => {
  const held = Promise.withResolvers<void>();
  const gate = { open: () => held.promise };
  await using stage = await openStage({ wrap: withGate(gate) });
  await stage.tasks.begin("run_1", "ann");
  stage.tasks.onStop = never;
  let isAnswered = false;
  const answer = stage.ask<Run>("runs.stop", { id: "run_1" }).finally(() => {
    isAnswered = true;
  });
  await settle();
  expect([isAnswered, stage.tasks.stopped, await statusOf(stage, "run_1")]).toEqual([
    false,
    ["run_1"],
    "stopping",
  ]);
  held.resolve();
  expect(await answer).toMatchObject({ status: "stopping" });
  expect(await stage.runs.wasAskedToStop("run_1")).toBe(true);
});

test("R5: where it cannot be made durable nobody is told that it is, and the run is stopped all the same", async () => {
  const gate = { open: () => Promise.reject(new Error("The disk is full.")) };
  await using stage = await openStage({ wrap: withGate(gate) });
  await stage.tasks.begin("run_1", "ann");
  await expect(stage.ask("runs.stop", { id: "run_1" })).rejects.toThrow("The disk is full.");
  await settle();
  expect(await statusOf(stage, "run_1")).toBe("stopped");
});

test("S5: what a killed daemon was asked to stop is stopped by the next one, with all below it, and nothing beside it", async () => {
  const before = await openStage();
  before.workflows.onStop = never;
  before.turns.onStop = never;
  await before.workflows.begin("run_1", "ann");
  await before.workflows.begin("run_2", "ann", "run_1");
  await before.turns.begin("run_3", "ann", "run_2");
  await before.turns.begin("run_4", "ann");
  await before.ask("runs.stop", { id: "run_1" });

  await using stage = await openStage({ memory: before.memory });
  const { runs, workflows, turns } = stage;
  const asked = ["run_1", "run_2", "run_3", "run_4"].map((id) => runs.wasAskedToStop(id));
  expect(await Promise.all(asked)).toEqual([true, true, true, false]);
  await settle();
  expect([workflows.stopped.toSorted(), turns.stopped]).toEqual([["run_1", "run_2"], ["run_3"]]);
  expect(await statusOf(stage, "run_3")).toBe("stopped");
  expect(await statusOf(stage, "run_4")).toBe("running");
});

test("S5: a run below one that is over is stopped by the next daemon as well", async () => {
  const before = await openStage();
  before.tasks.onStop = never;
  await before.tasks.begin("run_1", "ann");
  await before.tasks.begin("run_2", "ann", "run_1");
  await before.tasks.end("run_1");
  await before.ask("runs.stop", { id: "run_1" });
  await using stage = await openStage({ memory: before.memory });
  await settle();
  expect(await statusOf(stage, "run_2")).toBe("stopped");
});

test("R5: a run that was asked to stop is never interrupted, and one that came to its end by itself keeps it", async () => {
  await using stage = await openStage();
  stage.tasks.onStop = never;
  await stage.tasks.begin("run_1", "ann");
  await stage.tasks.begin("run_2", "ann", "run_1");
  await stage.tasks.begin("run_3", "ann");
  await stage.ask("runs.stop", { id: "run_1" });
  await stage.tasks.end("run_1", "succeeded", "done");
  await stage.tasks.end("run_2", "interrupted");
  await stage.tasks.end("run_3", "interrupted");
  const found = await Promise.all(["run_1", "run_2", "run_3"].map((id) => stage.runs.get(id)));
  expect(found.map((run) => run?.status)).toEqual(["succeeded", "stopped", "interrupted"]);
});

test("S5: a run that was asked to stop, and whose kind is gone, ends as stopped", async () => {
  const before = await openStage();
  before.tasks.onStop = never;
  await before.tasks.begin("run_1", "ann");
  await before.tasks.begin("run_2", "ann");
  await before.ask("runs.stop", { id: "run_1" });
  await using stage = await openStage({ memory: before.memory, withoutKind: true });
  await settle();
  expect(await stage.ask("runs.get", { id: "run_1" })).toMatchObject({ status: "stopped", error: null });
  expect(await statusOf(stage, "run_2")).toBe("interrupted");
});

test("a run that is deleted leaves nothing behind that says that it was asked to stop", async () => {
  await using stage = await openStage();
  await stage.tasks.begin("run_1", "ann");
  await stage.ask("runs.stop", { id: "run_1" });
  await settle();
  await stage.ask("runs.delete", { id: "run_1" });
  await stage.tasks.begin("run_2", "ann");
  await stage.tasks.end("run_2");
  await stage.ask("runs.stop", { id: "run_2" });
  expect(await stage.storage.list({ prefix: ["stop"], limit: 9 })).toEqual([]);
});
