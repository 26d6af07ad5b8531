// Which answers of other runs are taken, and what is said of those that are not.
import type { JsonObject, JsonValue, WorkflowEntry } from "@lathe/kernel";
import type { WorkflowCacheReport } from "@lathe/wire";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { play } from "../../testing/workflows/prompted-model.ts";
import {
  type EndedRun,
  type NewWorkflow,
  ofType,
  script,
  WorkflowStage,
} from "../../testing/workflows/workflow-stage.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let stage: WorkflowStage;
beforeAll(async () => {
  stage = await WorkflowStage.open();
});
afterEach(async () => {
  stage.forget();
  for (const caller of [stage.local, stage.ann, stage.bob])
    await caller.json("DELETE", "/api/workflows/cache");
});
afterAll(() => stage.close());

interface Asked {
  readonly prompt?: string;
  readonly options?: JsonObject;
  readonly name?: string;
}

/** One agent that can only read, in the place that is called `one`. */
function reading({ prompt = "say read", options = {}, name = "cached" }: Asked = {}): string {
  const all = { label: "one", agentType: "reader", ...options };
  return script(`return agent(${JSON.stringify(prompt)}, ${JSON.stringify(all)});`, name);
}

/** Each call's verdict, in their order. */
function verdicts(entries: readonly WorkflowEntry[]): readonly string[] {
  return [...ofType(entries, "cache-hit"), ...ofType(entries, "cache-miss")]
    .toSorted((one, other) => one.callIndex - other.callIndex)
    .map(({ type, reason }) => `${type === "cache-hit" ? "hit" : "miss"} ${reason}`);
}

async function verdictOf(asked: NewWorkflow | string, caller = stage.local): Promise<string> {
  const { run, entries } = await caller.run(asked);
  expect(run.status).toBe("succeeded");
  return verdicts(entries).join(", ");
}

