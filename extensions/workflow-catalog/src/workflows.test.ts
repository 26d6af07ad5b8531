import type { JsonObject, JsonValue } from "@lathe/kernel";
import { compileSchema } from "@lathe/structured-output";
import type { GuestAnswer, GuestCall } from "@lathe/workflow-sandbox";
import { afterAll, describe, expect, test } from "vitest";
import manifest from "../manifest.json" with { type: "json" };
import { madeUp, openCatalogBench, type Play, type PlayOptions } from "./testing/catalog-bench.ts";

const bench = openCatalogBench();
afterAll(() => bench[Symbol.asyncDispose]());

const names = manifest.contributes["workflow-scripts"];
const writing = ["write_file", "edit_file"];

async function play(name: string, options?: PlayOptions): Promise<Play & { readonly value: Result }> {
  const played = await bench.play(name, options);
  if (played.ending.kind !== "returned") throw new Error(JSON.stringify(played.ending));
  return { ...played, value: played.result as unknown as Result };
}

interface Result {
  readonly status: string;
  readonly report: string;
  readonly [key: string]: JsonValue;
}

function agentCalls(calls: readonly GuestCall[]): readonly (GuestCall & { readonly kind: "agent" })[] {
  return calls.filter((call) => call.kind === "agent");
}

test.each(names)("%s needs no arguments, and ends with made-up answers after a few agents", async (name) => {
  const { value, calls, phases } = await play(name);
  expect(value.report.length).toBeGreaterThan(50);
  expect(typeof value.status).toBe("string");
  const agents = agentCalls(calls);
  expect(agents.length).toBeGreaterThan(3);
  expect(agents.length).toBeLessThan(60);
  expect(phases.length).toBeGreaterThan(1);
  for (const { options, phase } of agents) {
    expect(options).toMatchObject({ label: expect.stringMatching(/\S/), schema: expect.any(Object) });
    expect(phase).not.toBeNull();
    expect((options.tools as readonly string[]).filter((tool) => writing.includes(tool))).toEqual([]);
  }
});

test.each(names)("%s says so where every agent came to nothing", async (name) => {
  const { value } = await play(name, { answer: () => ({ kind: "value", value: null }) });
  expect(value.report.length).toBeGreaterThan(20);
});

test.each(names)("%s comes back with what there is where every agent throws", async (name) => {
  const error: GuestAnswer = { kind: "error", name: "BudgetError", message: "The budget is used up." };
  const { value } = await play(name, { answer: () => error });
  expect(value.report.length).toBeGreaterThan(20);
});

test.each(names)("%s asks fewer agents where the budget is nearly used up", async (name) => {
  const whole = await play(name);
  const spent = await play(name, { budget: { total: 100, spent: 99 } });
  expect(spent.calls.length).toBeLessThan(whole.calls.length);
  expect(spent.value.report.length).toBeGreaterThan(20);
});

