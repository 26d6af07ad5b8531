import { afterAll, describe, expect, test } from "vitest";
import type { GuestEnding } from "../contract.ts";
import { openScriptBench, type ScriptTrial } from "../testing.ts";

const bench = openScriptBench();
afterAll(() => bench.close());

const meta = 'export const meta = { name: "n", description: "d" };';

async function endingOf(body: string, trial?: ScriptTrial): Promise<GuestEnding> {
  const result = await bench.run(body, trial);
  if ("refused" in result) throw new Error(result.refused.message);
  return result.ending;
}

async function failureOf(body: string, trial?: ScriptTrial): Promise<object> {
  const ending = await endingOf(`${meta}\n${body}`, trial);
  if (ending.kind !== "failed") throw new Error(JSON.stringify(ending));
  return ending.failure;
}

describe("a script that returns", () => {
  test.each([
    ["return { a: [1, null] };", { a: [1, null] }],
    ["return null;", null],
    ["", undefined],
    ["return () => 1;", undefined],
    ["return new Date(0);", "1970-01-01T00:00:00.000Z"],
    ["return { toJSON() { return 5 } };", 5],
    ["return (async () => 1)();", 1],
  ])("%s comes to what JSON makes of it", async (body, value) => {
    expect(await endingOf(`${meta}\n${body}`)).toMatchObject({ kind: "returned", value });
  });

  test("ends although calls are open, and says what it took", async () => {
    const ending = await endingOf(`${meta}\nfor (let i = 0; i < 2e5; i++); agent("never"); return 1;`, {
      onCall: () => new Promise(() => undefined),
    });
    expect(ending).toEqual({
      kind: "returned",
      value: 1,
      usage: { cpuMs: expect.any(Number), memoryPeakBytes: expect.any(Number) },
    });
    expect(ending.usage.memoryPeakBytes).toBeGreaterThan(10_000_000);
  });
});

describe("a result that is none", () => {
  test.each([
    [
      "const a = {}; a.a = a; return a;",
      /^The result cannot be written as JSON \(TypeError: Converting circular/u,
    ],
    ["return 1n;", /^The result cannot be written as JSON \(TypeError/u],
    ['return "x".repeat(1048575);', /^The result has 1048577 bytes as JSON; 1048576 are allowed\./u],
    ["let a = []; for (let i = 0; i < 64; i++) a = [a]; return a;", /nested more than 64 levels deep/u],
    ["return Array(60000).fill([]);", /has more than 50000 objects and lists in it/u],
    ["return { get a() { throw new Error('mine') } };", /\(Error: mine\)/u],
  ])("%s is refused", async (body, message) => {
    expect(await failureOf(body)).toEqual({
      code: "invalid-result",
      message: expect.stringMatching(message),
    });
  });

  test("the largest result passes", async () => {
    expect(await endingOf(`${meta}\nreturn "x".repeat(1048574);`)).toMatchObject({ kind: "returned" });
  });
});

describe("a script that throws", () => {
  test("is told the place in its own file, in every kind of code", async () => {
    const places: [string, number, number][] = [
      [`${meta}\nconst x = 1;\n  null.foo;`, 3, 8],
      [`${meta} null.foo;`, 1, meta.length + 7],
      [`${meta}\nawait agent("x");\nundefinedName;`, 3, 1],
      [`${meta}\nfunction f() {\n  throw new RangeError("far");\n}\nawait parallel([]);\nf();`, 3, 9],
      [`${meta}\nawait parallel(1);`, 2, 7],
      ['export const workflow = { name: "n", description: "d",\n async run(api) {\n  null.x\n } };', 3, 8],
      // Not where the class of the error stands, or its constructor; of another class that is the place.
      [`${meta}\nclass Own extends Error {}\nclass Far extends Own { n = 1 }\n throw new Far("x");`, 4, 8],
      [`${meta}\nclass A {\n constructor() {\n  null.x } }\nnew A();`, 4, 8],
    ];
    for (const [source, line, column] of places) {
      const ending = await endingOf(source);
      expect([source, ending]).toMatchObject([source, { failure: { code: "script-error", line, column } }]);
    }
  });

  test("is told where it asked for what the host refused (F3s)", async () => {
    const onCall: ScriptTrial["onCall"] = () => ({
      kind: "error",
      name: "BudgetError",
      message: "Nothing is left.",
    });
    expect(await failureOf('log("a");\n await agent("p");', { onCall })).toEqual({
      code: "script-error",
      message: "BudgetError: Nothing is left. (3:8)",
      errorName: "BudgetError",
      line: 3,
      column: 8,
    });
  });

  test.each([
    ["throw null;", "The script threw null."],
    ["throw undefined;", "The script threw undefined."],
    ["throw Symbol('s');", "The script threw Symbol(s)."],
    ["throw 'text';", "The script threw text."],
    ["throw { code: 1 };", 'The script threw {"code":1}.'],
    ["throw { get message() { throw 1 } };", "The script threw [something that cannot be shown]."],
    ["throw new Proxy({}, { get() { throw 1 } });", "The script threw [something that cannot be shown]."],
    ["throw new Proxy(new Error('x'), { getPrototypeOf() { throw 1 } });", "Error: x"],
    ["const e = new Error('x'); e.name = Symbol(); e.message = Symbol(); throw e;", "The script threw {}."],
    ["throw { message: 'm'.repeat(5000) };", `${"m".repeat(2000)}…`],
    ["throw Promise.reject(1);", "The script threw {}."],
  ])("%s is said as well as it can be", async (body, message) => {
    const failure = (await failureOf(body)) as { code: string; message: string };
    expect(failure.code).toBe("script-error");
    expect(failure.message.replace(/ \(\d+:\d+\)$/u, "")).toBe(message);
  });

  test("cannot say another place, or a path of the host, by a stack of its own (F1s)", async () => {
    const failure = await failureOf(
      'const e = new Error("x");\nObject.defineProperty(e, "stack", { value: "at workflow:script:99:1 /etc" });\nthrow e;',
    );
    expect(failure).not.toHaveProperty("line", 99);
    expect(JSON.stringify(failure)).not.toContain("/etc");
  });
});

describe("a script that waits for what can never happen", () => {
  test.each([
    ["await new Promise(() => {});"],
    ["return { then() {} };"],
    ['await agent("x"); await new Promise(() => {});'],
    [
      "const id = setTimeout(() => 1, 1e6); setTimeout(() => clearTimeout(id), 1); await new Promise(() => {});",
    ],
  ])("%s fails at once", async (body) => {
    expect(await failureOf(body)).toMatchObject({ code: "never-ends" });
  });
});

test("a rejection that nobody handles is a line in the log, and the run goes on (F4s)", async () => {
  const result = await bench.run(
    `${meta}\nPromise.reject(new Error("nobody")); (async () => { throw new Proxy({}, { get() { throw 2 } }) })();\nawait agent("x"); return await agent("y");`,
  );
  expect(result).toMatchObject({
    ending: { kind: "returned", value: "echo:y" },
    logs: [
      { level: "warn", text: "A promise was rejected and nobody handled it: Error: nobody" },
      {
        level: "warn",
        text: "A promise was rejected and nobody handled it: The script threw [something that cannot be shown].",
      },
    ],
  });
});
