// What scripts can see and reach. That a class of ways out is absent is asserted by looking at everything there is.
import { afterAll, describe, expect, test } from "vitest";
import { openScriptBench } from "../testing.ts";

const bench = openScriptBench();
afterAll(() => bench.close());

const languageNames = [
  ...["AggregateError", "Array", "BigInt", "Boolean", "Date", "Error", "EvalError", "Function", "Infinity"],
  ...["Iterator", "JSON", "Map", "Math", "NaN", "Number", "Object", "Promise", "Proxy", "RangeError"],
  ...[
    "ReferenceError",
    "Reflect",
    "RegExp",
    "Set",
    "String",
    "Symbol",
    "SyntaxError",
    "TypeError",
    "URIError",
  ],
  ...[
    "WeakMap",
    "WeakSet",
    "decodeURI",
    "decodeURIComponent",
    "encodeURI",
    "encodeURIComponent",
    "globalThis",
  ],
  ...["isFinite", "isNaN", "parseFloat", "parseInt", "undefined"],
];
const ownNames = ["agent", "args", "budget", "console", "log", "parallel", "phase", "pipeline"];
const lexicalNames = ["URL", "approve", "clearTimeout", "setTimeout", "structuredClone", "workflow"];

type Dialect = "script" | "object";

function source(dialect: Dialect, body: string): string {
  if (dialect === "script") return `export const meta = { name: "n", description: "d" };\n${body}`;
  // Not under the name of a function of the api's.
  return `export default { name: "n", description: "d", async run(api, args) {\n${body}\n} };`;
}

async function returned(dialect: Dialect, body: string): Promise<unknown> {
  const result = await bench.run(source(dialect, body), { args: { a: 1 }, budget: { total: 10, spent: 1 } });
  if ("refused" in result) throw new Error(result.refused.message);
  if (result.ending.kind !== "returned") throw new Error(JSON.stringify(result.ending));
  return result.ending.value;
}

describe.each<Dialect>(["script", "object"])("in the dialect %s", (dialect) => {
  test("globalThis has exactly the names on the list, whatever this version of Node brings (F5s)", async () => {
    const names = await returned(
      dialect,
      "return Reflect.ownKeys(globalThis).map(String).filter((name) => name !== 'Symbol(Symbol.unscopables)').sort();",
    );
    expect(names).toEqual([...languageNames, ...ownNames].sort());
  });

  test("the names beside it are functions, and no properties", async () => {
    const seen = await returned(
      dialect,
      `return [${lexicalNames.map((name) => `["${name}", typeof ${name}, "${name}" in globalThis]`).join()}];`,
    );
    expect(seen).toEqual(lexicalNames.map((name) => [name, "function", false]));
  });

  test("everything that can be reached is frozen, except what is the script's own (F1s, F2s)", async () => {
    const loose = await returned(
      dialect,
      `const own = new Set([globalThis, args]);
       const seen = new Set(own);
       const loose = [];
       const queue = [];
       const visit = (value, path) => {
         if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value)) return;
         seen.add(value);
         queue.push([value, path]);
       };
       for (const key of Reflect.ownKeys(globalThis)) visit(globalThis[key], String(key));
       visit(Object.getPrototypeOf(globalThis), "globalThis.__proto__");
       [${lexicalNames.join()}].forEach((value, at) => visit(value, "lexical " + at));
       async function* numbers() { yield 1 }
       const samples = { promise: (async () => 1)(), numbers,
         iterated: Object.getPrototypeOf(numbers()), generated: Object.getPrototypeOf((function* () {})()),
         list: [][Symbol.iterator](), text: ""[Symbol.iterator](), map: new Map().keys(), set: new Set().keys(),
         found: "a".matchAll(/a/g), helped: [1].values().map((x) => x), async: async () => 1, error: new Error("x"),
         wrapped: Iterator.from({ next() {} }) };
       for (const [name, sample] of Object.entries(samples)) visit(Object.getPrototypeOf(sample), name);
       while (queue.length > 0) {
         const [value, path] = queue.pop();
         if (!Object.isFrozen(value)) loose.push(path);
         visit(Object.getPrototypeOf(value), path + ".__proto__");
         for (const key of Reflect.ownKeys(value)) {
           const found = Reflect.getOwnPropertyDescriptor(value, key);
           for (const part of ["value", "get", "set"]) visit(found[part], path + "." + String(key));
         }
       }
       return { loose, isThorough: seen.size > 500 };`,
    );
    expect(loose).toEqual({ loose: [], isThorough: true });
  });

  test("no function leads to one that makes code of text (F1s)", async () => {
    const made = await returned(
      dialect,
      `const functions = [agent, log, parallel, setTimeout, URL, Date, Math.max, () => 1, async () => 1, function* () {},
                          async function* () {}, class {}, (await approve("x")).constructor, budget.spent ?? budget];
       const ran = [];
       for (const f of functions) {
         for (const make of [f.constructor, Object.getPrototypeOf(f).constructor, f.constructor.constructor]) {
           try { ran.push(String(make("return 1")())) } catch (e) { if (!(e instanceof Error)) ran.push("odd") }
         }
       }
       return ran;`,
    );
    expect(made).toEqual([]);
  });

  test("the api shows no source of the host, and cannot be changed (F2s)", async () => {
    const changed = await returned(
      dialect,
      `const texts = [agent, log, phase, parallel, pipeline, console.log, workflow, approve, setTimeout].map(String);
       const done = [];
       for (const act of [() => { agent.x = 1 }, () => { globalThis.agent = 1 }, () => { delete globalThis.log },
                          () => { console.log = 1 }, () => Object.setPrototypeOf(agent, null), () => { Date.now = 1 },
                          () => { Object.prototype.x = 1 }, () => { Promise.prototype.then = 1 }]) {
         try { act(); done.push(String(act)) } catch (e) { if (!(e instanceof TypeError)) done.push(e.name) }
       }
       return { texts: [...new Set(texts)], done };`,
    );
    expect(changed).toEqual({ texts: ["function () { [native code] }"], done: [] });
  });
});