describe("what a workflow says that it takes", () => {
  const schemaOf = async (name: string) => {
    const { inputSchema, phases } = await bench.metaOf(name);
    expect(phases).toEqual(expect.any(Array));
    const compiled = compileSchema(inputSchema ?? null);
    return compiled.kind === "schema" ? compiled.schema : expect.fail(compiled.message);
  };

  test.each(
    names,
  )("%s: every argument has a name for people, a description and, with a number, its range", async (name) => {
    const { schema } = await schemaOf(name);
    const { properties } = schema as { readonly properties: Record<string, JsonObject> };
    expect(Object.keys(properties).length).toBeGreaterThan(1);
    for (const property of Object.values(properties)) {
      expect(property).toMatchObject({
        title: expect.stringMatching(/^[A-Z]/),
        description: expect.stringMatching(/^[A-Z].*[^.]$/),
      });
      if (property.type === "integer")
        expect(property).toMatchObject({
          minimum: expect.any(Number),
          maximum: expect.any(Number),
          default: expect.any(Number),
        });
    }
  });

  test.each(
    names,
  )("%s: a text, an object with some of it, and nothing fit; what it does not take does not", async (name) => {
    const schema = await schemaOf(name);
    for (const args of ["a text", '{"rounds":1}', {}, null]) expect(schema.check(args)).toEqual([]);
    expect(schema.check({ nothing: 1 })).toMatchObject([{ path: "/nothing" }]);
    expect(schema.check(7)).toHaveLength(1);
  });

  test.each<[string, string, number, number]>([
    ["deep-research", "angles", 2, 6],
    ["deep-research", "rounds", 0, 2],
    ["multi-review", "maxFindings", 1, 10],
    ["plan-verify", "rounds", 1, 3],
    ["bounty-hunt", "rounds", 1, 10],
  ])("%s: %s may be what the script makes something of, from %d to %d", async (name, key, least, most) => {
    const schema = await schemaOf(name);
    const fits = (value: number): boolean => schema.check({ [key]: value }).length === 0;
    expect([least - 1, least, most, most + 1].map(fits)).toEqual([false, true, true, false]);
  });
});

test.each<[string, JsonValue]>([
  ["deep-research", "How are retries decided?"],
  ["deep-research", '{"question":"How are retries decided?","angles":2}'],
  ["deep-research", { question: "How are retries decided?", rounds: 0 }],
  ["plan-verify", "How are retries decided?"],
  ["plan-verify", { goal: "How are retries decided?" }],
  ["multi-review", "How are retries decided?"],
  ["multi-review", '{"path":"How are retries decided?"}'],
  ["bounty-hunt", { path: "How are retries decided?" }],
])("%s takes its arguments as text, as JSON and as an object: %j", async (name, args) => {
  const { calls } = await play(name, { args });
  expect(agentCalls(calls)[0]?.prompt).toContain("How are retries decided?");
});

test.each(names)("%s makes nothing of arguments that are no use", async (name) => {
  for (const args of [null, 7, "", [], { rounds: "many", angles: -1, perspectives: 3, maxFindings: {} }])
    expect((await play(name, { args })).value.report).toEqual(expect.any(String));
});

/** Made up, but for the fields that the test sets. */
function answeringWith(fields: (call: GuestCall & { readonly kind: "agent" }) => object) {
  return (call: GuestCall): GuestAnswer => {
    const answer = madeUp(call);
    if (call.kind !== "agent" || answer.kind !== "value") return answer;
    return { kind: "value", value: { ...(answer.value as object), ...fields(call) } as JsonValue };
  };
}

test("deep-research looks again at gaps, at most twice, and reports what was refuted", async () => {
  const gap = { title: "A gap", question: "What about it?", whereToLook: [] };
  const { value, calls } = await play("deep-research", {
    answer: answeringWith(({ phase, options }) => {
      if (String(options.label).startsWith("gaps")) return { complete: false, gaps: [gap] };
      return phase === "Fact check" ? { verdict: "refuted" } : {};
    }),
  });
  const labels = agentCalls(calls).map(({ options }) => String(options.label));
  expect(labels.filter((label) => label.startsWith("gaps"))).toEqual(["gaps 1", "gaps 2"]);
  expect(labels.filter((label) => label === "A gap")).toHaveLength(2);
  expect(labels).toContain("corrections");
  expect(value).toMatchObject({
    status: "answered",
    claims: expect.arrayContaining([expect.objectContaining({ verdict: "refuted" })]),
  });
});

