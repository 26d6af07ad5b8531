import type { Run } from "@lathe/kernel";
import type { Page } from "@lathe/wire";
import { describe, expect, test } from "vitest";
import { ids, openStage, root, type Stage, settle } from "./testing/stage.ts";

const task = { kind: "task", input: "work" };

/** Runs in every state, oldest first. */
async function runsOfEveryState({ tasks }: Stage, owner: string): Promise<readonly string[]> {
  const made: string[] = [];
  for (const status of ["succeeded", "failed", undefined, "stopped", "interrupted", undefined] as const) {
    const id = ids.newId("run");
    await tasks.begin(id, owner, null, { agent: made.length % 2 === 0 ? "coder" : "writer" });
    if (status !== undefined) await tasks.end(id, status);
    made.push(id);
  }
  return made;
}

async function idsOf(stage: Stage, query: object, principal = root): Promise<readonly string[]> {
  const { items } = await stage.ask<Page<Run>>("runs.list", query, { principal });
  return items.map(({ id }) => id);
}

describe("a run", () => {
  test("R1, R2: is answered at once with its id, and can be read from then on", async () => {
    await using stage = await openStage();
    const run = await stage.ask<Run>("runs.create", { ...task, agent: "coder" });
    expect(run).toEqual({
      id: expect.stringMatching(/^run_/),
      kind: "task",
      owner: "ann",
      parentId: null,
      title: "coder",
      status: "running",
      agent: "coder",
      conversationId: null,
      turnId: null,
      firstSeq: null,
      lastSeq: null,
      createdAtMs: stage.host.clock.nowMs(),
      startedAtMs: stage.host.clock.nowMs(),
      endedAtMs: null,
      usage: null,
      budget: null,
      result: null,
      error: null,
      schemaWarnings: [],
    });
    expect(await stage.ask("runs.get", { id: run.id })).toEqual(run);
    expect(await stage.runs.get(run.id)).toEqual(run);
    expect(stage.tasks.started).toMatchObject([
      {
        request: { input: "work", agent: "coder" },
        options: { owner: "ann", parentId: null, runId: run.id },
      },
    ]);
  });

  test("G4: ends once, with what it came to; a second ending is none", async () => {
    await using stage = await openStage();
    const { id } = await stage.ask<Run>("runs.create", task);
    const usage = {
      inputTokens: 1,
      outputTokens: 2,
      cacheReadTokens: null,
      cacheWriteTokens: null,
      reasoningTokens: 0,
    };
    const error = { code: "length", message: "It was cut." };
    const ending = { status: "succeeded", usage, result: { answer: 42 }, error, lastSeq: 7 } as const;
    const ended = await stage.runs.end(id, ending);
    expect(ended).toBeDefined();
    stage.host.clock.advance(5);
    expect(await stage.ask("runs.get", { id })).toMatchObject({ status: "running" });
    if (ended !== undefined) await stage.storage.commit({}, ended);
    expect(await stage.ask("runs.get", { id })).toMatchObject({ ...ending, endedAtMs: expect.any(Number) });
    expect(await stage.runs.end(id, { ...ending, status: "failed" })).toBeUndefined();
    expect(await stage.runs.end("run_none", ending)).toBeUndefined();
  });

  test("of two endings at the same moment one is committed", async () => {
    await using stage = await openStage();
    const { id } = await stage.ask<Run>("runs.create", task);
    const end = async (status: "succeeded" | "failed"): Promise<string> => {
      const ended = await stage.runs.end(id, { status, usage: null, result: null, error: null });
      return ended === undefined ? "over" : (await stage.storage.commit({}, ended)).kind;
    };
    expect((await Promise.all([end("succeeded"), end("failed")])).sort()).toEqual(["committed", "conflict"]);
    expect(await idsOf(stage, { status: "succeeded" })).toEqual([id]);
    expect(await idsOf(stage, { status: "failed" })).toEqual([]);
  });

  test("cannot be begun twice under one id", async () => {
    await using stage = await openStage();
    await stage.tasks.begin("run_1", "ann");
    await expect(stage.tasks.begin("run_1", "ann")).rejects.toMatchObject({ code: "append-conflict" });
  });

  test("of a kind that is not there, or with an input that its kind refuses, is not begun", async () => {
    await using stage = await openStage();
    const unknown = await stage.problemOf("runs.create", { kind: "dance", input: 1 });
    expect(unknown).toMatchObject({ status: 422, code: "unknown-run-kind", errors: [{ field: "kind" }] });
    expect(unknown.detail).toContain("task");
    expect(await stage.problemOf("runs.create", { kind: "task", input: "refused" })).toMatchObject({
      status: 422,
      code: "invalid-run-input",
      errors: [{ field: "input", message: "Not this." }],
    });
    expect(await idsOf(stage, {})).toEqual([]);
  });
});

