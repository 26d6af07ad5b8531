import { afterAll, describe, expect, test } from "vitest";
import type { GuestCall } from "../contract.ts";
import { openScriptBench, type ScriptTrace, type ScriptTrial } from "../testing.ts";

const bench = openScriptBench();
afterAll(() => bench.close());

async function trace(body: string, trial?: ScriptTrial): Promise<ScriptTrace> {
  const result = await bench.run(`export const meta = { name: "n", description: "d" };\n${body}`, trial);
  if ("refused" in result) throw new Error(result.refused.message);
  return result;
}

async function returned(body: string, trial?: ScriptTrial): Promise<unknown> {
  const { ending } = await trace(body, trial);
  if (ending.kind !== "returned") throw new Error(JSON.stringify(ending));
  return ending.value;
}

function prompts(calls: readonly GuestCall[]): string[] {
  return calls.map((call) => (call.kind === "agent" ? call.prompt : call.kind));
}

describe("agent", () => {
  test("its prompt and options arrive as they are, unknown options too, and the answer comes back", async () => {
    const { ending, calls } = await trace('return await agent("p", { label: "l", extra: [1, null] });');
    expect(ending).toMatchObject({ kind: "returned", value: "echo:p" });
    expect(calls).toEqual([
      {
        kind: "agent",
        index: 0,
        prompt: "p",
        options: { label: "l", extra: [1, null] },
        phase: null,
        budgets: [],
      },
    ]);
  });

  test("an answer is any JSON, and belongs to the script", async () => {
    const value = await returned('const r = await agent("p"); r.list.push(3); return r;', {
      onCall: () => ({ kind: "value", value: { list: [1, 2], none: null } }),
    });
    expect(value).toEqual({ list: [1, 2, 3], none: null });
  });

  test("its phase is the one that was announced last, or its own", async () => {
    const { calls, phases } = await trace(
      'await agent("a"); phase("One"); phase("One"); await agent("b"); await agent("c", { phase: "Two" }); phase("Three"); await agent("d");',
    );
    expect(calls.map((call) => call.kind === "agent" && call.phase)).toEqual([null, "One", "Two", "Three"]);
    expect(phases).toEqual(["One", "Three"]);
  });

  test.each([
    ["agent(7)", "TypeError: The prompt of agent() must be a string."],
    ['agent("p", "haiku")', "TypeError: The options of agent() must be an object."],
    ['agent("p", [])', "TypeError: The options of agent() must be an object."],
    ['agent("é".repeat(102401))', "RangeError: The prompt of agent() has 204802 bytes; 204800 are allowed."],
    [
      'agent("p", { a: "x".repeat(262144) })',
      "RangeError: The options of agent() has 262152 bytes as JSON; 262144 are allowed.",
    ],
    [
      'agent("p", JSON.parse("[".repeat(65) + "]".repeat(65)).reduce((_, a) => ({ a }), 0))',
      "RangeError: The options of agent() is nested more than 64 levels deep.",
    ],
  ])("%s rejects, and takes no number", async (call, message) => {
    const { ending, calls } = await trace(
      `let said; try { await ${call} } catch (e) { said = e.name + ": " + e.message } await agent("next"); return said;`,
    );
    expect([ending, calls.map(({ index }) => index)]).toMatchObject([{ value: message }, [0]]);
  });

  test("what the host throws is a plain error with a name and a message (F3s)", async () => {
    const value = await returned(
      `try { await agent("p") } catch (e) {
         return { own: Reflect.ownKeys(e), name: e.name, message: e.message, stack: e.stack ?? null,
                  isError: e instanceof Error, made: e.constructor === Error, text: String(e) };
       }`,
      { onCall: () => ({ kind: "error", name: "BudgetError", message: "Nothing is left." }) },
    );
    expect(value).toEqual({
      own: ["name", "message"],
      name: "BudgetError",
      message: "Nothing is left.",
      stack: null,
      isError: true,
      made: true,
      text: "BudgetError: Nothing is left.",
    });
  });
});

