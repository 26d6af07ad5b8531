// Broken scripts, each with the exact words and the place.
import { expect, test } from "vitest";
import type { ScriptError } from "../contract.ts";
import { compileSource } from "./compile-source.ts";
import { metaLine } from "./testing/run-code.ts";

type Row = readonly [title: string, source: string, message: string, line: number, column: number];

const hint =
  "Workflow scripts are plain JavaScript: take the TypeScript syntax out (types, interfaces, enums, as).";
const example = 'export const meta = { name: "...", description: "..." }';

function syntaxError(
  title: string,
  lines: readonly string[],
  what: string,
  place: readonly [number, number],
): Row {
  const [line, column] = place;
  const shown = lines[line - 1] ?? "";
  const message = `Script parse error: ${what} (${line}:${column})\n${shown}\n${" ".repeat(column - 1)}^`;
  return [title, lines.join("\n"), message, line, column];
}

function typeScript(title: string, text: string, column: number, what = "Unexpected token"): Row {
  const row = syntaxError(title, [metaLine, text], what, [2, column]);
  return [row[0], row[1], `${row[2]}\n${hint}`, 2, column];
}

const syntax: readonly Row[] = [
  syntaxError(
    "a name that is declared twice",
    [metaLine, "let a;", "let a;"],
    "Identifier 'a' has already been declared",
    [3, 5],
  ),
  syntaxError("a text that does not end", [metaLine, 'log("a);'], "Unterminated string constant", [2, 5]),
  syntaxError("a template that does not end", [metaLine, "log(`a);"], "Unterminated template", [2, 6]),
  syntaxError("a comment that does not end", [metaLine, "return 1 /* open"], "Unterminated comment", [2, 10]),
  syntaxError(
    "a regular expression that does not end",
    [metaLine, "return /open"],
    "Unterminated regular expression",
    [2, 9],
  ),
  syntaxError(
    "a broken regular expression",
    [metaLine, "/(/"],
    "Invalid regular expression: /(/: Unterminated group",
    [2, 2],
  ),
  syntaxError("a block that does not end", [metaLine, "if (a) {"], "Unexpected token", [2, 9]),
  syntaxError(
    "text that would close the function around it",
    [metaLine, "}); (function () {"],
    "Unexpected token",
    [2, 1],
  ),
  syntaxError("text that closes it behind a comment", [metaLine, "/* */ })()"], "Unexpected token", [2, 7]),
  syntaxError("two words in a row", [metaLine, "  return a b"], "Unexpected token", [2, 12]),
  syntaxError("with", [metaLine, "with (a) {}"], "'with' in strict mode", [2, 1]),
  syntaxError(
    "await as a name",
    [metaLine, "var await"],
    "Cannot use keyword 'await' outside an async function",
    [2, 5],
  ),
  syntaxError(
    "await in a plain function",
    [metaLine, "function f() { await g() }"],
    "Cannot use keyword 'await' outside an async function",
    [2, 16],
  ),
  syntaxError("an old octal number", [metaLine, "return 017"], "Invalid number", [2, 8]),
  syntaxError("deleting a name", [metaLine, "delete a"], "Deleting local variable in strict mode", [2, 1]),
  syntaxError(
    "a comment mark of HTML at the start of a line",
    [metaLine, "--> x"],
    "Unexpected token",
    [2, 3],
  ),
  syntaxError("break outside of a loop", [metaLine, "break"], "Unsyntactic break", [2, 1]),
  syntaxError(
    "a private name of no class",
    [metaLine, "a.#b"],
    "Private field '#b' must be declared in an enclosing class",
    [2, 3],
  ),
  syntaxError("import of a source", [metaLine, 'import source a from "b"'], "Unexpected token", [2, 15]),
  syntaxError("deferred import", [metaLine, 'import defer * as a from "b"'], "Unexpected token", [2, 14]),
  syntaxError(
    "an error in the metadata's line",
    ["export const meta = { name: };"],
    "Unexpected token",
    [1, 29],
  ),
  [
    "lines that end in other ways",
    `${metaLine}\r\n\u2028\ra b`,
    "Script parse error: Unexpected token (4:3)\na b\n  ^",
    4,
    3,
  ],
  syntaxError(
    "return in the object form",
    ['export default { name: "n", description: "d", run() {} }', "return 1"],
    "'return' outside of function",
    [2, 1],
  ),
];