describe("R3: the list", () => {
  test("shows every run once, newest first, page by page, whatever its state", async () => {
    await using stage = await openStage();
    const made = [...(await runsOfEveryState(stage, "ann")), ...(await runsOfEveryState(stage, "bob"))];
    for (const limit of [1, 2, 5, 12, 200]) {
      const found: string[] = [];
      let cursor: string | null | undefined;
      while (cursor !== null) {
        const page: Page<Run> = await stage.ask(
          "runs.list",
          cursor === undefined ? { limit } : { limit, cursor },
          { principal: root },
        );
        found.push(...page.items.map(({ id }) => id));
        cursor = page.nextCursor;
      }
      expect(found).toEqual(made.toReversed());
    }
  });

  test("is chosen by status, agent and kind, alone and together", async () => {
    await using stage = await openStage();
    const made = await runsOfEveryState(stage, "ann");
    const [succeeded, failed, running, stopped, interrupted, alsoRunning] = made;
    expect(await idsOf(stage, { status: "running" })).toEqual([alsoRunning, running]);
    expect(await idsOf(stage, { status: "succeeded" })).toEqual([succeeded]);
    expect(await idsOf(stage, { status: "interrupted" })).toEqual([interrupted]);
    expect(await idsOf(stage, { status: "stopping" })).toEqual([]);
    expect(await idsOf(stage, { agent: "writer" })).toEqual([alsoRunning, stopped, failed]);
    expect(await idsOf(stage, { agent: "writer", status: "running" })).toEqual([alsoRunning]);
    expect(await idsOf(stage, { kind: "task", status: "failed" })).toEqual([failed]);
    expect(await idsOf(stage, { kind: "dance" })).toEqual([]);
  });

  test("is the same after a restart", async () => {
    const before = await openStage();
    const made = await runsOfEveryState(before, "ann");
    const listed = await before.ask("runs.list", {});
    await before.host.close();
    await using after = await openStage({ memory: before.memory });
    expect(await after.ask("runs.list", {})).toEqual(listed);
    expect(await idsOf(after, {})).toEqual(made.toReversed());
  });
});

describe("the runs that are not over", () => {
  test("are found by their kind, oldest first", async () => {
    await using stage = await openStage();
    const made = await runsOfEveryState(stage, "ann");
    expect((await stage.runs.active("task")).map(({ id }) => id)).toEqual([made[2], made[5]]);
    expect(await stage.runs.active("turn")).toEqual([]);
  });

  test("G4: are interrupted at the start where nobody executes their kind any more", async () => {
    const before = await openStage();
    const made = await runsOfEveryState(before, "ann");
    await before.host.close();
    await using after = await openStage({ memory: before.memory, withoutKind: true });
    await settle();
    expect(await idsOf(after, { status: "running" })).toEqual([]);
    expect(await after.runs.get(made[2] ?? "")).toMatchObject({
      status: "interrupted",
      error: { code: "run-kind-not-active" },
    });
    expect(await after.runs.get(made[0] ?? "")).toMatchObject({ status: "succeeded", error: null });
    expect(await after.problemOf("runs.events", { id: made[2] })).toMatchObject({
      status: 503,
      code: "run-kind-not-active",
    });
  });

  test("are left alone at the start where their kind is there", async () => {
    const before = await openStage();
    const made = await runsOfEveryState(before, "ann");
    await before.host.close();
    await using after = await openStage({ memory: before.memory });
    await settle();
    expect(await idsOf(after, { status: "running" })).toEqual([made[5], made[2]]);
  });
});