describe("parallel and pipeline", () => {
  test("parallel gives the results in the order of its input, and null with a line in the log for who throws", async () => {
    const { ending, logs } = await trace(
      'return await parallel([async () => { await agent("slow"); return 1 }, () => 2, () => { throw new Error("no") }, () => agent("x")]);',
    );
    expect(ending).toMatchObject({ value: [1, 2, null, "echo:x"] });
    expect(logs).toEqual([{ level: "warn", text: "Item 2 of parallel() ended with null: Error: no" }]);
  });

  test("a stage of a pipeline gets what came before, the item and its index; no stage waits for other items", async () => {
    const answers: (() => void)[] = [];
    const { ending, calls } = await trace(
      `const seen = [];
       const out = await pipeline(["a", "b"],
         (previous, item, index) => { seen.push([previous, item, index]); return agent("1" + item) },
         (previous, item, index) => { seen.push([previous, item, index]); return agent("2" + item) });
       return { out, seen };`,
      {
        onCall: (call) => {
          const said = call.kind === "agent" ? call.prompt : "";
          if (said !== "1a") {
            // The second item goes through to its end before the first has passed its first stage.
            if (said === "2b") setTimeout(() => answers[0]?.(), 1);
            return { kind: "value", value: said };
          }
          return new Promise((resolve) => answers.push(() => resolve({ kind: "value", value: said })));
        },
      },
    );
    expect(prompts(calls)).toEqual(["1a", "1b", "2b", "2a"]);
    expect(ending).toMatchObject({
      value: {
        out: ["2a", "2b"],
        seen: [
          ["a", "a", 0],
          ["b", "b", 1],
          ["1b", "b", 1],
          ["1a", "a", 0],
        ],
      },
    });
  });

  test("a stage that throws makes its item null and skips the rest of its stages only", async () => {
    const { ending, logs, calls } = await trace(
      'return await pipeline([1, 2], (p) => { if (p === 1) throw new TypeError("odd"); return p }, (p) => agent("s" + p));',
    );
    expect(ending).toMatchObject({ value: [null, "echo:s2"] });
    expect(prompts(calls)).toEqual(["s2"]);
    expect(logs).toEqual([{ level: "warn", text: "Item 0 of pipeline() ended with null: TypeError: odd" }]);
  });

  test("a stage that resolves to null stops its item, or flows on where that is switched", async () => {
    const body = "return await pipeline([1], () => null, (p) => [p]);";
    expect(await returned(body)).toEqual([null]);
    expect(await returned(body, { nullStopsPipeline: false })).toEqual([[null]]);
  });

  test.each([
    ["parallel()", "parallel() expects an array of functions"],
    ["parallel([1])", "parallel() expects an array of functions"],
    ["parallel(Array(4097).fill(() => 1))", "parallel() takes no more than 4096 items; it was given 4097."],
    ["pipeline({})", "pipeline() expects an array as the first argument"],
    ["pipeline(Array(4097).fill(1))", "pipeline() takes no more than 4096 items; it was given 4097."],
    ["pipeline([1], 2)", "pipeline() expects functions after the first argument"],
  ])("%s rejects", async (call, message) => {
    expect(await returned(`try { await ${call} } catch (e) { return e.message }`)).toBe(message);
  });

  test("4,096 items are allowed", async () => {
    expect(await returned("return (await parallel(Array(4096).fill(() => 1))).length;")).toBe(4096);
  });
});