const typed: readonly Row[] = [
  typeScript("a typed constant", "const a: string = 1", 8),
  typeScript("a typed parameter", "function f(a: number) {}", 13),
  typeScript("an optional parameter", "function f(a?: number) {}", 13),
  typeScript("an interface", "interface A {}", 1, "The keyword 'interface' is reserved"),
  typeScript("an enum", "enum A { B }", 1, "The keyword 'enum' is reserved"),
  typeScript("a type", "type A = { a: 1 }", 6),
  typeScript("as", "return a as string", 10),
  typeScript("satisfies", "return { a } satisfies A", 14),
  typeScript("a generic function", "function f<T>(a) {}", 11),
  typeScript("a generic call", "new Map<string, number>()", 25),
  typeScript("a generic call in a declaration", "const a = new Map<string, number>()", 33),
  typeScript("an assertion that something is there", "return a!.b", 9),
  typeScript("a private property", "class A { private b = 1 }", 19),
];

const refused: readonly Row[] = [
  ["import", `${metaLine}\nimport fs from "fs"`, "import is not available in workflow scripts", 2, 1],
  [
    "import before the metadata",
    `import fs from "fs"\n${metaLine}`,
    "import is not available in workflow scripts",
    1,
    1,
  ],
  ["import()", `${metaLine}\nawait import("fs")`, "import() is not available in workflow scripts", 2, 7],
  [
    "import() behind a comment",
    `${metaLine}\nawait import/* a */\n("fs")`,
    "import() is not available in workflow scripts",
    2,
    7,
  ],
  [
    "import() in a template",
    `${metaLine}\nreturn \`\${import("fs")}\``,
    "import() is not available in workflow scripts",
    2,
    11,
  ],
  [
    "import.source()",
    `${metaLine}\nimport.source("fs")`,
    "import() is not available in workflow scripts",
    2,
    1,
  ],
  [
    "import.defer()",
    `${metaLine}\n a(import . defer("fs"))`,
    "import() is not available in workflow scripts",
    2,
    4,
  ],
  [
    "import.meta",
    `${metaLine}\nlog(import.meta.url)`,
    "import.meta is not available in workflow scripts",
    2,
    5,
  ],
  ["debugger", `${metaLine}\n  debugger`, "debugger is not available in workflow scripts", 2, 3],
  ["using", `${metaLine}\nusing a = b`, "using is not available in workflow scripts", 2, 1],
  ["await using", `${metaLine}\nawait using a = b`, "using is not available in workflow scripts", 2, 1],
  [
    "another export",
    `${metaLine}\nexport const a = 1`,
    `export is not available in workflow scripts, except for ${example}`,
    2,
    1,
  ],
  [
    "two declarations",
    'export const meta = { name: "n", description: "d" }, a = 1',
    `export is not available in workflow scripts, except for ${example}`,
    1,
    1,
  ],
  [
    "export of a function",
    `${metaLine}\nexport function a() {}`,
    `export is not available in workflow scripts, except for ${example}`,
    2,
    1,
  ],
  [
    "export from",
    `${metaLine}\nexport { a } from "b"`,
    `export is not available in workflow scripts, except for ${example}`,
    2,
    1,
  ],
  [
    "export *",
    `${metaLine}\nexport * from "b"`,
    `export is not available in workflow scripts, except for ${example}`,
    2,
    1,
  ],
  [
    "an empty export",
    `${metaLine}\nexport {}`,
    `export is not available in workflow scripts, except for ${example}`,
    2,
    1,
  ],
  [
    "both dialects",
    `${metaLine}\nexport default { run() {} }`,
    "A file exports either meta or a workflow object, not both",
    2,
    1,
  ],
  [
    "two workflow objects",
    "export default { run() {} }\nexport const workflow = { run() {} }",
    "A file exports one workflow object",
    2,
    1,
  ],
  [
    "a comment mark in a tagged template",
    `${metaLine}\nreturn a\`b <!-- c\``,
    "A tagged template must not hold the text <!--: write it as a string of its own and fill that in",
    2,
    12,
  ],
  [
    "import in a tagged template",
    `${metaLine}\na\`\${1}import(b)\``,
    "A tagged template must not hold the text import (: write it as a string of its own and fill that in",
    2,
    7,
  ],
  [
    "the end of a comment in a tagged template",
    `${metaLine}\na\`-->\``,
    "A tagged template must not hold the text -->: write it as a string of its own and fill that in",
    2,
    3,
  ],
];

