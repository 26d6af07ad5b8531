// What a run goes on with: in the next daemon after a drain, with its own text whatever becomes of the file, with what it
// has spent, and in another run that resumes it.
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CacheHit, Run, WorkflowEntry } from "@lathe/kernel";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { guestsOf } from "./guests-of.ts";
import { PhaseStage } from "./phase-stage.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let stage: PhaseStage;
beforeAll(async () => {
  stage = await PhaseStage.open({ engine: { idleGuestCount: 0 }, drainGraceMs: 100 });
});
afterAll(() => stage.close());
afterEach(() => stage.model.letGo());

const say = (mark: string, options = ""): string => `agent("[${mark}] Say.", { label: "${mark}"${options} })`;
const saying = (...marks: readonly string[]): string =>
  `export const meta = { name: "says", description: "Says." };
const said = [];
${marks.map((mark) => `said.push(await ${say(mark)});`).join("\n")}
return said;`;
const answers = (...marks: readonly string[]): readonly string[] => marks.map((mark) => `This is ${mark}.`);

async function drained(): Promise<void> {
  stage.stage.daemon.terminate();
  expect(await stage.stage.daemon.ended).toMatchObject({ code: 0 });
  expect(await guestsOf(stage.stage.home.stateFolder)).toEqual([]);
  await stage.next();
}

async function hits(runId: string): Promise<readonly string[]> {
  const isHit = (entry: WorkflowEntry): entry is WorkflowEntry<CacheHit> => entry.type === "cache-hit";
  return (await stage.entries(runId)).filter(isHit).map(({ label, reason }) => `${label} ${reason}`);
}

function tokensIn({ usage }: Pick<Run, "usage">): number {
  return (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0);
}

test("C3: a turn that a drain has stopped is gone on with in the next daemon, and the run comes to the same end", async () => {
  const { model } = stage;
  model.hold("plain-d1");
  const run = await stage.run(saying("tool-d0", "plain-d1", "plain-d2"));
  await stage.asked("plain-d1");
  await drained();
  model.letGo();
  const { status, result } = await stage.finished(run.id);
  expect({ status, result }).toEqual({
    status: "succeeded",
    result: answers("tool-d0", "plain-d1", "plain-d2"),
  });
  expect(await stage.ends(run.id)).toEqual(["tool-d0 ok", "plain-d1 ok", "plain-d2 ok"]);
  expect(["tool-d0", "plain-d1", "plain-d2"].map((mark) => model.askedFor(mark))).toEqual([2, 2, 1]);
  const turns = (await stage.below(run.id)).map((child) => child.status);
  expect(turns.toSorted()).toEqual(["stopped", "succeeded", "succeeded", "succeeded"]);
});

test("C3: an agent that is drained again and again goes on with the same conversation", async () => {
  const { model } = stage;
  const run = await stage.run(saying("plain-a0"));
  for (const count of [1, 2, 3, 4, 5]) {
    model.hold("plain-a0");
    await stage.asked("plain-a0", count);
    await drained();
  }
  model.letGo();
  expect((await stage.finished(run.id)).result).toEqual(answers("plain-a0"));
  const conversations = new Set((await stage.below(run.id)).map(({ conversationId }) => conversationId));
  expect(conversations.size).toBe(1);
});

test("C3: agents, a nested workflow and a question outlive a drain together", async () => {
  const { model } = stage;
  for (const mark of ["plain-e0", "plain-e1", "plain-e2"]) model.hold(mark);
  const script = `export const meta = { name: "much", description: "Does much." };
return await Promise.all([
  ${say("plain-e0")}, ${say("plain-e1")}, approve("Shall it?", { timeout: 3600000 }),
  workflow({ script: ${JSON.stringify(saying("plain-e2"))} }),
]);`;
  const run = await stage.run(script);
  await Promise.all([stage.asked("plain-e0"), stage.asked("plain-e1"), stage.asked("plain-e2")]);
  await stage.seen(run.id, "approval-asked");
  await drained();
  model.letGo();
  const [first, second] = answers("plain-e0", "plain-e1");
  expect((await stage.finished(run.id)).result).toEqual([first, second, { yes: true }, answers("plain-e2")]);
});

test.each([
  "edited",
  "deleted",
])("C3: a run goes on with the text that it was begun with when its file is %s", async (how) => {
  const { model } = stage;
  const [before, held, edited] = [`plain-${how}0`, `plain-${how}1`, `plain-${how}2`];
  const folder = join(stage.stage.workFolder, ".lathe", "workflows");
  const path = join(folder, "says.js");
  await mkdir(folder, { recursive: true });
  await writeFile(path, saying(before, held));
  model.hold(held);
  const run = await stage.begin({ workflow: "says" });
  await stage.asked(held);
  if (how === "edited") await writeFile(path, saying(before, edited));
  else await rm(path);
  await stage.die();
  model.letGo();
  expect((await stage.finished(run?.id ?? "")).result).toEqual(answers(before, held));
  expect(model.askedFor(edited)).toBe(0);
  await rm(path, { force: true });
});