describe("the rest of the dialect", () => {
  test("args is the value of the caller, a copy that may be changed; absent is undefined", async () => {
    expect(await returned("args.a.push(2); return args;", { args: { a: [1] } })).toEqual({ a: [1, 2] });
    expect(await returned("args = JSON.parse(args); return args.x;", { args: '{"x":1}' })).toBe(1);
    expect(await returned("return [typeof args, args === undefined];")).toEqual(["undefined", true]);
  });

  test("budget tells the total and what is left, infinity without a total", async () => {
    const body = "return [budget.total, budget.spent(), String(budget.remaining())];";
    expect(await returned(body, { budget: { total: 100, spent: 30 } })).toEqual([100, 30, "70"]);
    expect(await returned(body)).toEqual([null, 0, "Infinity"]);
  });

  test("workflow passes its reference and args on, approve its question and options", async () => {
    const { ending, calls } = await trace(
      'phase("P"); return [await workflow({ scriptPath: "x.js" }, [1]), await workflow("n"), await approve("Go?", { default: false })];',
    );
    expect(ending).toMatchObject({ value: [{ scriptPath: "x.js" }, "n", "yes"] });
    expect(calls).toEqual([
      { kind: "workflow", index: 0, reference: { scriptPath: "x.js" }, args: [1], phase: "P" },
      { kind: "workflow", index: 1, reference: "n", args: undefined, phase: "P" },
      { kind: "approve", index: 2, question: "Go?", options: { default: false } },
    ]);
  });

  test("the log takes whatever a script writes, with the level of the console's function", async () => {
    const { logs } = await trace(
      'log("a"); log({ a: [1] }); console.log("x", 1, undefined); console.warn(new TypeError("t")); console.error(Symbol("s")); console.debug(() => 1); log(new Proxy({}, { get() { throw 1 } }));',
    );
    expect(logs).toEqual([
      { level: "info", text: "a" },
      { level: "info", text: '{"a":[1]}' },
      { level: "info", text: "x 1 undefined" },
      { level: "warn", text: "TypeError: t" },
      { level: "error", text: "Symbol(s)" },
      { level: "info", text: "[a function]" },
      { level: "info", text: "[something that cannot be shown]" },
    ]);
  });

  test("timers fire in their order, can be stopped, and are something to wait for", async () => {
    const { ending, waitingCount } = await trace(
      `const order = [];
       const stopped = setTimeout(() => order.push("stopped"), 1);
       clearTimeout(stopped);
       setTimeout((a) => order.push(a), 20, "late");
       setTimeout(() => order.push("soon"), 1);
       await new Promise((resolve) => setTimeout(resolve, 30));
       return order;`,
    );
    expect([ending, waitingCount]).toMatchObject([{ value: ["soon", "late"] }, 0]);
  });

  test("what a timer's function throws is a line in the log", async () => {
    const { logs } = await trace(
      'setTimeout(() => { throw new Error("late") }, 1); await new Promise((r) => setTimeout(r, 5));',
    );
    expect(logs).toEqual([{ level: "warn", text: "A timer's function threw: Error: late" }]);
  });

  test("more than 1,000 timers at once are refused", async () => {
    const body = "try { for (let i = 0; ; i++) setTimeout(() => 1, 1e6) } catch (e) { return e.message }";
    expect(await returned(body)).toBe("No more than 1000 timers may wait at once.");
  });
});

describe("what has the time or chance in it (F10s)", () => {
  test.each([
    ["Date.now()", "Date.now() is not available in workflow scripts"],
    ["new Date()", "new Date() without arguments is not available in workflow scripts"],
    ["Date()", "Date() is not available in workflow scripts"],
    ["Math.random()", "Math.random() is not available in workflow scripts"],
  ])("%s throws, and says what to do instead", async (call, start) => {
    const message = String(await returned(`try { ${call} } catch (e) { return e.message }`));
    expect(message.startsWith(start)).toBe(true);
    expect(message).toMatch(/Pass a timestamp in args\.$|use the index of each in its prompt\.$/u);
  });

  test("dates of given times work, in UTC", async () => {
    const value = await returned(
      `class Later extends Date {}
       const d = new Date(2026, 0, 2, 3);
       return [d.toISOString(), Date.UTC(2026, 0), Date.parse("2026-01-01"), new Later(5).getTime(),
               d instanceof Date, d.constructor === Date, Math.max(1, 2)];`,
    );
    expect(value).toEqual(["2026-01-02T03:00:00.000Z", 1767225600000, 1767225600000, 5, true, true, 2]);
  });
});