const meta: readonly Row[] = [
  ["metadata that is not first", `const a = 1\n${metaLine}`, `The first statement must be ${example}`, 2, 1],
  ["no metadata", "\n  return 1", `The first statement must be ${example}`, 2, 3],
  ["metadata that is not exported", 'const meta = { name: "n" }', `meta must be exported: ${example}`, 1, 1],
  [
    "let",
    'export let meta = { name: "n", description: "d" }',
    `meta must be declared with const: ${example}`,
    1,
    1,
  ],
  ["an exported name", "const meta = {}\nexport { meta }", `The first statement must be ${example}`, 2, 1],
  ["a list", "export const meta = []", "meta must be an object literal", 1, 21],
  ["a call around it", "export const meta = Object.freeze({})", "meta must be an object literal", 1, 21],
  ["no name", 'export const meta = { description: "d" }', "meta.name must be a non-empty string", 1, 21],
  [
    "an empty name",
    'export const meta = { name: " ", description: "d" }',
    "meta.name must be a non-empty string",
    1,
    29,
  ],
  [
    "a name that is a number",
    'export const meta = { name: 1, description: "d" }',
    "meta.name must be a non-empty string",
    1,
    29,
  ],
  [
    "no description",
    'export const meta = { name: "n" }',
    "meta.description must be a non-empty string",
    1,
    21,
  ],
  ["a spread", "export const meta = {\n  ...a }", "meta must be a pure literal: a spread is none", 2, 3],
  [
    "a getter",
    "export const meta = { get name() { return 1 } }",
    "meta must be a pure literal: a getter or setter is none",
    1,
    23,
  ],
  ["a method", "export const meta = { name() {} }", "meta must be a pure literal: a method is none", 1, 23],
  [
    "a shorthand",
    "export const meta = { name }",
    "meta must be a pure literal: a shorthand property is none",
    1,
    23,
  ],
  [
    "a computed key",
    'export const meta = { ["name"]: 1 }',
    "meta must be a pure literal: a computed key is none",
    1,
    23,
  ],
  ["a call", "export const meta = { name: a() }", "meta must be a pure literal: a call is none", 1, 29],
  [
    "a name as value",
    "export const meta = { name: process }",
    "meta must be a pure literal: the name process is none",
    1,
    29,
  ],
  [
    "a function",
    "export const meta = { name: () => 1 }",
    "meta must be a pure literal: a function is none",
    1,
    29,
  ],
  [
    "a regular expression",
    "export const meta = { name: /a/ }",
    "meta must be a pure literal: a regular expression is none",
    1,
    29,
  ],
  ["a BigInt", "export const meta = { name: 1n }", "meta must be a pure literal: a BigInt is none", 1, 29],
  [
    "a template with parts",
    `export const meta = { name: \`\${1}\` }`,
    "meta must be a pure literal: a template with parts to fill in is none",
    1,
    29,
  ],
  [
    "a calculation",
    "export const meta = { name: 1 + 1 }",
    "meta must be a pure literal: a calculation is none",
    1,
    33,
  ],
  ["a hole", "export const meta = { phases: [,] }", "meta must be a pure literal: a hole is none", 1, 31],
  [
    "an escape for terminals",
    'export const meta = { a: "\\u001b[2J" }',
    "meta must not hold control characters or halves of characters",
    1,
    26,
  ],
  [
    "half a character in a key",
    'export const meta = { "\\ud800": 1 }',
    "meta must not hold control characters or halves of characters",
    1,
    23,
  ],
  ["an endless number", "export const meta = { a: 1e999 }", "meta must hold finite numbers only", 1, 26],
  [
    "the key __proto__",
    'export const meta = { "__proto__": {} }',
    "meta must not have the key __proto__",
    1,
    23,
  ],
  [
    "the key constructor",
    "export const meta = { a: { constructor: 1 } }",
    "meta must not have the key constructor",
    1,
    28,
  ],
  [
    "a deep nest",
    `export const meta = { a: ${"[".repeat(13)}${"]".repeat(13)} }`,
    "meta is nested more than 12 deep",
    1,
    38,
  ],
  [
    "many parts",
    `export const meta = { a: [${"1,".repeat(2_000)}] }`,
    "meta has more than 2000 parts",
    1,
    4023,
  ],
  [
    "a workflow without run",
    'export const workflow = { name: "n", description: "d" }',
    "workflow.run must be a function",
    1,
    25,
  ],
  [
    "a workflow whose run is a text",
    'export default { name: "n", description: "d", run: "a" }',
    "workflow.run must be a function",
    1,
    52,
  ],
  [
    "a workflow without a literal name",
    "export default { name: a, run() {} }",
    "workflow.name must be a non-empty string",
    1,
    24,
  ],
  [
    "a workflow without a description",
    'export default { name: "n", run() {} }',
    "workflow.description must be a non-empty string",
    1,
    16,
  ],
  [
    "a workflow that is a class",
    "export default class {}",
    "The exported workflow must be an object literal",
    1,
    16,
  ],
  [
    "a workflow that a call makes",
    "export const workflow = make({})",
    "The exported workflow must be an object literal",
    1,
    25,
  ],
];