test("a run that resumes a stopped one takes what was finished there, also of agents that write, and asks for the rest", async () => {
  const { model } = stage;
  model.hold("plain-r2");
  const script = saying("plain-r0", "tool-r1", "plain-r2");
  const run = await stage.run(script);
  await stage.asked("plain-r2");
  await stage.stop(run.id);
  await stage.finished(run.id);
  model.letGo();
  const resumed = await stage.begin({ resumeFrom: run.id });
  const { status, result } = await stage.finished(resumed?.id ?? "");
  expect({ status, result }).toEqual({
    status: "succeeded",
    result: answers("plain-r0", "tool-r1", "plain-r2"),
  });
  expect(await hits(resumed?.id ?? "")).toEqual(["plain-r0 resumed-run", "tool-r1 resumed-run"]);
  expect(["plain-r0", "tool-r1", "plain-r2"].map((mark) => model.askedFor(mark))).toEqual([1, 2, 2]);
  expect(stage.stage.effects().filter(({ mark }) => mark === "tool-r1")).toHaveLength(1);
});

test("C3: a run that resumes another one is killed, and still takes from it what it had not come to", async () => {
  const { model } = stage;
  model.hold("plain-k3");
  const run = await stage.run(saying("plain-k0", "plain-k1", "plain-k2", "plain-k3"));
  await stage.asked("plain-k3");
  await stage.stop(run.id);
  await stage.finished(run.id);
  const key = crypto.randomUUID();
  await stage.diesAt({ name: "workflow-call-is-answered", count: 2 }, () =>
    stage.begin({ resumeFrom: run.id }, key),
  );
  const resumed = await stage.begin({ resumeFrom: run.id }, key);
  await stage.asked("plain-k3", 2);
  model.letGo();
  expect((await stage.finished(resumed?.id ?? "")).result).toEqual(
    answers("plain-k0", "plain-k1", "plain-k2", "plain-k3"),
  );
  expect(["plain-k0", "plain-k1", "plain-k2", "plain-k3"].map((mark) => model.askedFor(mark))).toEqual([
    1, 1, 1, 2,
  ]);
});

test("a run that resumes another one with an edited script takes what has not changed, wherever it stands now", async () => {
  const { model } = stage;
  const run = await stage.run(saying("plain-s0", "plain-s1", "plain-s2"));
  await stage.finished(run.id);
  const edited = saying("plain-s2", "plain-s3", "plain-s0");
  const resumed = await stage.begin({ resumeFrom: run.id, script: edited });
  expect((await stage.finished(resumed?.id ?? "")).result).toEqual(
    answers("plain-s2", "plain-s3", "plain-s0"),
  );
  expect(await hits(resumed?.id ?? "")).toEqual(["plain-s2 resumed-run", "plain-s0 resumed-run"]);
  expect(["plain-s0", "plain-s1", "plain-s2", "plain-s3"].map((mark) => model.askedFor(mark))).toEqual([
    1, 1, 1, 1,
  ]);
});

test("C4: what a run has used before it was killed is counted once, in its nested workflow as well", async () => {
  const { model } = stage;
  model.hold("tool-b2");
  model.hold("plain-b4");
  const script = `export const meta = { name: "spends", description: "Spends." };
const nested = workflow({ script: ${JSON.stringify(saying("plain-b3", "plain-b4"))} });
const [first, second] = [await ${say("plain-b0")}, await ${say("tool-b1")}];
return { first, second, third: await ${say("tool-b2")}, nested: await nested, spent: budget.spent() };`;
  const run = await stage.run(script, { budget: { tokens: 1_000_000 } });
  await Promise.all([stage.asked("tool-b2"), stage.asked("plain-b4")]);
  await stage.die();
  await Promise.all([stage.asked("tool-b2", 2), stage.asked("plain-b4", 2)]);
  await stage.die();
  model.letGo();
  const whole = await stage.finished(run.id);
  const turns = (await stage.below(run.id)).filter(({ kind }) => kind === "turn");
  const used = turns.reduce((sum, turn) => sum + tokensIn(turn), 0);
  // Eight tokens for each answer of the model, and two answers where there is a tool.
  expect(used).toBe(8 * (1 + 2 + 2 + 1 + 1));
  expect(tokensIn(whole)).toBe(used);
  expect(whole.result).toMatchObject({ spent: used });
});

test("C4: a budget that was used up before a crash is used up after it", async () => {
  const { model } = stage;
  model.hold("plain-u2");
  // Two agents use 16 of 20 tokens; the third is let in, and then there is room for nobody.
  const script = `export const meta = { name: "runs-out", description: "Runs out." };
const said = [await ${say("plain-u0")}, await ${say("plain-u1")}, await ${say("plain-u2")}];
try { await ${say("plain-u3")}; said.push("more"); } catch (error) { said.push(error.name); }
return said;`;
  const run = await stage.run(script, { budget: { tokens: 20 } });
  await stage.asked("plain-u2");
  await stage.die();
  model.letGo();
  const { result, status } = await stage.finished(run.id);
  expect({ result, status }).toEqual({
    status: "succeeded",
    result: [...answers("plain-u0", "plain-u1", "plain-u2"), "BudgetExceededError"],
  });
  expect(model.askedFor("plain-u3")).toBe(0);
});
