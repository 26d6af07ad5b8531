// Runs that wait before they run, or while they do.
import type { NewRun, Run } from "@lathe/kernel";
import type { Page } from "@lathe/wire";
import { describe, expect, test } from "vitest";
import { openStage, type Stage } from "./testing/stage.ts";

async function listed(stage: Stage, status: string): Promise<readonly string[]> {
  return (await stage.ask<Page<Run>>("runs.list", { status })).items.map(({ id }) => id);
}

const active = ["queued", "running", "waiting"] as const;

describe("a run that is queued", () => {
  test("has not started, is shown and listed as such, and starts when it is noted as running", async () => {
    await using stage = await openStage();
    const { workflows, runs, host } = stage;
    await workflows.begin("run_1", "ann", null, { status: "queued" });
    const createdAtMs = host.clock.nowMs();
    expect(await stage.ask("runs.get", { id: "run_1" })).toMatchObject({
      ...{ status: "queued", createdAtMs, startedAtMs: null, endedAtMs: null },
    });
    expect(await Promise.all(active.map((status) => listed(stage, status)))).toEqual([["run_1"], [], []]);
    host.clock.advance(5_000);
    expect(await workflows.note("run_1", "running")).toBe(true);
    expect(await runs.get("run_1")).toMatchObject({
      ...{ status: "running", createdAtMs, startedAtMs: createdAtMs + 5_000 },
    });
    expect(await Promise.all(active.map((status) => listed(stage, status)))).toEqual([[], ["run_1"], []]);
  });

  test("is one of those that are not over, and can end without having started", async () => {
    await using stage = await openStage();
    await stage.workflows.begin("run_1", "ann", null, { status: "queued" });
    expect((await stage.runs.active("workflow")).map(({ id }) => id)).toEqual(["run_1"]);
    await stage.workflows.end("run_1", "stopped");
    expect(await stage.runs.get("run_1")).toMatchObject({ status: "stopped", startedAtMs: null });
    expect([await stage.runs.active("workflow"), await listed(stage, "queued")]).toEqual([[], []]);
  });
});

describe("what a run does is noted", () => {
  test("while it waits for somebody, and when it goes on; it started once", async () => {
    await using stage = await openStage();
    const { workflows, host } = stage;
    await workflows.begin("run_1", "ann");
    const startedAtMs = host.clock.nowMs();
    host.clock.advance(1_000);
    await workflows.note("run_1", "waiting");
    expect([await listed(stage, "waiting"), await listed(stage, "running")]).toEqual([["run_1"], []]);
    host.clock.advance(1_000);
    await workflows.note("run_1", "running");
    expect(await stage.runs.get("run_1")).toMatchObject({ status: "running", startedAtMs });
    await workflows.note("run_1", "queued");
    expect(await stage.runs.get("run_1")).toMatchObject({ status: "queued", startedAtMs });
  });

  test("only where that is news: not twice, not of one that is over, not of one that is not there", async () => {
    await using stage = await openStage();
    const { workflows } = stage;
    await workflows.begin("run_1", "ann");
    expect(await workflows.note("run_1", "running")).toBe(false);
    await workflows.end("run_1");
    expect(await workflows.note("run_1", "waiting")).toBe(false);
    expect(await workflows.note("run_2", "waiting")).toBe(false);
    expect(await stage.runs.get("run_1")).toMatchObject({ status: "succeeded" });
    expect(await listed(stage, "waiting")).toEqual([]);
  });

  test("G4: a note that comes too late is not committed over an ending", async () => {
    await using stage = await openStage();
    await stage.workflows.begin("run_1", "ann");
    const late = await stage.runs.note("run_1", "waiting");
    await stage.workflows.end("run_1");
    expect(late).toBeDefined();
    if (late !== undefined) expect(await stage.storage.commit({}, late)).toMatchObject({ kind: "conflict" });
    expect(await stage.runs.get("run_1")).toMatchObject({ status: "succeeded" });
    expect(await stage.runs.active("workflow")).toEqual([]);
  });
});

