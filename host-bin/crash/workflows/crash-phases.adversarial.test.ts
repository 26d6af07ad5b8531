// The daemon dies in every phase of a run's life, at the exact place, and the next one brings the run to the same end.
import type { Run } from "@lathe/kernel";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { approvalAnswer } from "./fan-out.ts";
import { PhaseStage } from "./phase-stage.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let stage: PhaseStage;
beforeAll(async () => {
  stage = await PhaseStage.open({ engine: { idleGuestCount: 0, runConcurrencyMax: 1 } });
});
afterAll(() => stage.close());

const nested = `export const meta = { name: "inner", description: "Is called." };
phase("Within");
return await agent("[nested-0] Say.", { label: "nested-0" });
`;
/** The marks end with the number of the test, so that no two tests ask for the same. */
const script = (id: string): string => `export const meta = { name: "phases", description: "Has some." };
phase("One");
log("begins");
const plain = await agent("[plain-${id}] Say.", { label: "plain-${id}" });
const tool = await agent("[tool-${id}] Do.", { label: "tool-${id}" });
const answer = await approve("Shall it go on?", { timeout: 3600000 });
phase("Two");
const within = await workflow({ script: ${JSON.stringify(nested)}.replaceAll("nested-0", "nested-${id}") });
log("ends");
return { plain, tool, answer, within };
`;

async function expectWhole(run: Run, id: string, isAlone = true): Promise<void> {
  const { model } = stage;
  const [plain, tool, within] = [`This is plain-${id}.`, `This is tool-${id}.`, `This is nested-${id}.`];
  expect(run).toMatchObject({ status: "succeeded", result: { plain, tool, answer: approvalAnswer, within } });
  expect(await stage.ends(run.id)).toEqual([`plain-${id} ok`, `tool-${id} ok`, "inner ok"]);
  const entries = await stage.entries(run.id);
  expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
  const said = entries.flatMap((entry) => {
    if (entry.type === "phase") return entry.title;
    return entry.type === "log" && entry.source === "script" ? entry.text : [];
  });
  expect(said).toEqual(["One", "begins", "Two", "ends"]);
  expect(stage.stage.effects().filter(({ mark }) => mark === `tool-${id}`)).toHaveLength(1);
  const below = await stage.below(run.id);
  expect(below.map(({ status }) => status)).toEqual(below.map(() => "succeeded"));
  if (isAlone) expect(await stage.active()).toEqual([]);
  expect(model.refusals).toEqual([]);
}

/** How often the model is asked for the agents of one run, where nothing is asked again. */
function askedFor(id: string): readonly number[] {
  return ["plain", "tool", "nested"].map((kind) => stage.model.askedFor(`${kind}-${id}`));
}

test.each([
  ["when the run has just begun", "workflow-is-begun", 1],
  ["when its first agent has its conversation, and no turn", "workflow-agent-is-begun", 1],
  ["when the message of its first agent is stored", "admission-is-stored", 1],
  ["between the last step of an agent and the entry of its end", "workflow-agent-has-ended", 1],
  ["between the last step of an agent with a tool and the entry of its end", "workflow-agent-has-ended", 2],
  ["when an answer is stored that the script has not got", "workflow-call-is-answered", 1],
  ["when a question is asked", "workflow-approval-is-asked", 1],
  ["when the answer to the question is stored", "workflow-call-is-answered", 3],
  ["when a nested workflow has begun", "workflow-nested-is-begun", 1],
  ["when the agent of a nested workflow has begun", "workflow-agent-is-begun", 3],
  ["when the agent of a nested workflow has ended", "workflow-agent-has-ended", 3],
  ["when the nested workflow is about to be finished", "before-workflow-is-finished", 1],
  ["when the nested workflow is finished, and the script does not know", "workflow-is-finished", 1],
  ["when the run is about to be finished", "before-workflow-is-finished", 2],
  ["when the run is finished", "workflow-is-finished", 2],
] as const)("C3: killed %s, the run comes to the same end, and no agent is asked again", async (_when, name, count) => {
  const id = `${name}-${count}`;
  const key = crypto.randomUUID();
  await stage.diesAt({ name, count }, async () => {
    const run = await stage.begin({ script: script(id) }, key);
    if (run !== undefined) await stage.finished(run.id).catch(() => undefined);
  });
  const run = await stage.run(script(id), {}, key);
  await expectWhole(await stage.finished(run.id), id);
  expect(askedFor(id)).toEqual([1, 2, 1]);
});

