// What the compiled code does when it is called: the same as the script says, and nothing that an evaluator would take
// for an import, a comment or a hint.
import { createContext, runInContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { codePrefixLength } from "./code-shape.ts";
import { announced, compiledOf, metaLine, runScript, scriptOf } from "./testing/run-code.ts";

// What ses refuses wherever it stands.
const refusedByEvaluator = /<!--|-->|(^|[^.]|\.\.\.)\bimport(\s*(?:\(|\/[/*]))/;

describe("A script", () => {
  test.each<[string, string, unknown]>([
    ["awaits and returns at its top level", "const a = await Promise.resolve(1); return a + 1", 2],
    ["returns nothing", "let a = 1", undefined],
    ["sees its metadata", "return meta.name", "n"],
    ["is strict", "return (function () { return this })()", undefined],
    ["has no this", "return this", undefined],
    [
      "may loop over what it awaits",
      "let n = 0; for await (const a of [1, Promise.resolve(2)]) n += a; return n",
      3,
    ],
    ["may end in a comment", "return 1 // end", 1],
    ["may have comments between words", "return/* a */1", 1],
    ["keeps line breaks that are in comments", "return /*\n*/ 1", undefined],
    ["may look for its own target in a function", "return (function () { return new.target })()", undefined],
    [
      "may use classes with private parts",
      "class A { #a = 1; static b = 2; has() { return #a in this } } return new A().has()",
      true,
    ],
    ["may hide what is given to it", "const agent = 1, JSON = 2; return agent + JSON", 3],
    [
      "may use labels",
      "let n = 0; a: for (;;) { for (;;) { if (++n > 2) break a; continue a } } return n",
      3,
    ],
  ])("%s", async (_title, body, expected) => {
    expect(await runScript(scriptOf(body))).toEqual(expected);
  });

  test("sees the names that it is given", async () => {
    const globals = { agent: (prompt: string) => Promise.resolve(`echo:${prompt}`), args: [1] };
    expect(await runScript(scriptOf("return [await agent('a'), args[0]]"), globals)).toEqual(["echo:a", 1]);
  });

  test("may begin with a mark of its interpreter and with comments", async () => {
    expect(await runScript(`#!/usr/bin/env lathe\n// a\n/* b */ ${scriptOf("return 1")}`)).toBe(1);
  });
});

describe("Text that an evaluator would refuse keeps its meaning", () => {
  const marks = "<!-- --> import (a) import(b) import/*c*/ eval (d)";
  test.each<[string, string, unknown]>([
    ["in double quotes", `return "${marks}"`, marks],
    ["in single quotes", `return '${marks}'`, marks],
    ["in a template", `return \`${marks}\``, marks],
    [
      "on both sides of what a template is filled with",
      `return \`<!--\${1}-->\${2}import (\${3}\``,
      "<!--1-->2import (3",
    ],
    ["in the name of a property", `return Object.keys({ "${marks}": 1 })`, [marks]],
    [
      "behind backslashes",
      String.raw`return "\<!--\\<!-- \-->\\--> \\import("`,
      String.raw`<!--\<!-- -->\--> \import(`,
    ],
    [
      "where both marks share their middle",
      `return ["<!-->", "<!--->", "--->", "<!--<!--"]`,
      ["<!-->", "<!--->", "--->", "<!--<!--"],
    ],
    ["in a regular expression", `return /<!--|-->|import (a)/.exec("import a")[1]`, "a"],
    ["before a slash that ends a regular expression", "return /a import/*2", Number.NaN],
    [
      "as a range of a regular expression",
      `return ["-", "!", "=", ">", "<", "a"].map((a) => /[!--]/.test(a) + "" + /[<!-->]/.test(a) + /[-->]/.test(a))`,
      [
        "truetruetrue",
        "truetruefalse",
        "falsefalsetrue",
        "falsetruetrue",
        "falsetruetrue",
        "falsefalsefalse",
      ],
    ],
    ["as a look behind", `return "a--b b".replace(/(?<!--)b/g, "c")`, "a--b c"],
    ["in a comment", `/* ${marks.replace("/*c*/", "")} */ return 1 // ${marks}`, 1],
    ["as operators", "let a = 3, n = 0; while (a-->1) n++; return [a, n, 0<!--a]", [0, 2, false]],
    [
      "as the name of a property",
      "const a = { import(b) { return b } }; return a.import(1) + a . import (2) + a?.import/**/(3)",
      6,
    ],
    [
      "as the name of a method",
      "class A { static import (a) { return a } static async *imports() {} } return A.import(1)",
      1,
    ],
    [
      "as a private name",
      "class A { #import(a) { return a } b() { return this.#import (1) } } return new A().b()",
      1,
    ],
    ["as a part of a name", "const $import = (a) => a; return $import (1)", 1],
    ["in a template inside of a tagged one", "const a = (b, c) => c; return a`$".concat("{`<!--`}`"), "<!--"],
  ])("%s", async (_title, body, expected) => {
    const source = scriptOf(body);
    expect(compiledOf(source).code).not.toMatch(refusedByEvaluator);
    expect(await runScript(source)).toEqual(expected);
  });

  test("whatever literals and comments it stands in", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyPart, { minLength: 1, maxLength: 6 }), async (parts) => {
        const body = `return [${parts.join(",")}\n]`;
        const source = scriptOf(body);
        const original = new Function(
          `"use strict"; return (async () => { ${body} })()`,
        ) as () => Promise<unknown>;
        expect(compiledOf(source).code).not.toMatch(refusedByEvaluator);
        // By way of JSON, since the arrays of another context have other prototypes.
        expect(JSON.stringify(await runScript(source))).toBe(JSON.stringify(await original()));
      }),
      { numRuns: 400 },
    );
  });
});

