// What runs may use, and have used: taken with the request, shown while they go on, kept when they are over.
import type { Run, RunSpending } from "@lathe/kernel";
import type { Page } from "@lathe/wire";
import { describe, expect, test } from "vitest";
import { openStage, type Stage, settle } from "./testing/stage.ts";

const limits = { tokens: 500, usd: null };

function spent(spentTokens: number): RunSpending {
  return { limits, spentTokens, spentUsd: 0 };
}

async function begin(stage: Stage): Promise<string> {
  stage.turns.takesBudget = true;
  const { id } = await stage.ask<Run>("runs.create", { kind: "turn", input: "x", budget: 500 });
  return id;
}

async function shown(stage: Stage, id: string): Promise<readonly (RunSpending | null | undefined)[]> {
  const run = await stage.ask<Run>("runs.get", { id });
  const { items } = await stage.ask<Page<Run>>("runs.list", {});
  return [run.budget, items.find((item) => item.id === id)?.budget];
}

describe("a kind that takes a budget", () => {
  test.each([
    [500, { tokens: 500, usd: null }],
    [{ tokens: 500 }, { tokens: 500, usd: null }],
    [{ usd: 0.5 }, { tokens: null, usd: 0.5 }],
    [{}, { tokens: null, usd: null }],
  ])("is given %j beside the input, as limits", async (budget, given) => {
    await using stage = await openStage();
    stage.turns.takesBudget = true;
    await stage.ask("runs.create", { kind: "turn", input: { text: "x" }, budget });
    expect(stage.turns.started[0]?.request).toEqual({ input: { text: "x" }, budget: given });
  });

  test("is given no part of an input with it, where there is none", async () => {
    await using stage = await openStage();
    stage.turns.takesBudget = true;
    await stage.ask("runs.create", { kind: "turn", budget: 500 });
    expect(stage.turns.started[0]?.request).toEqual({ input: {}, budget: limits });
  });

  test("with an Idempotency-Key another budget is another request", async () => {
    await using stage = await openStage();
    stage.turns.takesBudget = true;
    const key = { idempotencyKey: "key-1" };
    const asked = { kind: "turn", input: "x", budget: 500 };
    const run = await stage.ask("runs.create", asked, key);
    expect(await stage.ask("runs.create", asked, key)).toEqual(run);
    for (const budget of [501, { tokens: 500, usd: 1 }, undefined])
      expect(await stage.problemOf("runs.create", { ...asked, budget }, key)).toMatchObject({
        code: "idempotency-key-reused",
      });
    expect(stage.turns.started).toHaveLength(1);
  });
});

test("what a run has used is shown from the moment on that its executor tells it, and told to whoever follows", async () => {
  await using stage = await openStage();
  const id = await begin(stage);
  expect(await shown(stage, id)).toEqual([spent(0), spent(0)]);
  const followed = await stage.follow("runs.changes", {});
  await settle();
  stage.runs.noteSpending(id, spent(120));
  await settle();
  await stage.host.timers.advance(1_000);
  await settle();
  expect(await shown(stage, id)).toEqual([spent(120), spent(120)]);
  expect(followed?.events.at(-1)).toMatchObject({ runId: id, run: { budget: spent(120) } });
  followed?.stop();
});

describe("a run that ends", () => {
  test("keeps what its ending says that it has used, whatever was told before and is told after", async () => {
    await using stage = await openStage();
    const id = await begin(stage);
    stage.runs.noteSpending(id, spent(120));
    const ending = { status: "failed", usage: null, result: null, error: null, budget: spent(480) } as const;
    const ended = await stage.runs.end(id, ending);
    if (ended !== undefined) await stage.storage.commit({}, ended);
    stage.runs.noteSpending(id, spent(130));
    expect(await shown(stage, id)).toEqual([spent(480), spent(480)]);
  });

  test("keeps what was told last where its ending says nothing of it", async () => {
    await using stage = await openStage();
    const id = await begin(stage);
    stage.runs.noteSpending(id, spent(120));
    await stage.turns.end(id, "interrupted");
    expect(await shown(stage, id)).toEqual([spent(120), spent(120)]);
  });
});

test("what is told of a run that nobody knows changes nothing", async () => {
  await using stage = await openStage();
  const followed = await stage.follow("runs.changes", {});
  await settle();
  stage.runs.noteSpending("run_none", spent(1));
  await settle();
  await stage.host.timers.advance(1_000);
  await settle();
  expect(followed?.shown).toEqual(["feed-start"]);
  expect(await stage.runs.get("run_none")).toBeUndefined();
  followed?.stop();
});

test("a run that was begun without a budget has none, also one of before there were any", async () => {
  await using stage = await openStage();
  await stage.tasks.begin("run_1", "ann");
  const row = await stage.storage.get(["run", "run_1"]);
  const { budget: _, ...old } = row?.value as Record<string, never>;
  await stage.storage.commit({ puts: [{ key: ["run", "run_1"], value: old }] });
  expect(await shown(stage, "run_1")).toEqual([null, null]);
});
