// Hostile scripts that are hostile by their text: made here, because editors and formatters would not leave them alone.
import type { Expectation, HostileScript } from "./hostile-script.ts";

const meta = 'export const meta = { name: "hostile", description: "One of the hostile texts." };';
const tooComplex: readonly Expectation[] = ["rejected:script-too-complex", "rejected:script-parse-error"];

export const textScripts: readonly HostileScript[] = [
  text("nul", "puts NUL into a name", ["rejected"], `${meta}\nreturn "sa\u0000fe";`),
  text(
    "escape",
    "puts an escape for terminals into a comment",
    ["rejected"],
    `${meta} // \u001b[2J\nreturn "safe";`,
  ),
  text("backspaces", "hides code behind backspaces", ["rejected"], `${meta}\nreturn "safe"; //\b\b\b evil`),
  text(
    "c1-controls",
    "puts a control character of the second set into a text",
    ["rejected"],
    `${meta}\nreturn "\u009b31m";`,
  ),
  text("byte-order-mark", "begins with a byte order mark", ["safe"], `\ufeff${meta}\nreturn "safe";`),
  text("inner-byte-order-marks", "uses byte order marks as spaces", ["safe"], `${meta}\nreturn\ufeff"safe";`),
  text(
    "bidi",
    "shows code in another order than it is read in",
    ["safe", "rejected"],
    `${meta}\nreturn "safe"; // \u202e\u2066 if (admin) {`,
  ),
  text(
    "bidi-in-text",
    "hides the end of a text",
    ["safe", "rejected"],
    `${meta}\nconst role = "user\u202e\u2066// only admins\u2069\u2066";\nreturn role.length > 4 ? "safe" : "ESCAPED";`,
  ),
  text("half-character", "holds half a character", ["rejected"], `${meta}\nreturn "\ud800";`),
  text(
    "look-alikes",
    "uses letters that look like others",
    ["safe"],
    `${meta}\nconst \u0430gent = () => "evil";\nreturn (await agent("x")) === "echo:x" && \u0430gent() === "evil" ? "safe" : "ESCAPED";`,
  ),
  text(
    "invisible-names",
    "declares names of letters that are not seen",
    ["safe"],
    `${meta}\nconst \u3164 = 1, \u115f = 2;\nreturn \u3164 + \u115f === 3 ? "safe" : "ESCAPED";`,
  ),
  text(
    "joiners-in-names",
    "tells names apart by joiners that are not seen",
    ["safe"],
    `${meta}\nconst a\u200cb = 1, ab = 2;\nreturn a\u200cb + ab === 3 ? "safe" : "ESCAPED";`,
  ),
  text(
    "carriage-returns",
    "ends lines with carriage returns only",
    ["safe"],
    `${meta}\rlet n = 0; // hidden\rn = 1;\rreturn n === 1 ? "safe" : "ESCAPED";`,
  ),
  text(
    "separator-in-line-comment",
    "ends a comment by U+2028 and goes on with code",
    ["safe"],
    `${meta}\nlet n = 0; // hidden\u2028n = 1;\nreturn n === 1 ? "safe" : "ESCAPED";`,
  ),
  text(
    "separator-in-block-comment",
    "ends a statement by U+2029 inside of a comment",
    ["safe"],
    `${meta}\nlet n = 1 /*\u2029*/ n = 2\nreturn n === 2 ? "safe" : "ESCAPED";`,
  ),
  text(
    "separator-before-closing-mark",
    "begins a line with what closes an HTML comment, behind U+2028",
    ["safe", "rejected"],
    `${meta}\nlet n = 1;\u2028--> n = 2;\nreturn n === 1 ? "safe" : "ESCAPED";`,
  ),
  text(
    "comment-before-closing-mark",
    "begins a line with what closes an HTML comment, behind a comment",
    ["safe", "rejected"],
    `${meta}\nlet n = 1; /*\n*/ --> n = 2;\nreturn n === 1 ? "safe" : "ESCAPED";`,
  ),
  text(
    "hash-bang",
    "begins as a program of a shell",
    ["safe", "rejected"],
    `#!/bin/sh\n${meta}\nreturn "safe";`,
  ),
  text(
    "late-hash-bang",
    "has the first line of a shell's program later on",
    ["rejected"],
    `${meta}\n#!/bin/sh\nreturn "ESCAPED";`,
  ),
  text("nothing", "holds nothing", ["rejected"], ""),
  text("only-comment", "holds a comment that is left open", ["rejected"], "/*"),
  text(
    "too-large",
    "is larger than a script may be",
    ["rejected:script-too-large"],
    `${meta}\nreturn "${"x".repeat(520 * 1024)}";`,
  ),
  text(
    "long-line",
    "is one line of nearly half a megabyte",
    ["safe"],
    `${meta} const list = [${"1,".repeat(200_000)}]; return list.length === 200000 ? "safe" : "ESCAPED";`,
  ),
  text("many-lines", "has half a million lines", ["safe"], `${meta}${"\n".repeat(500_000)}return "safe";`),
  text(
    "many-declarations",
    "declares as many names as fit",
    ["safe", ...tooComplex],
    `${meta}\n${declarations(30_000)}return "safe";`,
  ),
  text(
    "many-functions",
    "declares as many functions as fit",
    ["safe", ...tooComplex],
    `${meta}\n${"function f(){}".repeat(30_000)}\nreturn "safe";`,
  ),
  text(
    "many-free-names",
    "reads as many unknown names as fit",
    ["safe", ...tooComplex],
    `${meta}\n${freeNames(30_000)}return "safe";`,
  ),
  text(
    "many-comments",
    "holds as many comments as fit",
    ["safe", ...tooComplex],
    `${meta}\n${"/**/".repeat(120_000)}return "safe";`,
  ),
  text(
    "many-marks",
    "holds as many marks of HTML comments as fit",
    ["safe", ...tooComplex],
    `${meta}\nconst marks = "${"<!-- --> import( ".repeat(25_000)}";\nreturn marks.startsWith("<!") ? "safe" : "ESCAPED";`,
  ),
  text(
    "deep-brackets",
    "nests brackets",
    tooComplex,
    `${meta}\nreturn ${"[".repeat(100_000)}${"]".repeat(100_000)};`,
  ),
  text(
    "deep-parentheses",
    "nests parentheses",
    tooComplex,
    `${meta}\nreturn ${"(".repeat(100_000)}1${")".repeat(100_000)};`,
  ),
  text("deep-braces", "nests blocks", tooComplex, `${meta}\n${"{".repeat(100_000)}${"}".repeat(100_000)}`),
  text("deep-arrows", "nests arrow functions", tooComplex, `${meta}\nreturn ${"()=>".repeat(100_000)}1;`),
  text(
    "deep-templates",
    "nests templates",
    ["safe", "failed", ...tooComplex],
    `${meta}\nreturn ${"`${".repeat(20_000)}1${"}`".repeat(20_000)};`,
  ),
  text(
    "deep-unary",
    "nests signs",
    ["safe", "failed", ...tooComplex],
    `${meta}\nreturn ${"!".repeat(200_000)}1;`,
  ),
  text(
    "deep-ternaries",
    "nests conditions",
    ["safe", "failed", ...tooComplex],
    `${meta}\nreturn ${"1?".repeat(60_000)}1${":1".repeat(60_000)};`,
  ),
  text(
    "deep-members",
    "chains a hundred thousand members",
    ["safe", "failed", ...tooComplex],
    `${meta}\nreturn ({})${"?.a".repeat(100_000)};`,
  ),
  text(
    "deep-additions",
    "adds a hundred thousand times",
    ["returned", "failed", ...tooComplex],
    `${meta}\nreturn 1${"+1".repeat(100_000)};`,
  ),
  text(
    "deep-classes",
    "nests classes",
    ["safe", "failed", ...tooComplex],
    `${meta}\n${"class A{static{".repeat(15_000)}${"}}".repeat(15_000)}\nreturn "safe";`,
  ),
  text(
    "deep-patterns",
    "nests patterns of destructuring",
    ["safe", "failed", ...tooComplex],
    `${meta}\nconst ${"[".repeat(50_000)}a${"]".repeat(50_000)} = [];\nreturn "safe";`,
  ),
  text(
    "deep-meta",
    "nests its metadata",
    ["rejected"],
    `export const meta = { name: "x", description: "d", deep: ${"[".repeat(5_000)}${"]".repeat(5_000)} };\nreturn "ESCAPED";`,
  ),
  text(
    "wide-meta",
    "has metadata of a hundred thousand items",
    ["rejected"],
    `export const meta = { name: "x", description: "d", wide: [${"1,".repeat(100_000)}] };\nreturn "ESCAPED";`,
  ),
  text(
    "deep-regex",
    "nests a pattern in its text",
    ["safe", "failed", ...tooComplex],
    `${meta}\nconst pattern = /${"(".repeat(20_000)}${")".repeat(20_000)}/;\nreturn "safe";`,
  ),
  text(
    "switch-of-cases",
    "has a switch with tens of thousands of cases",
    ["safe", "failed", ...tooComplex],
    `${meta}\nswitch (1) {${"case 2:".repeat(50_000)} default: return "safe"; }`,
  ),
  text(
    "many-labels",
    "nests labels",
    ["safe", "failed", ...tooComplex],
    `${meta}\n${labels(10_000)};\nreturn "safe";`,
  ),
  text(
    "many-parameters",
    "declares functions of ten thousands of parameters",
    ["safe", "failed", ...tooComplex, "rejected"],
    `${meta}\nconst f = (${names(60_000)}) => 1;\nreturn "safe";`,
  ),
  text(
    "many-locals",
    "has more locals than an engine may count",
    ["safe", "failed", ...tooComplex, "rejected"],
    `${meta}\nlet ${names(60_000)};\nreturn "safe";`,
  ),
];

function text(name: string, tries: string, expected: readonly Expectation[], source: string): HostileScript {
  return { name: `text/${name}`, tries, expected: [...expected], source, limits: {}, bites: false };
}

function declarations(count: number): string {
  return Array.from({ length: count }, (_, at) => `let v${at};\n`).join("");
}

function freeNames(count: number): string {
  return Array.from({ length: count }, (_, at) => `()=>u${at};\n`).join("");
}

function labels(count: number): string {
  return Array.from({ length: count }, (_, at) => `l${at}:`).join("");
}

function names(count: number): string {
  return Array.from({ length: count }, (_, at) => `n${at}`).join(",");
}