function refusalOf(source: string): ScriptError {
  const reading = compileSource(source);
  if (reading.kind === "script") throw new Error("It compiles.");
  return reading.error;
}

test.each([
  ...syntax,
  ...typed,
])("A syntax error shows its place: %s", (_title, source, message, line, column) => {
  expect(refusalOf(source)).toEqual({ code: "script-parse-error", message, line, column });
});

test.each(
  refused,
)("What a script must not hold is refused where it stands: %s", (_title, source, message, line, column) => {
  expect(refusalOf(source)).toEqual({ code: "script-refused", message, line, column });
});

test.each(
  meta,
)("Metadata that cannot be taken is refused where it stands: %s", (_title, source, message, line, column) => {
  expect(refusalOf(source)).toEqual({ code: "invalid-meta", message, line, column });
});

test("An empty file is told what it lacks", () => {
  expect(refusalOf("// nothing\n")).toEqual({
    code: "invalid-meta",
    message: `The first statement must be ${example}`,
    line: null,
    column: null,
  });
});

test("Of a long line, the part around the error is shown", () => {
  const { message } = refusalOf(`${metaLine} /*${"x".repeat(5_000)}*/ a b /*${"y".repeat(5_000)}*/`);
  const [, shown = "", caret = ""] = message.split("\n");
  expect({
    length: shown.length,
    at: shown[caret.indexOf("^")],
    before: shown.slice(caret.length - 3, caret.length),
  }).toEqual({
    length: 160,
    at: "b",
    before: "a b",
  });
});

test("The caret stands below a character that tabs stand before", () => {
  expect(refusalOf(`${metaLine}\n\tlog(\t1 2)`).message).toBe(
    "Script parse error: Unexpected token (2:9)\n\tlog(\t1 2)\n\t    \t  ^",
  );
});

test.each([
  ["brackets", "[".repeat(50_000)],
  ["closed parentheses", `${"(".repeat(20_000)}1${")".repeat(20_000)}`],
  ["a long chain of operators", `return ${"1+".repeat(100_000)}1`],
  ["functions", "(()=>".repeat(20_000)],
  ["templates", "`${".repeat(20_000)],
  ["else after else", "if(a);else ".repeat(20_000)],
])("What is nested too deeply is refused, and nothing breaks: %s", (_title, body) => {
  expect(refusalOf(`${metaLine}\n${body}`)).toMatchObject({
    code: "script-too-complex",
    message: "The script is nested too deeply: split it up",
  });
});