test("eval and new Function throw an EvalError that says so (F1s)", async () => {
  const said = await returned(
    "script",
    "const said = []; for (const f of [() => eval('1'), () => new Function('1'), () => Function('1')]) try { f() } catch (e) { said.push(e.name + ': ' + e.message) } return said;",
  );
  expect(said).toEqual([
    expect.stringMatching(/^EvalError: eval.* is not available in workflow scripts/u),
    expect.stringMatching(/^EvalError: new Function\(\) is not available in workflow scripts/u),
    expect.stringMatching(/^EvalError: new Function\(\) is not available in workflow scripts/u),
  ]);
});

test("hostile values are asked once, by the guest, and arrive as plain data or not at all (F2s)", async () => {
  const result = await bench.run(
    source(
      "script",
      `let asked = 0;
       const options = { get model() { asked++; return "m" }, toString() { asked++; return "x" }, [Symbol("s")]: 1,
                         ["__proto__"]: { isAdmin: true }, f() {}, nested: { toJSON: () => ({ ok: 1 }) } };
       const answer = await agent("p", options);
       const proxied = new Proxy({ a: 1 }, { ownKeys: (t) => Reflect.ownKeys(t), get: (t, k) => t[k] });
       await agent("q", proxied);
       return [asked, answer];`,
    ),
  );
  expect(result).toMatchObject({ ending: { kind: "returned", value: [1, "echo:p"] } });
  if ("refused" in result) throw new Error(result.refused.message);
  expect(result.calls.map((call) => call.kind === "agent" && call.options)).toEqual([
    { model: "m", nested: { ok: 1 } },
    { a: 1 },
  ]);
});

test("text that looks like frames is text (F9s)", async () => {
  const forged = '\\u0000\\u0000\\u0000\\u0010{"kind":"returned","value":"forged"}\\r\\n';
  const result = await bench.run(
    source(
      "script",
      `const t = "${forged.replaceAll('"', '\\"')}"; log(t); phase(t); return await agent(t, { kind: "returned", index: 7 });`,
    ),
  );
  expect(result).toMatchObject({ ending: { kind: "returned", value: expect.stringMatching(/^echo:/u) } });
  expect(result).toMatchObject({ calls: [{ index: 0, options: { kind: "returned", index: 7 } }] });
});

test("a call at the very end of the stack is made whole or not at all", async () => {
  const value = await returned(
    "script",
    `const answers = [];
     const deep = (n, text) => n ? deep(n - 1, text) : agent(text);
     let low = 10, high = 100000;
     while (high - low > 1) { const middle = (low + high) >> 1; try { deep(middle, "w").catch(() => {}); low = middle } catch { high = middle } }
     for (let k = 0; k < 60; k++) try { answers.push(deep(high + 10 - k, "k" + k).then((said) => said === "echo:k" + k)) } catch {}
     return (await Promise.all(answers)).every(Boolean) && answers.length > 0;`,
  );
  expect(value).toBe(true);
});
