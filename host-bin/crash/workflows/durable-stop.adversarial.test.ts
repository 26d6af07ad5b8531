// R5, S5: once somebody was told that a run is being stopped, it and all below it never take another step, whatever ends the
// daemon: the next one ends them as stopped.
import { ConnectionError, LatheProblem } from "@lathe/client";
import type { Run } from "@lathe/kernel";
import {
  conversationsCreate,
  conversationsEntries,
  conversationsStop,
  readyz,
  runsCreate,
} from "@lathe/wire/operations";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { guestsOf } from "./guests-of.ts";
import { PhaseStage } from "./phase-stage.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let stage: PhaseStage;
beforeAll(async () => {
  // Nothing that a test leaves at work ends by itself while the daemon drains.
  stage = await PhaseStage.open({ engine: { idleGuestCount: 0 }, drainGraceMs: 60_000 });
});
afterAll(() => stage.close());
afterEach(() => stage.model.letGo());

/** The request is on disk, and whoever has asked is not answered yet. */
const asked = { name: "stop-is-stored", count: 1 };

const meta = `export const meta = { name: "stops", description: "Is stopped." };\n`;

/** A turn whose model does not answer until it is let go. */
async function turnAtWork(mark: string): Promise<Run> {
  stage.model.hold(mark);
  const { clients, workFolder } = stage.stage;
  const { id: conversationId } = await clients.http.call(conversationsCreate, { cwd: workFolder });
  const input = `[${mark}] Say.`;
  const run = await clients.http.call(runsCreate, { kind: "turn", conversationId, input });
  await stage.asked(mark);
  return run;
}

/** A workflow in the middle of an agent of its own and of one of a workflow nested in it; behind them it asks for another. */
async function workflowAtWork(id: string): Promise<Run> {
  for (const mark of [`plain-${id}`, `nested-${id}`]) stage.model.hold(mark);
  const inner = `${meta}return await agent("[nested-${id}] Say.", { label: "nested-${id}" });`;
  const run = await stage.run(`${meta}
    const first = await agent("[first-${id}] Say.", { label: "first-${id}" });
    const within = workflow({ script: ${JSON.stringify(inner)} });
    const plain = await agent("[plain-${id}] Say.", { label: "plain-${id}" });
    return [first, plain, await within, await agent("[behind-${id}] Say.", { label: "behind-${id}" })];`);
  await Promise.all([stage.asked(`plain-${id}`), stage.asked(`nested-${id}`)]);
  return run;
}

/** Whatever still would be done is done now; what was over by then stays as it is. */
async function expectStopped(id: string): Promise<Run> {
  stage.model.letGo();
  const run = await stage.finished(id);
  expect(run).toMatchObject({ status: "stopped", error: null });
  expect((await stage.below(id)).filter(({ status }) => status === "running")).toEqual([]);
  expect(await stage.active()).toEqual([]);
  expect(await guestsOf(stage.stage.home.stateFolder)).toEqual([]);
  return run;
}

async function expectTurnStopped({ id, conversationId }: Run, mark: string): Promise<void> {
  await expectStopped(id);
  expect(stage.model.askedFor(mark)).toBe(1);
  const query = { id: conversationId ?? "", sinceSeq: 0, limit: 100 };
  const { items } = await stage.stage.clients.http.call(conversationsEntries, query);
  // The step in flight is there where the daemon that was asked has ended it.
  const types = items.filter(({ type }) => type !== "step-complete").map(({ type }) => type);
  expect(types).toEqual(["user-message", "turn-start", "done", "turn-sealed"]);
  for (const item of items)
    if (item.type === "step-complete" || item.type === "done") expect(item.finishReason).toBe("aborted");
}