describe("deleting", () => {
  test("removes every row of a run that is over, and lets the kind remove its own", async () => {
    await using stage = await openStage();
    const { id } = await stage.ask<Run>("runs.create", task);
    expect(await stage.problemOf("runs.delete", { id })).toMatchObject({
      status: 409,
      code: "run-in-progress",
    });
    await stage.tasks.end(id);
    await stage.ask("runs.delete", { id });
    expect(await stage.problemOf("runs.get", { id })).toMatchObject({ status: 404, code: "unknown-run" });
    expect(await stage.problemOf("runs.delete", { id })).toMatchObject({ status: 404 });
    expect(await idsOf(stage, {})).toEqual([]);
    expect(stage.tasks.deleted).toEqual([id]);
    expect(await stage.storage.list({ prefix: [], limit: 10 })).toEqual([]);
  });

  test("is refused while anything runs that the run has started", async () => {
    await using stage = await openStage();
    await stage.tasks.begin("run_1", "ann");
    await stage.tasks.begin("run_2", "ann", "run_1");
    await stage.tasks.begin("run_3", "ann", "run_2");
    await stage.tasks.end("run_1");
    await stage.tasks.end("run_2");
    expect(await stage.problemOf("runs.delete", { id: "run_1" })).toMatchObject({ code: "run-in-progress" });
    await stage.tasks.end("run_3");
    for (const id of ["run_3", "run_2", "run_1"]) await stage.ask("runs.delete", { id });
    expect(await stage.storage.list({ prefix: [], limit: 10 })).toEqual([]);
  });

  test("takes along what the run has started, the last of it first", async () => {
    await using stage = await openStage();
    const parents = [
      ["run_1"],
      ["run_2", "run_1"],
      ["run_3", "run_1"],
      ["run_4", "run_2"],
      ["run_5"],
    ] as const;
    for (const [id, parent] of parents) await stage.tasks.begin(id, "ann", parent);
    for (const [id] of parents) await stage.tasks.end(id);
    await stage.ask("runs.delete", { id: "run_1" });
    expect(stage.tasks.deleted).toEqual(["run_4", "run_2", "run_3", "run_1"]);
    expect(await idsOf(stage, {})).toEqual(["run_5"]);
    await stage.ask("runs.delete", { id: "run_5" });
    expect(await stage.storage.list({ prefix: [], limit: 10 })).toEqual([]);
  });

  test("that was cut off can be asked for again", async () => {
    await using stage = await openStage();
    await stage.tasks.begin("run_1", "ann");
    await stage.tasks.begin("run_2", "ann", "run_1");
    for (const id of ["run_2", "run_1"]) await stage.tasks.end(id);
    stage.tasks.refuseDelete = "run_1";
    await expect(stage.ask("runs.delete", { id: "run_1" })).rejects.toThrow();
    stage.tasks.refuseDelete = undefined;
    await stage.ask("runs.delete", { id: "run_1" });
    expect(await stage.storage.list({ prefix: [], limit: 10 })).toEqual([]);
  });

  test("leaves what another owner has below it", async () => {
    await using stage = await openStage();
    await stage.tasks.begin("run_1", "ann");
    await stage.tasks.begin("run_2", "bob", "run_1");
    for (const id of ["run_2", "run_1"]) await stage.tasks.end(id);
    await stage.ask("runs.delete", { id: "run_1" });
    expect(await idsOf(stage, {})).toEqual(["run_2"]);
  });
});

test("nothing is left behind when the extension ends", async () => {
  const stage = await openStage();
  expect(stage.host.timers.waitingCount()).toBe(1);
  await stage.host.close();
  expect(stage.host.timers.waitingCount()).toBe(0);
});