const text = fc
  .array(
    fc.constantFrom(
      ...[
        "<!--",
        "-->",
        "import",
        "import(",
        "import (",
        "import /",
        "import//",
        "import/*",
        "*/",
        "eval(",
        "<",
        "!",
        "-",
        ">",
        "(",
        ")",
      ],
      ...[
        "\\\\",
        "\\-",
        "\\<",
        "\\>",
        "\\!",
        "\\x2d",
        "\\u0070",
        "[",
        "]",
        "^",
        "?",
        "+",
        "|",
        " ",
        "a",
        "$",
        ".",
      ],
    ),
    { maxLength: 8 },
  )
  .map((pieces) => pieces.join(""));

const samples = [
  "<!--",
  "-->",
  "import(",
  "a",
  "-",
  "!",
  ">",
  "<",
  "=",
  "+",
  "import (a)",
  "<!-- a -->",
  "\\",
  "p",
];

const expression = fc.tuple(text, fc.constantFrom("", "u", "v")).map(([pattern, flags]) => {
  if (pattern === "" || /^[*?]|\//.test(pattern)) return "null";
  try {
    new RegExp(pattern, flags);
  } catch {
    return "null";
  }
  return `${JSON.stringify(samples)}.map((sample) => /${pattern}/${flags}.exec(sample))`;
});

const anyPart: fc.Arbitrary<string> = fc.oneof(
  text.map((inside) => `"${inside}"`),
  text.map((inside) => `'${inside}'`),
  fc
    .tuple(text, text)
    .map(([before, after]) => `\`${before.replaceAll("$", "")}\${"${before}"}${after.replaceAll("$", "")}\``),
  text.map((inside) => `{ "${inside}": 1 }`),
  text.map((inside) => `/* ${inside.replaceAll("*/", "")} */ 1`),
  text.map((inside) => `2 // ${inside}\n`),
  expression,
);

describe("Comments", () => {
  test("say nothing to the engine", () => {
    const { code } = compiledOf(
      `${metaLine}\n//# sourceURL=file:///a\n//# sourceMappingURL=b\n/*@ sourceURL=c */`,
    );
    expect(code).not.toMatch(/sourceURL|sourceMappingURL/);
  });

  test("that look like one in a text stay", async () => {
    expect(await runScript(scriptOf('return "//# sourceURL=a"'))).toBe("//# sourceURL=a");
  });
});

describe("Places at run time are those of the file", () => {
  // The engine's own lines, whatever the test's surroundings make of stacks.
  const plainStacks = `Error.prepareStackTrace = (error, frames) =>
    frames.map((frame) => [frame.getLineNumber(), frame.getColumnNumber(), frame.getScriptNameOrSourceURL()])`;

  const placeOf = async (source: string): Promise<string | undefined> => {
    const context = createContext({ log: () => undefined });
    runInContext(plainStacks, context);
    const main = runInContext(`${compiledOf(source).code}\n//# sourceURL=workflow:script`, context);
    const error: { stack: [number, number, string][] } = await main().catch((thrown: unknown) => thrown);
    for (const [line, column, name] of error.stack) {
      const shown = column - (line === 1 ? codePrefixLength : 0);
      if (name === "workflow:script" && shown > 0) return `${line}:${shown}`;
    }
    return undefined;
  };

  test.each([
    ["on the first line", `${metaLine} null.a`, `1:${metaLine.length + 7}`],
    ["on a later line", `${metaLine}\n\n  null.a`, "3:8"],
    ["behind comments", `/* a\n b */ ${metaLine} /* c */ null.a`, `2:${metaLine.length + 21}`],
    ["behind an await", `${metaLine}\nawait 1\n/**/ null.a`, "3:11"],
    ["for a name that is not declared", `${metaLine}\nlog(1, missing)`, "2:8"],
    ["for a name that is not declared, alone", `${metaLine}\n  missing`, "2:3"],
    ["where something was escaped on an earlier line", `${metaLine}\nlet a = "<!--"\nnull.a`, "3:6"],
  ])("%s", async (_title, source, place) => {
    expect(await placeOf(source)).toBe(place);
  });
});

describe("A name that nothing declares", () => {
  const nameOfError = "catch (error) { return error.name + ': ' + error.message }";

  test.each<[string, string, unknown]>([
    ["throws where it is read", `try { missing } ${nameOfError}`, "ReferenceError: missing is not defined"],
    [
      "throws where it is called",
      `try { missing(1) } ${nameOfError}`,
      "ReferenceError: missing is not defined",
    ],
    [
      "throws where it is created",
      `try { new missing(1) } ${nameOfError}`,
      "ReferenceError: missing is not defined",
    ],
    [
      "throws where a part of it is created",
      `try { new missing.a.b(1) } ${nameOfError}`,
      "ReferenceError: missing is not defined",
    ],
    ["throws as a tag", "try { missing`a` } catch (error) { return error.name }", "ReferenceError"],
    [
      "throws as a shorthand property",
      `try { ({ missing }) } ${nameOfError}`,
      "ReferenceError: missing is not defined",
    ],
    [
      "throws as a class that is extended",
      `try { class A extends missing {} } ${nameOfError}`,
      "ReferenceError: missing is not defined",
    ],
    [
      "throws where it is assigned to",
      `try { missing = 1 } ${nameOfError}`,
      "ReferenceError: missing is not defined",
    ],
    [
      "throws where it is counted up",
      "try { missing++ } catch (error) { return error.name }",
      "ReferenceError",
    ],
    [
      "is undefined under typeof",
      "return [typeof missing, typeof (missing), typeof process]",
      ["undefined", "undefined", "undefined"],
    ],
    [
      "is no arguments of the script",
      `try { arguments } ${nameOfError}`,
      "ReferenceError: arguments is not defined",
    ],
    ["may be arguments in a function", "return (function () { return arguments.length })(1, 2)", 2],
    [
      "does not join the line before it",
      "let a = (b) => b\nlet c = a\ntypeof globalThis; try { missing } catch { return c === a }",
      true,
    ],
    [
      "is found on the global object",
      "globalThis.later = { a: 1 }; return [later.a, new later.constructor() + '', typeof later]",
      [1, "[object Object]", "object"],
    ],
    [
      "cannot reach what stands around the script",
      "const names = ['$a0000', '$w0000', '$e0000']; const seen = []; for (const read of [() => $a0000, () => $w0000, () => $e0000]) try { read(); seen.push(1) } catch (error) { seen.push(error.name) } return seen",
      ["ReferenceError", "ReferenceError", "ReferenceError"],
    ],
    [
      "may have the names of what stands around the script",
      "let $a0000 = 1, $w0000 = 2, $e0001 = 3; try { missing } catch (error) { return $a0000 + $w0000 + $e0001 }",
      6,
    ],
    [
      "with escapes in its text",
      "try { m\\u0069ssing } catch (error) { return error.message }",
      "missing is not defined",
    ],
    [
      "that is like import",
      "try { $import (1) } catch (error) { return error.message }",
      "$import is not defined",
    ],
  ])("%s", async (_title, body, expected) => {
    expect(await runScript(scriptOf(body))).toEqual(expected);
  });

  test("is warned about at its first place, and not under typeof", () => {
    const body =
      "\nlog(process.env, process)\nif (typeof require === 'function') mine()\nlog(eval, new Uint8Array(1))";
    expect(compiledOf(scriptOf(body)).warnings).toEqual([
      { message: "process is not available in workflow scripts", line: 2, column: 5 },
      { message: "mine is not defined", line: 3, column: 36 },
      { message: "eval is not available in workflow scripts", line: 4, column: 5 },
      { message: "Uint8Array is not available in workflow scripts", line: 4, column: 15 },
    ]);
  });

  test("is not among those that scripts are given", () => {
    const given =
      "agent parallel pipeline phase log args budget workflow approve console setTimeout clearTimeout URL structuredClone";
    const body = `return [${given.split(" ")}, JSON, Math, Promise, Iterator, Infinity, NaN, undefined, globalThis]`;
    expect(compiledOf(scriptOf(body)).warnings).toEqual([]);
  });

  test("is warned about fifty times at most", () => {
    const names = Array.from({ length: 60 }, (_, index) => `missing${index}`);
    expect(compiledOf(scriptOf(names.join(";"))).warnings).toHaveLength(50);
  });
});

describe("A file of the object form announces its workflow", () => {
  const fields = 'name: "n", description: "d"';
  test.each([
    ["exported as workflow", `export const workflow = { ${fields}, run: () => 7 }`],
    ["exported as default", `export default { ${fields}, async run() { return 7 } }`],
    [
      "exported as default on several lines",
      `export\n  default\n{ ${fields}, run: function () { return 7 } }`,
    ],
    ["exported as default without spaces", `export default{${fields},run}; function run() { return 7 }`],
    ["exported by its name", `const workflow = { ${fields}, run: () => 7 }\nexport { workflow }`],
    ["exported by another name", `const mine = { ${fields}, run: () => 7 };\nexport { mine as workflow }`],
    ["exported by its name as default", `const mine = { ${fields}, run: () => 7 }\nexport default mine`],
    ["exported twice", `export const workflow = { ${fields}, run: () => 7 }; export default workflow`],
    [
      "exported twice in one statement",
      `const a = { ${fields}, run: () => 7 }; export { a as default, a as workflow }`,
    ],
    [
      "exported before a line that begins with a parenthesis",
      `const a = { ${fields}, run: () => 7 }\nexport { a as default }\n(() => 1)()`,
    ],
    ["with an await before it", `const seven = await 7; export default { ${fields}, run: () => seven }`],
  ])("%s", async (_title, source) => {
    const workflow = (await announced(source)) as { name: string; run(): unknown };
    expect(compiledOf(source)).toMatchObject({ dialect: "object", meta: { name: "n", description: "d" } });
    expect([workflow.name, await workflow.run()]).toEqual(["n", 7]);
  });
});

test("The prefix of line 1 has one length, whatever names the script uses", () => {
  const bodies = ["", "$a0000; $w0001; $e0002", "let $a0000, $a0001"];
  const starts = bodies.map((body) => compiledOf(scriptOf(body)).code.indexOf("       const meta"));
  expect(starts).toEqual([codePrefixLength, codePrefixLength, codePrefixLength]);
});