async function expectWorkflowStopped({ id: runId }: Run, id: string): Promise<void> {
  const run = await expectStopped(runId);
  const entries = await stage.entries(runId);
  expect(entries.at(-1)).toMatchObject({ type: "workflow-finish", status: "stopped", seq: run.lastSeq });
  expect(entries.filter(({ type }) => type === "workflow-continued")).toEqual([]);
  expect((await stage.ends(runId)).toSorted()).toEqual([
    `first-${id} ok`,
    `plain-${id} stopped`,
    "stops stopped",
  ]);
  const below = await stage.below(runId);
  expect(below.map(({ kind, status }) => `${kind} ${status}`).toSorted()).toEqual([
    "turn stopped",
    "turn stopped",
    "turn succeeded",
    "workflow stopped",
  ]);
  const marks = [`first-${id}`, `plain-${id}`, `nested-${id}`, `behind-${id}`];
  expect(marks.map((mark) => stage.model.askedFor(mark))).toEqual([1, 1, 1, 0]);
}

async function isDraining(): Promise<boolean> {
  const refused = await stage.stage.clients.http.call(readyz, {}).then(
    () => undefined,
    (failure: unknown) => failure,
  );
  if (refused === undefined) return false;
  if (refused instanceof LatheProblem) return refused.code === "draining";
  throw refused;
}

/** Asks, and is perhaps never answered. */
async function ask(stop: Promise<unknown>): Promise<void> {
  await stop.catch((failure: unknown) => {
    if (!(failure instanceof ConnectionError)) throw failure;
  });
}

const endings: readonly (readonly [string, (stop: () => Promise<unknown>) => Promise<void>])[] = [
  [
    "killed as soon as it has answered",
    async (stop) => {
      await stop();
      await stage.die();
    },
  ],
  ["killed when the request is on disk", (stop) => stage.diesAt(asked, () => ask(stop()))],
  [
    "asked to end as soon as it has answered",
    async (stop) => {
      await stop();
      stage.stage.daemon.terminate();
      await stage.stage.daemon.ended;
      await stage.next();
    },
  ],
  [
    "asked to stop it while it drains, and killed",
    async (stop) => {
      const { daemon } = stage.stage;
      daemon.terminate();
      await stage.until(isDraining);
      await stop();
      await stage.die();
    },
  ],
];

describe.each(
  endings,
)("R5: what was asked to stop of a daemon that is %s is over in the next one", (name, end) => {
  const id = `e${endings.findIndex(([other]) => other === name)}`;

  test("a turn, by its run", async () => {
    const run = await turnAtWork(`plain-run-${id}`);
    await end(() => stage.stop(run.id));
    await expectTurnStopped(run, `plain-run-${id}`);
  });

  test("a turn, by its conversation", async () => {
    const run = await turnAtWork(`plain-cnv-${id}`);
    const { http } = stage.stage.clients;
    await end(() => http.call(conversationsStop, { id: run.conversationId ?? "" }));
    await expectTurnStopped(run, `plain-cnv-${id}`);
  });

  test("a workflow, with its agents and the workflow nested in it; what resumes it goes on from what it had", async () => {
    const run = await workflowAtWork(id);
    await end(() => stage.stop(run.id));
    await expectWorkflowStopped(run, id);
    const again = await stage.begin({ resumeFrom: run.id });
    const whole = await stage.finished(again?.id ?? "");
    const result = ["first", "plain", "nested", "behind"].map((mark) => `This is ${mark}-${id}.`);
    expect(whole).toMatchObject({ status: "succeeded", result });
    expect(stage.model.askedFor(`first-${id}`)).toBe(1);
  });

  test("one agent of a workflow: the script goes on without it", async () => {
    const mark = `plain-one-${id}`;
    stage.model.hold(mark);
    const run = await stage.run(`${meta}
      const skipped = await agent("[${mark}] Say.", { label: "skipped" });
      return [skipped, await agent("[behind-one-${id}] Say.", { label: "behind" })];`);
    await stage.asked(mark);
    const [child] = await stage.below(run.id);
    await end(() => stage.stop(child?.id ?? ""));
    expect(await stage.finished(run.id)).toMatchObject({
      status: "succeeded",
      result: [null, `This is behind-one-${id}.`],
    });
    expect(await stage.get(child?.id ?? "")).toMatchObject({ status: "stopped" });
    expect(await stage.ends(run.id)).toEqual(["skipped null", "behind ok"]);
    expect(stage.model.askedFor(mark)).toBe(1);
  });
});