test("C3: killed while an agent is being answered, the run asks for this step again, and for nothing else", async () => {
  const { model } = stage;
  model.hold("plain-held");
  const run = await stage.run(script("held"));
  await stage.asked("plain-held");
  await stage.die();
  model.letGo();
  await expectWhole(await stage.finished(run.id), "held");
  expect(askedFor("held")).toEqual([2, 2, 1]);
});

test("C3: killed while it waits for its turn, a run has it in the next daemon", async () => {
  const { model } = stage;
  model.hold("plain-first");
  const first = await stage.run(script("first"));
  await stage.asked("plain-first");
  const second = await stage.run(script("second"));
  expect((await stage.get(second.id)).status).toBe("queued");
  await stage.die();
  await stage.asked("plain-first", 2);
  model.letGo();
  await expectWhole(await stage.finished(first.id), "first", false);
  await expectWhole(await stage.finished(second.id), "second");
  expect(askedFor("second")).toEqual([1, 2, 1]);
});

test("C3: killed while it takes up a run, a daemon leaves it to the next one", async () => {
  const { model } = stage;
  model.hold("plain-again");
  const run = await stage.run(script("again"));
  await stage.asked("plain-again");
  await stage.stage.kill();
  stage.stage.startDaemon({ name: "workflow-is-continued", count: 1 });
  await stage.stage.daemon.ended;
  await stage.next();
  model.letGo();
  await expectWhole(await stage.finished(run.id), "again");
  const continued = (await stage.entries(run.id)).filter(({ type }) => type === "workflow-continued");
  expect(continued).toHaveLength(2);
});

test("C3: what somebody answers to a question that was asked before the crash is taken", async () => {
  const run = await stage.run(script("asked"));
  await stage.seen(run.id, "approval-asked");
  await stage.until(async () => (await stage.get(run.id)).status === "waiting");
  await stage.die();
  await stage.approve(run.id);
  await expectWhole(await stage.finished(run.id), "asked");
  const asked = (await stage.entries(run.id)).filter(({ type }) => type === "approval-asked");
  expect(asked).toHaveLength(1);
});

test("C3: an agent whose turn was cut off so often that it was ended goes on in the same conversation", async () => {
  const { model } = stage;
  model.hold("plain-often");
  const run = await stage.run(script("often"));
  for (const count of [1, 2, 3, 4, 5]) {
    await stage.asked("plain-often", count);
    await stage.die();
  }
  model.letGo();
  const { status, result } = await stage.finished(run.id);
  expect({ status, result }).toMatchObject({
    status: "succeeded",
    result: { plain: "This is plain-often." },
  });
  const turns = (await stage.below(run.id)).filter(({ kind }) => kind === "turn");
  const ended = turns.find((turn) => turn.status === "interrupted");
  const ofAgent = turns.filter(({ conversationId }) => conversationId === ended?.conversationId);
  expect(ofAgent.map((turn) => turn.status).toSorted()).toEqual(["interrupted", "succeeded"]);
});

test("C3: a timer that has won a race wins it again, although what it has won against is answered at once", async () => {
  const { model } = stage;
  for (const mark of ["plain-slow", "plain-late"]) model.hold(mark);
  const run = await stage.run(`export const meta = { name: "races", description: "Races." };
const slow = agent("[plain-slow] Say.", { label: "slow" });
const first = await Promise.race([slow, new Promise((resolve) => setTimeout(() => resolve("late"), 1000))]);
const second = await agent(first === "late" ? "[plain-late] Say." : "[plain-early] Say.");
return [first, second, await slow];`);
  await Promise.all([stage.asked("plain-slow"), stage.asked("plain-late")]);
  await stage.stage.kill();
  model.letGo();
  model.hold("plain-late");
  await stage.next();
  await stage.seen(run.id, "agent-finish", "slow");
  model.letGo();
  expect(await stage.finished(run.id)).toMatchObject({
    status: "succeeded",
    result: ["late", "This is plain-late.", "This is plain-slow."],
  });
  expect(model.askedFor("plain-early")).toBe(0);
});

test("C3: a script that lets its agents race a clock gets at once what was answered before the crash", async () => {
  const { model } = stage;
  model.hold("plain-clock1");
  const race = (mark: string): string => `await Promise.race([agent("[${mark}] Say."), late])`;
  const run = await stage.run(`export const meta = { name: "races", description: "Races." };
const late = new Promise((resolve) => setTimeout(() => resolve("late"), 600000));
return [${race("plain-clock0")}, ${race("plain-clock1")}];`);
  await stage.asked("plain-clock1");
  await stage.die();
  await stage.asked("plain-clock1", 2);
  model.letGo();
  expect((await stage.finished(run.id)).result).toEqual(["This is plain-clock0.", "This is plain-clock1."]);
});
