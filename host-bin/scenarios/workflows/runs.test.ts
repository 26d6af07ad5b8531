// A run of a workflow as callers see it: its events, the runs and conversations of its agents, what it used.
import { readFile } from "node:fs/promises";
import { connect } from "@lathe/client";
import type { Conversation, Entry, Run, RunEvent, WorkflowEntry } from "@lathe/kernel";
import type { Page, ToolCallTrace, WorkflowStatus } from "@lathe/wire";
import { runsStream } from "@lathe/wire/operations";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { play } from "../../testing/workflows/prompted-model.ts";
import { ofType, script, WorkflowStage } from "../../testing/workflows/workflow-stage.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let stage: WorkflowStage;
beforeAll(async () => {
  stage = await WorkflowStage.open();
});
afterEach(() => stage.forget());
afterAll(() => stage.close());

const twoPhases = script(`
phase("One");
log("It begins.");
const a = await agent("say a", { label: "a" });
phase("Two");
const rest = await parallel([() => agent(${JSON.stringify(play({ hold: "b", text: "b" }))}, { label: "b" }), () => agent("say c")]);
return [a, ...rest];`);

async function collected(events: AsyncIterable<RunEvent>): Promise<readonly WorkflowEntry[]> {
  const all: WorkflowEntry[] = [];
  for await (const event of events) all.push(event as WorkflowEntry);
  return all;
}

describe("the events of a run", () => {
  test.each([
    "http",
    "websocket",
  ] as const)("are over %s what is stored, live as well as afterwards, from each position", async (transport) => {
    using client = connect({ url: stage.url, token: stage.token, transport });
    const { id } = await stage.local.start(twoPhases);
    const live = collected(client.follow(runsStream, { id }));
    await stage.local.until(id, "agent-start", ({ label }) => label === "b");
    // Whoever comes in the middle sees the whole of it, too.
    const joined = collected(client.follow(runsStream, { id }));
    stage.model.release("b");
    const stored = await live;
    expect(stored).toEqual(await stage.local.stored(id));
    expect(await joined).toEqual(stored);
    expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, index) => index + 1));
    for (const after of [1, 5, stored.length - 1])
      expect(await collected(client.follow(runsStream, { id }, { after }))).toEqual(stored.slice(after));
    expect(await collected(client.follow(runsStream, { id }, { after: stored.length }))).toEqual([]);
  });

  test("G8: come after Last-Event-ID, each once; from the last 204, from none of its own everything", async () => {
    const { id } = await stage.local.start(twoPhases);
    stage.model.release("b");
    const { entries } = await stage.local.ended(id);
    const last = entries.length;
    for (const position of [0, 3, last - 1]) {
      const { events } = await stage.local.follow(id, { "last-event-id": String(position) });
      expect(events).toEqual([
        ...entries
          .slice(position)
          .map((entry) => ({ event: entry.type, id: String(entry.seq), data: entry })),
        { event: "end", id: null, data: {} },
      ]);
    }
    expect((await stage.local.follow(id, { "last-event-id": String(last) })).status).toBe(204);
    const { events } = await stage.local.follow(id, { "last-event-id": "none" });
    expect(events[0]).toMatchObject({ event: "reset" });
    expect(events.slice(1, -1).map(({ data }) => data)).toEqual(entries);
  });

  test("say from the start to the finish what happened, and the status is what they fold to", async () => {
    const { id } = await stage.local.start({ script: twoPhases, args: { x: 1 }, budget: { tokens: 9_000 } });
    await stage.local.until(id, "agent-finish", ({ label }) => label === "say c");
    const during = await stage.local.json<WorkflowStatus>("GET", `/api/runs/${id}/workflow`);
    expect(during).toMatchObject({
      ...{ run: { id, status: "running" }, name: "test", phase: "Two", dry: false, resumeOf: null },
      counts: { running: 1, done: 2 },
      budget: { limits: { tokens: 9_000, usd: null }, spentTokens: 16 },
    });
    stage.model.release("b");
    const { run, entries } = await stage.local.ended(id);
    expect(entries[0]).toMatchObject({
      ...{ type: "workflow-start", runId: id, name: "test", description: "A test.", dialect: "script" },
      ...{ args: { x: 1 }, budget: { tokens: 9_000, usd: null }, dry: false, resumeOf: null },
    });
    const spent = { inputTokens: 15, outputTokens: 9 };
    expect(entries.at(-1)).toMatchObject({
      ...{ type: "workflow-finish", status: "succeeded", result: ["a", "b", "c"], error: null },
      ...{ usage: spent, agentCount: 3, cacheHitCount: 0 },
    });
    expect(run).toMatchObject({
      ...{ kind: "workflow", status: "succeeded", parentId: null, result: ["a", "b", "c"], usage: spent },
      ...{ firstSeq: 1, lastSeq: entries.length, owner: "local" },
    });
    expect(ofType(entries, "budget").map(({ spentTokens }) => spentTokens)).toEqual([8, 16, 24]);
  });
});

