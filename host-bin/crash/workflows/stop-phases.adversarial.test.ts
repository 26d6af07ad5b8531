// A run is stopped in every phase of its life: it is shown as stopping and then as stopped, and with it everything that it
// has started, its process among them.
import type { Run } from "@lathe/kernel";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { guestsOf } from "./guests-of.ts";
import { PhaseStage } from "./phase-stage.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let stage: PhaseStage;
beforeAll(async () => {
  stage = await PhaseStage.open({ engine: { idleGuestCount: 0, runConcurrencyMax: 1 } });
});
afterAll(() => stage.close());
afterEach(() => stage.model.letGo());

const meta = `export const meta = { name: "stops", description: "Is stopped." };\n`;
const asking = (...marks: readonly string[]): string =>
  `${meta}return await parallel([${marks.map((mark) => `() => agent("[${mark}] Say.", { label: "${mark}" })`).join(", ")}]);`;

/** Asks it to stop, and sees to it that nothing of it is left. */
async function stopped(runId: string): Promise<Run> {
  const answer = await stage.stop(runId);
  expect(["stopping", "stopped"]).toContain(answer.status);
  const run = await stage.finished(runId);
  expect(run).toMatchObject({ status: "stopped", result: null, error: null });
  const entries = await stage.entries(runId);
  expect(entries.at(-1)).toMatchObject({ type: "workflow-finish", status: "stopped", seq: run.lastSeq });
  await expectNothingLeft(runId);
  return run;
}

async function expectNothingLeft(runId: string): Promise<void> {
  const below = await stage.below(runId);
  expect(below.filter(({ endedAtMs }) => endedAtMs === null)).toEqual([]);
  expect(await stage.active()).toEqual([]);
  expect(await guestsOf(stage.stage.home.stateFolder)).toEqual([]);
}

test("F16s: a run that is queued is stopped before it has a process", async () => {
  const { model } = stage;
  model.hold("plain-busy");
  const first = await stage.run(asking("plain-busy"));
  await stage.asked("plain-busy");
  const second = await stage.run(asking("plain-never"));
  expect((await stage.stop(second.id)).status).toBe("stopping");
  expect(await stage.finished(second.id)).toMatchObject({ status: "stopped" });
  expect((await stage.entries(second.id)).map(({ type }) => type)).toEqual([
    "workflow-start",
    "workflow-finish",
  ]);
  expect(model.askedFor("plain-never")).toBe(0);
  await stopped(first.id);
  expect(await stage.ends(first.id)).toEqual(["plain-busy stopped"]);
});

test("F16s: a run is stopped before its first agent, while it waits for a timer", async () => {
  const waits = `${meta}log("waits"); await new Promise((resolve) => setTimeout(resolve, 600000)); return 1;`;
  const run = await stage.run(waits);
  await stage.seen(run.id, "log");
  await stopped(run.id);
});

test("F16s: agents that are at work are stopped with their run, and those that wait for a place never begin", async () => {
  const { model } = stage;
  const marks = Array.from({ length: 20 }, (_, index) => `plain-w${index}`);
  for (const mark of marks) model.hold(mark);
  const run = await stage.run(asking(...marks));
  await stage.until(() => marks.filter((mark) => model.askedFor(mark) > 0).length === 16);
  await stopped(run.id);
  const ends = await stage.ends(run.id);
  expect(ends.toSorted()).toEqual(
    marks
      .slice(0, 16)
      .map((mark) => `${mark} stopped`)
      .toSorted(),
  );
  const below = await stage.below(run.id);
  expect(below.map(({ status }) => status)).toEqual(below.map(() => "stopped"));
  expect(below).toHaveLength(16);
});

test("F16s: an agent whose provider wants it to wait is stopped at once", async () => {
  const run = await stage.run(asking("busy-one"));
  await stage.asked("busy-one", 3);
  await stopped(run.id);
  expect(await stage.ends(run.id)).toEqual(["busy-one stopped"]);
});

test("F16s: a run that waits for somebody's answer is stopped, and the answer comes too late", async () => {
  const run = await stage.run(`${meta}return await approve("Shall it?", { timeout: 3600000 });`);
  await stage.until(async () => (await stage.get(run.id)).status === "waiting");
  await stopped(run.id);
  const types = (await stage.entries(run.id)).map(({ type }) => type);
  expect(types).toEqual(["workflow-start", "approval-asked", "workflow-finish"]);
  await stage.approve(run.id);
});

test("F16s: a nested workflow is stopped with the one that has called it, and its agents with it", async () => {
  stage.model.hold("plain-within");
  const outer = `${meta}return await workflow({ script: ${JSON.stringify(asking("plain-within"))} });`;
  const run = await stage.run(outer);
  await stage.asked("plain-within");
  await stopped(run.id);
  expect(await stage.ends(run.id)).toEqual(["stops stopped"]);
  const below = await stage.below(run.id);
  expect(below.map(({ kind, status }) => `${kind} ${status}`).toSorted()).toEqual([
    "turn stopped",
    "workflow stopped",
  ]);
  const nested = below.find(({ kind }) => kind === "workflow");
  expect(await stage.ends(nested?.id ?? "")).toEqual(["plain-within stopped"]);
});

test("F16s: a script that computes and never listens is stopped", async () => {
  const run = await stage.run(`${meta}log("computes"); await agent("[plain-before] Say."); while (true) {}`);
  await stage.seen(run.id, "agent-finish");
  await stopped(run.id);
});

test("F16s: a script that computes goes with its daemon, and is stopped in the next one", async () => {
  const run = await stage.run(`${meta}await agent("[plain-lost] Say."); while (true) {}`);
  await stage.seen(run.id, "agent-finish");
  await stage.stage.kill();
  expect(await guestsOf(stage.stage.home.stateFolder)).toEqual([]);
  await stage.next();
  await stopped(run.id);
  expect(stage.model.askedFor("plain-lost")).toBe(1);
});

test("F16s: a run that is about to be over is over, one way or the other, and once", async () => {
  const run = await stage.run(asking("plain-last"));
  await stage.seen(run.id, "agent-finish");
  await stage.stop(run.id);
  const { status, lastSeq } = await stage.finished(run.id);
  expect(["succeeded", "stopped"]).toContain(status);
  const entries = await stage.entries(run.id);
  expect(entries.filter(({ type }) => type === "workflow-finish")).toHaveLength(1);
  expect(entries.at(-1)).toMatchObject({ type: "workflow-finish", status, seq: lastSeq });
  await expectNothingLeft(run.id);
});

test("C3: what a killed daemon has left of a run is stopped with it, before its script has come to it again", async () => {
  const { model } = stage;
  const marks = ["plain-l0", "plain-l1", "plain-l2"];
  for (const mark of marks) model.hold(mark);
  const outer = `${meta}const inner = workflow({ script: ${JSON.stringify(asking("plain-l2"))} });
    return [await agent("[plain-l0] Say.", { label: "plain-l0" }), await inner, await agent("[plain-l1] Say.", { label: "plain-l1" })];`;
  const run = await stage.run(outer);
  await Promise.all([stage.asked("plain-l0"), stage.asked("plain-l2")]);
  await stage.die();
  await stopped(run.id);
  expect((await stage.ends(run.id)).toSorted()).toEqual(["plain-l0 stopped", "stops stopped"]);
  expect(model.askedFor("plain-l1")).toBe(0);
});
