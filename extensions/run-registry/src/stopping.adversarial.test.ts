// R5, G14: stopping answers at once, reaches everything that a run has started, and is shown until it is true.
import type { Run } from "@lathe/kernel";
import type { Page } from "@lathe/wire";
import { expect, test } from "vitest";
import { openStage, type Stage, settle } from "./testing/stage.ts";

async function statusOf(stage: Stage, id: string): Promise<string> {
  return (await stage.ask<Run>("runs.get", { id })).status;
}

async function listed(stage: Stage, status: string): Promise<readonly string[]> {
  return (await stage.ask<Page<Run>>("runs.list", { status })).items.map(({ id }) => id);
}

test("R5: a run is `stopping` from the answer on, in every operation, and then `stopped`", async () => {
  await using stage = await openStage();
  const { id } = await stage.ask<Run>("runs.create", { kind: "task", input: "work" });
  const gate = Promise.withResolvers<void>();
  stage.tasks.onStop = async (run) => {
    await gate.promise;
    await stage.tasks.end(run.id, "stopped");
  };
  expect(await stage.ask("runs.stop", { id })).toMatchObject({ status: "stopping" });
  expect(await stage.ask("runs.stop", { id })).toMatchObject({ status: "stopping" });
  await settle();
  expect(await statusOf(stage, id)).toBe("stopping");
  expect(await listed(stage, "stopping")).toEqual([id]);
  expect(await listed(stage, "running")).toEqual([]);
  expect((await stage.runs.get(id))?.status).toBe("running");
  gate.resolve();
  await settle();
  expect(await stage.ask("runs.stop", { id })).toMatchObject({ status: "stopped", error: null });
  expect([await listed(stage, "stopping"), await listed(stage, "stopped")]).toEqual([[], [id]]);
  expect(stage.tasks.stopped).toEqual([id]);
});

test("a run that is over stays as it is, however often it is asked to stop", async () => {
  await using stage = await openStage();
  const { id } = await stage.ask<Run>("runs.create", { kind: "task", input: "work" });
  await stage.tasks.end(id, "failed");
  for (let count = 0; count < 3; count += 1)
    expect(await stage.ask("runs.stop", { id })).toMatchObject({ status: "failed" });
  await settle();
  expect(stage.tasks.stopped).toEqual([]);
});

test("R5: the whole tree stops, through runs that are over and runs that were deleted, and nothing beside it", async () => {
  await using stage = await openStage();
  const { tasks } = stage;
  await tasks.begin("run_1", "ann");
  await tasks.begin("run_2", "ann", "run_1");
  await tasks.begin("run_3", "ann", "run_2");
  await tasks.begin("run_4", "ann", "run_3");
  await tasks.begin("run_5", "ann", "run_1");
  await tasks.begin("run_6", "ann");
  // One that is over, and one that nobody can see any more, between the top and the bottom.
  await tasks.end("run_2");
  await tasks.end("run_3");
  await stage.storage.commit({ deletes: [["run", "run_3"]] });
  await stage.ask("runs.stop", { id: "run_1" });
  await settle();
  expect(tasks.stopped.toSorted()).toEqual(["run_1", "run_4", "run_5"]);
  expect(await listed(stage, "running")).toEqual(["run_6"]);
});

test("R5: a tree stops also where its top is over", async () => {
  await using stage = await openStage();
  await stage.tasks.begin("run_1", "ann");
  await stage.tasks.begin("run_2", "ann", "run_1");
  await stage.tasks.end("run_1");
  expect(await stage.ask("runs.stop", { id: "run_1" })).toMatchObject({ status: "succeeded" });
  await settle();
  expect(await statusOf(stage, "run_2")).toBe("stopped");
});

test("what a run starts while it is being stopped is stopped, too", async () => {
  await using stage = await openStage();
  const { tasks } = stage;
  await tasks.begin("run_1", "ann");
  let startedCount = 0;
  tasks.onStop = async (run) => {
    if (startedCount < 3) {
      startedCount += 1;
      await tasks.begin(`run_1${startedCount}`, "ann", run.id);
    }
    await tasks.end(run.id, "stopped");
  };
  await stage.ask("runs.stop", { id: "run_1" });
  await settle();
  await settle();
  expect(await listed(stage, "running")).toEqual([]);
  expect((await listed(stage, "stopped")).toSorted()).toEqual(["run_1", "run_11", "run_12", "run_13"]);
});