test("a run is called by its workflow, its agents by their labels, a turn by its message; who wants no agents gets none", async () => {
  const first = await stage.local.json<Run>("POST", "/api/runs", { kind: "turn", input: "Hello.\nAgain." });
  const { run } = await stage.local.run(
    script(`return [await agent("say a", { label: "one" }), await agent("say b")];`),
  );
  const titles = (runs: readonly Run[]): unknown => runs.map(({ title }) => title);
  expect(titles(await stage.local.children(run.id))).toEqual(["one", "say b"]);
  const { items } = await stage.local.json<Page<Run>>("GET", "/api/runs?parent=none&limit=2");
  expect(items.map(({ id, title }) => [id, title])).toEqual([
    [run.id, "test"],
    [first.id, "Hello."],
  ]);
});

describe("the agents of a run", () => {
  const working = script(`
const calls = ${JSON.stringify(play({ calls: [{ name: "list_files", input: { path: "." } }], tokens: [70, 7] }, { text: "listed", tokens: [90, 9] }))};
phase("Work");
return [await agent(calls, { label: "lister" }), await agent("say b")];`);

  test("are runs of the kind turn below it, whose conversations are readable and not listed, and whose traces are found", async () => {
    const { run, entries } = await stage.local.run(working);
    const children = await stage.local.children(run.id);
    expect(children).toMatchObject([
      {
        kind: "turn",
        parentId: run.id,
        owner: "local",
        status: "succeeded",
        result: "listed",
        agent: "default",
      },
      { kind: "turn", parentId: run.id, owner: "local", status: "succeeded", result: "b" },
    ]);
    expect(ofType(entries, "agent-start").map(({ childRunId }) => childRunId)).toEqual(
      children.map(({ id }) => id),
    );
    const [lister] = children;
    const id = lister?.conversationId ?? "";
    const conversation = await stage.local.json<Conversation>("GET", `/api/conversations/${id}`);
    expect(conversation).toMatchObject({
      id,
      title: "test: lister",
      parentRunId: run.id,
      cwd: stage.workFolder,
    });
    const page = await stage.local.json<{ items: Entry[] }>(
      "GET",
      `/api/conversations/${id}/entries?limit=200`,
    );
    expect(page.items.map(({ type }) => type)).toEqual(
      expect.arrayContaining(["user-message", "turn-start", "step-complete", "done", "turn-sealed"]),
    );
    const listed = await stage.local.json<Page<Conversation>>("GET", "/api/conversations?limit=200");
    expect(listed.items.map((one) => one.id)).not.toContain(id);
    await expect
      .poll(
        async () =>
          (await stage.local.json<Page<ToolCallTrace>>("GET", `/api/traces?conversationId=${id}`)).items,
      )
      .toMatchObject([{ tool: "list_files", conversationId: id, turnId: lister?.turnId }]);
    await expect
      .poll(async () => (await stage.local.fetch("GET", `/api/traces/${lister?.turnId}`)).status)
      .toBe(200);
  });

  test("use together what the run has used", async () => {
    const { run, entries } = await stage.local.run(working);
    const children = await stage.local.children(run.id);
    const sum = (name: "inputTokens" | "outputTokens"): number =>
      children.reduce((total, { usage }) => total + (usage?.[name] ?? 0), 0);
    expect(run.usage).toMatchObject({ inputTokens: sum("inputTokens"), outputTokens: sum("outputTokens") });
    expect(run.usage).toMatchObject({ inputTokens: 165, outputTokens: 19 });
    expect(ofType(entries, "agent-finish").map(({ usage }) => usage?.inputTokens)).toEqual([160, 5]);
    expect(ofType(entries, "budget").at(-1)).toMatchObject({ spentTokens: 184 });
  });
});

test("a dry run answers with values that fit, asks nobody, spends nothing and has no children", async () => {
  const schema = { type: "object", properties: { n: { type: "integer", minimum: 3 } }, required: ["n"] };
  const dry = script(`
phase("Dry");
const text = await agent("What is it?");
const value = await agent("How many?", { schema: ${JSON.stringify(schema)}, agentType: "nobody-at-all" });
const more = await workflow({ script: 'export const meta = { name: "inner", description: "x" }; return agent("inner");' });
return { text, fits: Number.isInteger(value.n) && value.n >= 3, more };`);
  const { run, entries } = await stage.local.run({ script: dry, dryRun: true, budget: { tokens: 1 } });
  expect(run).toMatchObject({
    status: "succeeded",
    result: { text: "(dry run) What is it?", fits: true, more: "(dry run) inner" },
    usage: { inputTokens: null, outputTokens: null },
  });
  expect(stage.model.prompts).toEqual([]);
  expect((await stage.local.children(run.id)).map(({ kind }) => kind)).toEqual(["workflow"]);
  expect(ofType(entries, "agent-start").map(({ model, conversationId }) => [model, conversationId])).toEqual(
    Array.from({ length: 3 }, () => [null, null]),
  );
  expect(ofType(entries, "workflow-start")[0]).toMatchObject({ dry: true });
  expect(ofType(entries, "cache-miss")).toEqual([]);
});