test("multi-review merges what two reviewers saw, and drops what was refuted", async () => {
  const same = {
    title: "A race",
    file: "src/a.ts",
    line: 7,
    severity: "high",
    problem: "p",
    example: "e",
    suggestion: "s",
  };
  const { value } = await play("multi-review", {
    answer: answeringWith(({ phase, options }) => {
      if (phase === "Scope") return { kind: "change" };
      if (phase === "Review")
        return { findings: [options.label === "tests" ? { ...same, file: "src/b.ts" } : same] };
      return {
        verdict: String(options.label).startsWith("tests") ? "refuted" : "confirmed",
        severity: "high",
      };
    }),
  });
  expect(value.status).toBe("changes-wanted");
  expect(value.findings).toEqual([
    expect.objectContaining({
      file: "src/a.ts",
      perspectives: ["correctness", "security", "performance", "maintainability"],
    }),
  ]);
  expect(value.refuted).toHaveLength(1);
});

test("multi-review asks for commands only where it has to ask git", async () => {
  const tools = async (args?: JsonValue) => {
    const { calls } = await play("multi-review", args === undefined ? {} : { args });
    return agentCalls(calls).map(({ options }) =>
      (options.tools as readonly string[]).includes("run_command"),
    );
  };
  const [scope, ...others] = await tools();
  expect([scope, others.includes(true)]).toEqual([true, false]);
  expect(await tools("src")).not.toContain(true);
});

test("plan-verify mends a plan until it is verified, at most three times", async () => {
  const problem = { step: "1", problem: "The file is absent.", evidence: "a.ts:1", mend: "Make it." };
  const { value, calls } = await play("plan-verify", {
    answer: answeringWith(({ options }) =>
      String(options.label).startsWith("verify") ? { valid: false, problems: [problem] } : {},
    ),
  });
  const labels = agentCalls(calls).map(({ options }) => String(options.label));
  expect(labels.filter((label) => /^(?:verify|mend)/.test(label))).toEqual([
    "verify 1",
    "mend 1",
    "verify 2",
    "mend 2",
    "verify 3",
  ]);
  expect(value).toMatchObject({ status: "unverified", problems: [problem] });
});

test("plan-verify asks a person only where that is wanted", async () => {
  const without = await play("plan-verify");
  expect(without.calls.some(({ kind }) => kind === "approve")).toBe(false);
  const agreed = await play("plan-verify", { args: { approve: true } });
  expect(agreed.calls.at(-1)).toMatchObject({
    kind: "approve",
    options: { default: true, timeout: 900_000 },
  });
  expect(agreed.value).toMatchObject({ status: "verified", approved: true });
  const refused = await play("plan-verify", {
    args: { approve: true },
    answer: (call) => (call.kind === "approve" ? { kind: "value", value: "no" } : madeUp(call)),
  });
  expect(refused.value).toMatchObject({ status: "rejected", approved: false });
});

test("bounty-hunt ends when two rounds in a row bring nothing new", async () => {
  const bug = { title: "Off by one", file: "a.ts", line: 3, severity: "high", problem: "p", trigger: "t" };
  const { value } = await play("bounty-hunt", {
    args: { rounds: 10 },
    answer: answeringWith(({ phase }) => {
      if (phase === "Hunt") return { bugs: [bug] };
      return phase === "Reproduce" ? { verdict: "reproduced", confidence: 90 } : {};
    }),
  });
  expect(value).toMatchObject({
    status: "bugs-found",
    rounds: 3,
    endedBy: "nothing-new",
    bugs: [{ title: "Off by one", verdict: "reproduced", confidence: 90 }],
  });
});

test("bounty-hunt ends when the budget is low, and says so", async () => {
  let count = 0;
  const { value } = await play("bounty-hunt", {
    args: { rounds: 10 },
    budget: { total: 1_000, spent: 0 },
    tokensPerCall: 100,
    answer: answeringWith(({ phase }) => {
      const bug = {
        title: `Bug ${count}`,
        file: `${count++}.ts`,
        line: 3,
        severity: "low",
        problem: "p",
        trigger: "t",
      };
      return phase === "Hunt" ? { bugs: [bug] } : {};
    }),
  });
  expect(value).toMatchObject({ endedBy: "budget" });
});