test("a run that waits for those below it is stopped with them, not before them", async () => {
  await using stage = await openStage();
  const { tasks } = stage;
  await tasks.begin("run_1", "ann");
  await tasks.begin("run_2", "ann", "run_1");
  const below = Promise.withResolvers<void>();
  tasks.onStop = async (run) => {
    if (run.id === "run_1") await below.promise;
    await tasks.end(run.id, "stopped");
    if (run.id === "run_2") below.resolve();
  };
  await stage.ask("runs.stop", { id: "run_1" });
  await settle();
  expect(await listed(stage, "stopped")).toEqual(["run_2", "run_1"]);
});

test("R5: a workflow is stopped with its turns, those of a workflow nested in it as well, whatever they are doing", async () => {
  await using stage = await openStage();
  const { workflows, turns } = stage;
  await workflows.begin("run_1", "ann");
  await turns.begin("run_2", "ann", "run_1");
  await turns.begin("run_3", "ann", "run_1");
  await turns.end("run_3");
  await workflows.begin("run_4", "ann", "run_1", { status: "queued" });
  await turns.begin("run_5", "ann", "run_4");
  await workflows.note("run_1", "waiting");
  await turns.begin("run_6", "ann");
  await stage.ask("runs.stop", { id: "run_1" });
  await settle();
  expect([workflows.stopped.toSorted(), turns.stopped.toSorted()]).toEqual([
    ["run_1", "run_4"],
    ["run_2", "run_5"],
  ]);
  expect(await listed(stage, "running")).toEqual(["run_6"]);
  expect(await statusOf(stage, "run_3")).toBe("succeeded");
});

test("R5: a run that is queued is shown as `stopping`, and never starts", async () => {
  await using stage = await openStage();
  const { workflows, turns } = stage;
  await workflows.begin("run_1", "ann", null, { status: "queued" });
  await turns.begin("run_2", "ann", "run_1");
  const gate = Promise.withResolvers<void>();
  workflows.onStop = async ({ id }) => {
    await gate.promise;
    await workflows.end(id, "stopped");
  };
  expect(await stage.ask("runs.stop", { id: "run_1" })).toMatchObject({
    status: "stopping",
    startedAtMs: null,
  });
  await settle();
  expect([await listed(stage, "stopping"), await listed(stage, "queued")]).toEqual([["run_1"], []]);
  expect(await statusOf(stage, "run_2")).toBe("stopped");
  // Its place has become free at the same moment: what it is noted as does not undo the stop.
  await workflows.note("run_1", "running");
  expect(await statusOf(stage, "run_1")).toBe("stopping");
  gate.resolve();
  await settle();
  expect(await statusOf(stage, "run_1")).toBe("stopped");
});

test("R5: a turn that a workflow starts while it is being stopped is stopped, too", async () => {
  await using stage = await openStage();
  const { workflows, turns } = stage;
  await workflows.begin("run_1", "ann");
  await turns.begin("run_2", "ann", "run_1");
  turns.onStop = async ({ id }) => {
    // The script was between two agents, and had begun the next one.
    if (id === "run_2") await turns.begin("run_3", "ann", "run_1");
    await turns.end(id, "stopped");
  };
  await stage.ask("runs.stop", { id: "run_1" });
  await settle();
  await settle();
  expect(await listed(stage, "running")).toEqual([]);
  expect((await listed(stage, "stopped")).toSorted()).toEqual(["run_1", "run_2", "run_3"]);
});

test("a stop that fails is reported, leaves the run as it is, and can be asked for again", async () => {
  await using stage = await openStage();
  await stage.tasks.begin("run_1", "ann");
  await stage.tasks.begin("run_2", "ann", "run_1");
  const endIt = stage.tasks.onStop;
  stage.tasks.onStop = async (run) => {
    if (run.id === "run_1") throw new Error("It cannot.");
    await endIt(run);
  };
  expect(await stage.ask("runs.stop", { id: "run_1" })).toMatchObject({ status: "stopping" });
  await settle();
  expect([await statusOf(stage, "run_1"), await statusOf(stage, "run_2")]).toEqual(["running", "stopped"]);
  expect(stage.host.records).toContainEqual(
    expect.objectContaining({ level: "error", message: "A run could not be stopped." }),
  );
  stage.tasks.onStop = endIt;
  await stage.ask("runs.stop", { id: "run_1" });
  await settle();
  expect(await statusOf(stage, "run_1")).toBe("stopped");
});

test("a run whose kind is gone is stopped by the registry itself", async () => {
  const before = await openStage();
  await before.host.close();
  await using stage = await openStage({ memory: before.memory, withoutKind: true });
  await settle();
  await stage.tasks.begin("run_1", "ann");
  await stage.ask("runs.stop", { id: "run_1" });
  await settle();
  expect(await statusOf(stage, "run_1")).toBe("stopped");
});