describe("two runs of one name", () => {
  test("at once do not know of each other", async () => {
    await stage.write(
      ".lathe/workflows/twin.js",
      script(
        `const [name] = args; return agent('play [{"hold":"' + name + '","text":"' + name + '"}]');`,
        "twin",
      ),
    );
    const begin = (name: string): Promise<Run> => stage.local.start({ workflow: "twin", args: [name] });
    const [first, second] = [await begin("one"), await begin("two")];
    await stage.model.reached("one");
    await stage.model.reached("two");
    stage.model.release("two");
    expect((await stage.local.ended(second.id)).run.result).toBe("two");
    expect(await stage.local.get(first.id)).toMatchObject({ status: "running" });
    stage.model.release("one");
    expect((await stage.local.ended(first.id)).run.result).toBe("one");
  });

  test("differ where the file was edited meanwhile; the one that is running stays with its text, over a restart too", async () => {
    const text = (word: string): string =>
      script(
        `const first = await agent('play [{"hold":"edit","text":"held"}]', { agentType: "reader" });
return [first, "${word}", await agent("say ${word}")];`,
        "edited",
      );
    await stage.write(".lathe/workflows/edited.js", text("old"));
    const { id } = await stage.local.start({ workflow: "edited" });
    await stage.model.reached("edit");
    await stage.write(".lathe/workflows/edited.js", text("new"));
    stage.model.release("edit");
    expect((await stage.local.ended(id)).run.result).toEqual(["held", "old", "old"]);
    const { run } = await stage.local.run({ workflow: "edited", cache: "fresh" });
    expect(run.result).toEqual(["held", "new", "new"]);

    stage.forget();
    const third = await stage.local.start({ workflow: "edited", cache: "fresh" });
    await stage.model.reached("edit");
    await stage.restart(async () => {
      await stage.write(".lathe/workflows/edited.js", text("newest"));
      stage.model.release("edit");
    });
    const { run: resumed, entries } = await stage.local.ended(third.id);
    expect(resumed).toMatchObject({ status: "succeeded", result: ["held", "new", "new"] });
    expect(ofType(entries, "workflow-continued")).toHaveLength(1);
  });
});

describe("an Idempotency-Key", () => {
  test("I16, G7: gives the same run of a workflow, also after a restart; with another body it is refused", async () => {
    const asked = { script: script('return agent("say once");'), args: [1] };
    const runs = await Promise.all(Array.from({ length: 5 }, () => stage.local.start(asked, "once")));
    expect(new Set(runs.map(({ id }) => id)).size).toBe(1);
    const [{ id } = { id: "" }] = runs;
    expect((await stage.local.ended(id)).run.result).toBe("once");
    await stage.restart();
    expect((await stage.local.start(asked, "once")).id).toBe(id);
    expect(stage.model.prompts).toEqual(["say once"]);
    const body = { kind: "workflow", cwd: stage.workFolder, ...asked, args: [2] };
    const other = await stage.local.create(body, "once");
    expect([other.status, await other.json()]).toMatchObject([422, { code: "idempotency-key-reused" }]);
  });
});

test("B1, B2: another's run can neither be seen, followed, stopped nor resumed, and its events belong to it", async () => {
  const { run } = await stage.ann.run(script('return agent("say mine");'));
  for (const [method, path] of [
    ["GET", ""],
    ["GET", "/events"],
    ["GET", "/stream"],
    ["GET", "/workflow"],
    ["GET", "/cache"],
    ["POST", "/stop"],
  ] as const) {
    const answer = await stage.bob.fetch(method, `/api/runs/${run.id}${path}`);
    expect([path, answer.status]).toEqual([path, 403]);
  }
  const body = { kind: "workflow", resumeFrom: run.id, cwd: stage.workFolder };
  expect((await stage.bob.create(body)).status).toBe(404);
  const [child] = await stage.ann.children(run.id);
  expect(child).toMatchObject({ owner: "ann" });
  expect((await stage.bob.fetch("GET", `/api/conversations/${child?.conversationId}/entries`)).status).toBe(
    403,
  );
  expect(await stage.bob.children(run.id)).toEqual([]);
});

test.each([
  "run_none",
  "a') OR ('1'='1",
  "a.b",
  "*",
  "%",
  "__proto__",
])("F13s: a parent %s is looked for as it is written, and has started nothing", async (parent) => {
  await stage.local.run(script('return agent("say x");'));
  expect(await stage.local.children(encodeURIComponent(parent))).toEqual([]);
});

test("G17: the engine's README says what its sandbox is not", async () => {
  const readme = await readFile(
    new URL("../../../extensions/workflow-engine/README.md", import.meta.url),
    "utf8",
  );
  const sentence = "whoever may write a workflow may run code with the rights of the agents that it starts";
  expect(readme.replaceAll(/\s+/g, " ")).toContain(sentence);
});