describe("the runs that no run has started", () => {
  const topOf = async (stage: Stage, query: object = {}): Promise<Page<Run>> =>
    stage.ask<Page<Run>>("runs.list", { parent: "none", ...query });
  const idsIn = ({ items }: Page<Run>): readonly string[] => items.map(({ id }) => id);

  test("are listed without the others, going on and over, by status, in pages, to their owner", async () => {
    await using stage = await openStage();
    for (const id of ["run_1", "run_5", "run_6"]) await stage.workflows.begin(id, "ann");
    await stage.workflows.begin("run_7", "bob");
    for (const id of ["run_2", "run_3", "run_8"]) await stage.turns.begin(id, "ann", "run_1");
    for (const id of ["run_2", "run_5"]) await stage.turns.end(id);
    expect(idsIn(await topOf(stage))).toEqual(["run_6", "run_5", "run_1"]);
    expect(idsIn(await topOf(stage, { status: "succeeded" }))).toEqual(["run_5"]);
    const first = await topOf(stage, { limit: 2 });
    expect([idsIn(first), first.nextCursor]).toEqual([["run_6", "run_5"], "run_5"]);
    const second = await topOf(stage, { limit: 2, cursor: first.nextCursor });
    expect([idsIn(second), second.nextCursor]).toEqual([["run_1"], null]);
  });
});

describe("the title of a run", () => {
  test("is what its executor said, from its beginning to its end; null where it said none", async () => {
    await using stage = await openStage();
    await stage.workflows.begin("run_1", "ann", null, { title: "deep-research" });
    await stage.storage.commit({}, stage.runs.begin(draftOf("run_2")));
    await stage.workflows.end("run_1");
    const { items } = await stage.ask<Page<Run>>("runs.list", {});
    expect(items.map(({ id, title }) => [id, title])).toEqual([
      ["run_2", null],
      ["run_1", "deep-research"],
    ]);
  });
});

/** Without a title. */
function draftOf(id: string): NewRun {
  return {
    ...{ id, kind: "workflow", owner: "ann", parentId: null, agent: null },
    ...{ conversationId: null, turnId: null },
  };
}

describe("the runs that a run has started", () => {
  const childrenOf = async (stage: Stage, query: object): Promise<Page<Run>> =>
    stage.ask<Page<Run>>("runs.list", { parent: "run_1", ...query });
  const idsIn = ({ items }: Page<Run>): readonly string[] => items.map(({ id }) => id);

  test("are listed by its id, newest first, in pages, and by their status", async () => {
    await using stage = await openStage();
    await stage.workflows.begin("run_1", "ann");
    for (const id of ["run_2", "run_3", "run_4", "run_5"]) await stage.turns.begin(id, "ann", "run_1");
    await stage.turns.begin("run_6", "ann");
    await stage.turns.begin("run_7", "ann", "run_5");
    await stage.turns.end("run_3");
    expect(idsIn(await childrenOf(stage, {}))).toEqual(["run_5", "run_4", "run_3", "run_2"]);
    expect(idsIn(await childrenOf(stage, { status: "running" }))).toEqual(["run_5", "run_4", "run_2"]);
    const first = await childrenOf(stage, { limit: 3 });
    expect([idsIn(first), first.nextCursor]).toEqual([["run_5", "run_4", "run_3"], "run_3"]);
    const second = await childrenOf(stage, { limit: 3, cursor: first.nextCursor });
    expect([idsIn(second), second.nextCursor]).toEqual([["run_2"], null]);
  });

  test("are those that are still there, and the caller's own", async () => {
    await using stage = await openStage();
    await stage.workflows.begin("run_1", "ann");
    for (const id of ["run_2", "run_3", "run_4"]) await stage.turns.begin(id, "ann", "run_1");
    await stage.turns.begin("run_5", "bob", "run_1");
    // Deleted, and yet known as the parent of another.
    await stage.turns.begin("run_6", "ann", "run_4");
    await stage.turns.end("run_6");
    await stage.turns.end("run_4");
    await stage.ask("runs.delete", { id: "run_4" });
    expect(idsIn(await childrenOf(stage, { limit: 1 }))).toEqual(["run_3"]);
    expect(idsIn(await childrenOf(stage, {}))).toEqual(["run_3", "run_2"]);
    expect(idsIn(await stage.ask("runs.list", { parent: "run_9" }))).toEqual([]);
  });
});
