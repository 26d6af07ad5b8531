import { afterAll, expect, test } from "vitest";
import type { GuestCall } from "../contract.ts";
import { openScriptBench, type ScriptTrace, type ScriptTrial } from "../testing.ts";

const bench = openScriptBench();
afterAll(() => bench.close());

async function trace(body: string, trial?: ScriptTrial): Promise<ScriptTrace> {
  const source = `export const workflow = { name: "n", description: "d", async run(api, args) {\n${body}\n} };`;
  const result = await bench.run(source, trial);
  if ("refused" in result) throw new Error(result.refused.message);
  return result;
}

async function agents(body: string): Promise<[string, string | null, string][]> {
  const { calls, ending } = await trace(body);
  if (ending.kind !== "returned") throw new Error(JSON.stringify(ending));
  return calls.filter((call) => call.kind === "agent").map(shorten);
}

function shorten(call: GuestCall & { kind: "agent" }): [string, string | null, string] {
  return [call.prompt, call.phase, call.budgets.map(({ id, tokens }) => `${id}:${tokens}`).join(" ")];
}

test("an agent starts when somebody waits for it, once, and says who it is", async () => {
  const { ending, calls } = await trace(
    `const a = api.agent("one", { prompt: "p", model: "haiku", tools: ["read"], budget: 50 });
     api.agent("never", { prompt: "q" });
     return [await a, await a, a.id, args];`,
    { args: 7 },
  );
  expect(ending).toMatchObject({ kind: "returned", value: ["echo:p", "echo:p", "one", 7] });
  expect(calls).toEqual([
    {
      kind: "agent",
      index: 0,
      prompt: "p",
      options: { label: "one", model: "haiku", tools: ["read"] },
      phase: null,
      budgets: [{ id: 0, tokens: 50 }],
    },
  ]);
});

test("the functions of the api are globals too", async () => {
  const { ending } = await trace(
    'return ["agent", "parallel", "pipeline", "phase", "budget", "log"].map((k) => typeof api[k] + typeof globalThis[k]).join() + (await agent("x", { prompt: "g" })) + (await approve("Go?"));',
  );
  expect(ending).toMatchObject({ value: `${Array(6).fill("functionfunction").join()}echo:gyes` });
});

test("parallel runs agents, functions and promises at once, and gives null for who fails", async () => {
  const { ending, logs } = await trace(
    `return await parallel([agent("a", { prompt: "a" }), () => agent("b", { prompt: "b" }), Promise.resolve(3),
                            async () => { throw new Error("no") }]);`,
  );
  expect(ending).toMatchObject({ value: ["echo:a", "echo:b", 3, null] });
  expect(logs).toEqual([{ level: "warn", text: "Item 3 of parallel() ended with null: Error: no" }]);
});

test("agents of a parallel share its budget, outermost first, however late a function starts them", async () => {
  const body = `await parallel([
      agent("a", { prompt: "a", budget: 5 }),
      async () => { await null; await agent("x", { prompt: "x" }); await parallel([agent("b", { prompt: "b" })], { budget: 20 }); },
    ], { budget: 100 });
    await agent("c", { prompt: "c" });`;
  expect(await agents(body)).toEqual([
    ["a", null, "0:100 1:5"],
    ["x", null, "0:100"],
    ["b", null, "0:100 2:20"],
    ["c", null, ""],
  ]);
});

test("phase runs its agents under its name and budget, and gives their results", async () => {
  const { ending, calls, phases } = await trace(
    `phase("Ambient");
     const both = await phase("Inner", { agents: [agent("a", { prompt: "a" }), () => agent("b", { prompt: "b" })], budget: { tokens: 9 } });
     await agent("c", { prompt: "c" });
     return both;`,
  );
  expect(ending).toMatchObject({ value: ["echo:a", "echo:b"] });
  expect(calls.map((call) => call.kind === "agent" && shorten(call))).toEqual([
    ["a", "Inner", "0:9"],
    ["b", "Inner", "0:9"],
    ["c", "Ambient", ""],
  ]);
  expect(phases).toEqual(["Ambient", "Inner"]);
});

test("a step of a pipeline gets what the one before said: an agent in its prompt, a function as a value", async () => {
  const { ending, calls } = await trace(
    `return await pipeline([agent("a", { prompt: "first" }), (previous, index) => ({ previous, index }), agent("b", { prompt: "second" })]);`,
    { onCall: (call) => ({ kind: "value", value: call.index === 0 ? "one" : "two" }) },
  );
  expect(ending).toMatchObject({ value: "two" });
  expect(calls.map((call) => call.kind === "agent" && call.prompt)).toEqual([
    "first",
    'second\n\n## Output of the previous step\n\n{\n  "previous": "one",\n  "index": 1\n}',
  ]);
});

test("a step that comes to null ends its pipeline, and one that throws throws", async () => {
  const { ending } = await trace(
    'const first = await pipeline([() => null, () => 1]); try { await pipeline([() => { throw new Error("x") }]) } catch (e) { return [first, e.message] }',
  );
  expect(ending).toMatchObject({ value: [null, "x"] });
});

test("budget opens a shared budget for all later agents", async () => {
  const body = `await agent("a", { prompt: "a" });
    const b = budget(1000);
    if (b.total !== 1000 || b.spent() !== 0 || b.remaining() !== 1000) throw new Error("wrong");
    await agent("b", { prompt: "b" });
    budget(10);
    await parallel([agent("c", { prompt: "c" })], { budget: 5 });`;
  expect(await agents(body)).toEqual([
    ["a", null, ""],
    ["b", null, "0:1000"],
    ["c", null, "0:1000 1:10 2:5"],
  ]);
});

test.each([
  ["agent()", "agent() expects an id as the first argument."],
  ['agent("a")', 'agent("a") needs { prompt: "..." } as the second argument.'],
  [
    'agent("a", { prompt: "p", budget: 0 })',
    "The budget of an agent must be a whole number of tokens, 1 or more.",
  ],
  ["parallel([1])", "parallel() expects an array of agents or functions"],
  ["parallel([], { budget: -1 })", "The budget of parallel() must be a whole number of tokens, 1 or more."],
  ["pipeline(1)", "pipeline() expects an array of agents or functions"],
  ['phase("P", { agents: 1 })', "phase() expects an array of agents or functions"],
  ["budget()", "budget() expects a number of tokens."],
])("%s is refused", async (call, message) => {
  const { ending } = await trace(`try { await ${call} } catch (e) { return e.message }`);
  expect(ending).toMatchObject({ value: message });
});

test("a workflow without a run function fails and says so", async () => {
  const result = await bench.run('export const workflow = { name: "n", description: "d" };');
  if ("refused" in result) return expect(result.refused.message).toContain("run");
  return expect(result.ending).toMatchObject({ failure: { code: "script-error" } });
});