describe("the answer of an agent that changes nothing", () => {
  test("is taken by the next run, also in another daemon, and nobody is asked", async () => {
    const first = await stage.local.run(reading());
    expect(verdicts(first.entries)).toEqual(["miss first"]);
    const second = await stage.local.run(reading());
    expect(second.run).toMatchObject({ status: "succeeded", result: "read", usage: { inputTokens: null } });
    expect(ofType(second.entries, "cache-hit")).toMatchObject([
      {
        reason: "other-run",
        fromRunId: first.run.id,
        label: "one",
        key: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ]);
    await stage.restart();
    expect(await verdictOf(reading())).toBe("hit other-run");
    expect(stage.model.prompts).toEqual(["say read"]);
    expect(await stage.local.children(second.run.id)).toEqual([]);
    expect(ofType(second.entries, "workflow-finish")).toMatchObject([{ cacheHitCount: 1, agentCount: 1 }]);
  });

  test("is the same wherever the call stands, whatever it is called and shown under", async () => {
    await stage.local.run(reading());
    const moved = script(`
phase("Elsewhere");
await agent("say something else", { agentType: "reader" });
return agent("say read", { agentType: "reader", label: "another", phase: "Shown" });`);
    expect(await verdictOf(moved)).toBe("miss first, hit other-run");
  });

  test("of calls that say the same is told apart by how often they came before", async () => {
    const twice = script(
      'const ask = () => agent("say same", { agentType: "reader" }); return [await ask(), await ask()];',
    );
    const thrice = script(
      'const ask = () => agent("say same", { agentType: "reader" }); return [await ask(), await ask(), await ask()];',
    );
    expect(await verdictOf(twice)).toBe("miss first, miss first");
    expect(await verdictOf(thrice)).toBe("hit other-run, hit other-run, miss first");
    expect(stage.model.prompts).toHaveLength(3);
  });

  test("is not taken where fresh ones are wanted", async () => {
    await stage.local.run(reading());
    expect(await verdictOf({ script: reading(), cache: "fresh" })).toBe("miss not-cached");
    expect(stage.model.prompts).toHaveLength(2);
  });

  test("by schema is taken as the value that it is", async () => {
    const schema = { type: "object", properties: { n: { type: "integer" } }, required: ["n"] };
    const asked = reading({ prompt: 'play [{"json":{"n":1}}]', options: { schema } });
    await stage.local.run(asked);
    const { run, entries } = await stage.local.run(asked);
    expect([run.result, verdicts(entries)]).toEqual([{ n: 1 }, ["hit other-run"]]);
  });

  test("that was null, or failed, is asked for again", async () => {
    const failing = reading({ prompt: 'play [{"status":400}]' });
    expect(await verdictOf(failing)).toBe("miss first");
    expect(await verdictOf(failing)).toBe("miss not-finished");
    const unfit = JSON.stringify('play [{"text":"a"},{"text":"b"},{"text":"c"},{"text":"d"},{"text":"e"}]');
    const stubborn = script(
      `await agent(${unfit}, { agentType: "reader", schema: { type: "object" } }).catch(() => 0);`,
    );
    expect(await verdictOf(stubborn)).toBe("miss first");
    expect(await verdictOf(stubborn)).toBe("miss not-finished");
  });
});

describe("the files that an agent may read", () => {
  test("F11s: are a part of what it was asked: one that has changed makes it another question", async () => {
    await stage.write("src/read.txt", "one");
    expect(await verdictOf(reading())).toBe("miss first");
    expect(await verdictOf(reading())).toBe("hit other-run");
    await stage.write("src/read.txt", "another");
    expect(await verdictOf(reading())).toBe("miss files-changed");
    expect(await verdictOf(reading())).toBe("hit other-run");
    await stage.write("src/new.txt", "new");
    expect(await verdictOf(reading())).toBe("miss files-changed");
  });

  test("are none where it has no tools, and workflows and agents are none of them", async () => {
    const blind = reading({ options: { tools: [] } });
    await stage.local.run(blind);
    await stage.local.run(reading());
    await stage.write(".lathe/workflows/cached-too.js", script("return 1;", "cached-too"));
    expect(await verdictOf(reading())).toBe("hit other-run");
    await stage.write("src/read.txt", "something else");
    expect(await verdictOf(blind)).toBe("hit other-run");
  });

  test("that change while it works leave nothing to be taken", async () => {
    const held = reading({ prompt: play({ hold: "reading", text: "read" }) });
    const { id } = await stage.local.start(held);
    await stage.model.reached("reading");
    await stage.write("src/read.txt", "changed meanwhile");
    stage.model.release("reading");
    await stage.local.ended(id);
    expect(await verdictOf(held)).toBe("miss files-changed");
    expect(await verdictOf(held)).toBe("hit other-run");
  });
});

describe("the answer of an agent that can change things", () => {
  const writing = (options: JsonObject = {}): string =>
    reading({ options: { agentType: "default", ...options } });

  test("is not taken, and that is the reason", async () => {
    expect(await verdictOf(writing())).toBe("miss first");
    expect(await verdictOf(writing())).toBe("miss may-write");
    expect(stage.model.prompts).toHaveLength(2);
  });

  test("is taken where the script says so, or the caller", async () => {
    await stage.local.run(writing());
    expect(await verdictOf(writing({ cache: true }))).toBe("hit other-run");
    expect(await verdictOf({ script: writing(), cache: "all" })).toBe("hit other-run");
  });

  test("is taken where its tools leave it nothing to change", async () => {
    await stage.local.run(writing({ tools: ["read_file"] }));
    expect(await verdictOf(writing({ tools: ["read_file"] }))).toBe("hit other-run");
  });
});

describe("a miss says what has changed", () => {
  const schema = (type: string): JsonValue => ({ type });
  const text = 'play [{"text":"\\"x\\""}]';

  test.each<[string, Asked, Asked]>([
    ["prompt-changed", {}, { prompt: "say changed" }],
    ["model-changed", {}, { options: { model: "openai/other" } }],
    [
      "schema-changed",
      { prompt: text, options: { schema: schema("string") } },
      { prompt: text, options: { schema: { type: "string", maxLength: 9 } } },
    ],
    ["options-changed", {}, { options: { effort: "low" } }],
  ])("%s", async (reason, before, after) => {
    expect(await verdictOf(reading(before))).toBe("miss first");
    expect(await verdictOf(reading(after))).toMatch(new RegExp(`^miss (${reason}|agent-changed)$`));
    expect(await verdictOf(reading(before))).toBe("hit other-run");
  });

  test("agent-changed", async () => {
    const file = (prompt: string): string =>
      `---\nname: judge\ndescription: Judges.\ntools: Read\n---\n${prompt}\n`;
    await stage.write(".lathe/agents/judge.md", file("You judge."));
    const asked = reading({ options: { agentType: "judge" } });
    expect(await verdictOf(asked)).toBe("miss first");
    expect(await verdictOf(asked)).toBe("hit other-run");
    await stage.write(".lathe/agents/judge.md", file("You judge twice."));
    expect(await verdictOf(asked)).toBe("miss agent-changed");
    expect(stage.model.prompts).toHaveLength(2);
  });
});

describe("what is stored", () => {
  test("F11s: is another owner's own, and another folder's", async () => {
    const folder = (await stage.write("elsewhere/a.txt", "")).replace("/a.txt", "");
    expect(await verdictOf(reading(), stage.ann)).toBe("miss first");
    expect(await verdictOf(reading(), stage.bob)).toBe("miss first");
    expect(await verdictOf(reading())).toBe("miss first");
    expect(await verdictOf({ script: reading(), cwd: folder }, stage.ann)).toMatch(/^miss/);
    expect(await verdictOf(reading(), stage.ann)).toBe("hit other-run");
    expect(stage.model.prompts).toHaveLength(4);
  });

  test("F12s: is no answer where somebody edited it, and is stored anew", async () => {
    await stage.local.run(reading());
    const [row] = await stage.kept.list({ prefix: ["cache", "local"], limit: 2 });
    if (row === undefined) throw new Error("Nothing was stored.");
    const edited = JSON.parse(JSON.stringify(row.value).replace('"read"', '"forged"')) as JsonValue;
    expect(edited).not.toEqual(row.value);
    await stage.kept.commit({ puts: [{ key: row.key, value: edited }] });
    const { run, entries } = await stage.local.run(reading());
    expect([run.result, verdicts(entries)]).toEqual(["read", ["miss damaged"]]);
    expect(await verdictOf(reading())).toBe("hit other-run");
  });

  test("F12s: is no answer under another key, and none of another owner's", async () => {
    await stage.local.run(reading({ prompt: "say poison" }));
    await stage.ann.run(reading());
    const [poison] = await stage.kept.list({ prefix: ["cache", "local"], limit: 2 });
    const [good] = await stage.kept.list({ prefix: ["cache", "ann"], limit: 2 });
    if (poison === undefined || good === undefined) throw new Error("Nothing was stored.");
    await stage.kept.commit({ puts: [{ key: good.key, value: poison.value }] });
    const { run, entries } = await stage.ann.run(reading());
    expect([run.result, verdicts(entries)]).toEqual(["read", ["miss damaged"]]);
  });

  test("is removed on request: all that the caller has, or what one workflow made", async () => {
    const others = reading({ name: "other", prompt: "say other" });
    const [first, second] = [reading(), others];
    for (const asked of [first, second]) await stage.local.run(asked);
    await stage.ann.run(first);
    const clear = (query: string): Promise<JsonValue> =>
      stage.local.json("DELETE", `/api/workflows/cache${query}`);
    expect(await clear("?workflow=other")).toEqual({ removedCount: 1 });
    expect(await verdictOf(first)).toBe("hit other-run");
    expect(await verdictOf(second)).toMatch(/^miss/);
    expect(await clear("")).toEqual({ removedCount: 2 });
    expect(await verdictOf(first)).toBe("miss first");
    expect(await verdictOf(first, stage.ann)).toBe("hit other-run");
  });
});

describe("a run that resumes another one", () => {
  const three = (last: string): string =>
    script(`
const first = await agent("say one", { label: "one" });
const second = await agent("say two", { label: "two" });
${last}`);

  test("takes all that was whole, also of agents that can change things; it was paid for", async () => {
    const broken = await stage.local.run(three('throw new Error("later");'));
    expect(broken.run.status).toBe("failed");
    const resumed = await stage.local.run({
      script: three('return [first, second, await agent("say three")];'),
      resumeFrom: broken.run.id,
      budget: { tokens: 1_000 },
    });
    expect(resumed.run).toMatchObject({
      status: "succeeded",
      result: ["one", "two", "three"],
      usage: { inputTokens: 5 },
    });
    expect(verdicts(resumed.entries)).toEqual(["hit resumed-run", "hit resumed-run", "miss first"]);
    expect(ofType(resumed.entries, "cache-hit").map(({ fromRunId }) => fromRunId)).toEqual([
      broken.run.id,
      broken.run.id,
    ]);
    expect(stage.model.prompts).toEqual(["say one", "say two", "say three"]);
    const report = await stage.local.json<WorkflowCacheReport>("GET", `/api/runs/${resumed.run.id}/cache`);
    expect(report).toMatchObject({ hitCount: 2, missCount: 1 });
    expect(report.items.map(({ label, outcome, reason }) => [label, outcome, reason])).toEqual([
      ["one", "hit", "resumed-run"],
      ["two", "hit", "resumed-run"],
      ["say three", "miss", "first"],
    ]);
  });

  test("stays with the script and the arguments of the first where nothing else is given", async () => {
    const asked = script('if (args.n === 1) return [args, await agent("say one")];');
    const first = await stage.local.run({ script: asked, args: { n: 1 } });
    const again = await stage.local.run({ resumeFrom: first.run.id });
    expect(again.run.result).toEqual([{ n: 1 }, "one"]);
    expect(ofType(again.entries, "workflow-start")).toMatchObject([
      { resumeOf: first.run.id, args: { n: 1 } },
    ]);
    expect(stage.model.prompts).toHaveLength(1);
  });

  test("asks only what an edit has changed", async () => {
    const first = await stage.local.run(three('return agent("say " + first + second);'));
    const edited = script(`
const second = await agent("say two", { label: "two" });
const first = await agent("say uno", { label: "one" });
return agent("say " + first + second);`);
    const { run, entries } = await stage.local.run({ script: edited, resumeFrom: first.run.id });
    expect(run.result).toBe("unotwo");
    expect(verdicts(entries)).toEqual(["hit resumed-run", "miss prompt-changed", "miss prompt-changed"]);
  });

  const problem = async (resumeFrom: string): Promise<unknown> => {
    const answer = await stage.local.create({ kind: "workflow", resumeFrom, cwd: stage.workFolder });
    return [answer.status, ((await answer.json()) as { code: string }).code];
  };

  test("is refused while the other one goes on, and where there is none", async () => {
    const { id } = await stage.local.start(script(`return agent('play [{"hold":"later"}]');`));
    expect(await problem(id)).toEqual([409, "run-in-progress"]);
    stage.model.release("later");
    await stage.local.ended(id);
    expect(await problem("run_none")).toEqual([404, "unknown-run"]);
  });
});

test("both callers of one run are answered from one place: an answer is kept once, however many ask at once", async () => {
  const runs: readonly EndedRun[] = await Promise.all(
    Array.from({ length: 4 }, () => stage.local.run(reading())),
  );
  expect(runs.map(({ run }) => run.result)).toEqual(["read", "read", "read", "read"]);
  expect(await stage.kept.list({ prefix: ["cache", "local"], limit: 9 })).toHaveLength(1);
});
