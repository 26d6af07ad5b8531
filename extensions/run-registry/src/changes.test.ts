// The change feed of runs: each change after its commit, to whoever may see the run.
import type { Run } from "@lathe/kernel";
import { expect, test } from "vitest";
import { ann, bob, type Followed, openStage, root, type Stage, settle } from "./testing/stage.ts";

async function follow(stage: Stage, principal = ann): Promise<Followed> {
  const followed = await stage.follow("runs.changes", {}, { principal });
  return followed ?? expect.fail("There is nothing to follow.");
}

async function pass(stage: Stage): Promise<void> {
  await settle();
  await stage.host.timers.advance(1_000);
  await settle();
}

function toldOf({ events }: Followed): readonly unknown[] {
  return events.map((event) =>
    event.type === "run-changed" ? [event.runId, event.run?.status ?? null] : event.type,
  );
}

test("a run is told when it begins, when it is asked to stop, when it has stopped, and when it is deleted", async () => {
  await using stage = await openStage();
  const stopping = Promise.withResolvers<void>();
  stage.tasks.onStop = async ({ id }) => {
    await stopping.promise;
    await stage.tasks.end(id, "stopped");
  };
  const followed = await follow(stage);
  await pass(stage);
  const { id } = await stage.ask<Run>("runs.create", { kind: "task", input: "work" });
  await pass(stage);
  expect(followed.events).toEqual([
    { type: "feed-start" },
    { type: "run-changed", runId: id, run: await stage.ask("runs.get", { id }) },
  ]);
  await stage.ask("runs.stop", { id });
  await pass(stage);
  stopping.resolve();
  await pass(stage);
  await stage.ask("runs.delete", { id });
  await pass(stage);
  expect(toldOf(followed)).toEqual([
    "feed-start",
    [id, "running"],
    [id, "stopping"],
    [id, "stopped"],
    [id, null],
  ]);
});

test("a run that could not be stopped is told to be running again", async () => {
  await using stage = await openStage();
  stage.tasks.onStop = async () => {
    throw new Error("It does not listen.");
  };
  await stage.tasks.begin("run_1", "ann");
  const followed = await follow(stage);
  await pass(stage);
  await stage.ask("runs.stop", { id: "run_1" });
  await pass(stage);
  expect(toldOf(followed)).toEqual(["feed-start", ["run_1", "running"]]);
});

test("everybody is told of his own runs alone, and who may see everything of all", async () => {
  await using stage = await openStage();
  const [annSees, bobSees, rootSees] = [
    await follow(stage),
    await follow(stage, bob),
    await follow(stage, root),
  ];
  await stage.tasks.begin("run_1", "ann");
  await stage.tasks.begin("run_2", "bob");
  await pass(stage);
  await stage.tasks.end("run_1");
  await pass(stage);
  await stage.ask("runs.delete", { id: "run_1" });
  await pass(stage);
  const ofAnn = [
    ["run_1", "running"],
    ["run_1", "succeeded"],
    ["run_1", null],
  ];
  expect(toldOf(annSees)).toEqual(["feed-start", ...ofAnn]);
  expect(toldOf(bobSees)).toEqual(["feed-start", ["run_2", "running"]]);
  expect(toldOf(rootSees)).toEqual(["feed-start", ofAnn[0], ["run_2", "running"], ...ofAnn.slice(1)]);
});

test("who does not follow is told that nothing is replayed", async () => {
  await using stage = await openStage();
  expect(await stage.ask("runs.changes", {})).toEqual({ replays: false });
});
