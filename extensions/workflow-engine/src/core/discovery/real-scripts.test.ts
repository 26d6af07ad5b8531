// Discovery with the compiler that the daemon has. Each script would leave a mark if any of it ran.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createScriptCompiler, type ScriptCompiler } from "@lathe/workflow-sandbox";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { scriptFolders } from "../../edge/script-folders.ts";
import { builtInScripts } from "../../testing/built-in.ts";
import { checkWorkflow } from "../operations/check-workflow.ts";
import { createRunRedactor } from "../run-redactor.ts";
import { WorkflowLibrary } from "./workflow-library.ts";

let compiler: ScriptCompiler;
let folder: string;
let mark: string;
let library: WorkflowLibrary;

beforeAll(async () => {
  compiler = createScriptCompiler();
  folder = await realpath(await mkdtemp(join(tmpdir(), "lathe-real-scripts-")));
  mark = join(folder, "mark");
  await mkdir(join(folder, ".lathe/workflows"), { recursive: true });
});
afterAll(async () => {
  await compiler.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  library = new WorkflowLibrary({
    compiler,
    builtIn: builtInScripts({}),
    home: undefined,
    files: scriptFolders,
  });
});

function write(file: string, text: string): Promise<void> {
  return writeFile(join(folder, ".lathe/workflows", file), text);
}

/** Leaves a mark where it is run in a process that may do so. */
function canary(): string {
  return `globalThis.process?.getBuiltinModule?.("node:fs").writeFileSync(${JSON.stringify(mark)}, "ran");`;
}

const meta = (name: string): string => `export const meta = { name: "${name}", description: "Is ${name}." };`;

test("the mark is left where such a script runs", async () => {
  execFileSync(process.execPath, ["--eval", canary()]);
  expect(existsSync(mark)).toBe(true);
  await rm(mark);
});

test("F14s: what is found is parsed and never run, whole scripts and broken ones alike", async () => {
  await write("top-level-await.js", `${meta("top-level-await")}\n${canary()}\nreturn await agent("x");`);
  await write("broken.js", `${meta("broken")}\n${canary()}\nconst = 1;`);
  await write("sly-meta.js", `export const meta = { name: (() => { ${canary()} })(), description: "x" };`);
  const listing = await library.list(folder);
  if (listing.kind !== "listed") throw new Error(listing.message);
  expect(listing.items.map(({ name, problem }) => [name, problem?.code ?? "fine"])).toEqual([
    ["broken", "script-parse-error"],
    ["sly-meta", "invalid-meta"],
    ["top-level-await", "fine"],
  ]);
  expect(existsSync(mark)).toBe(false);
});

test("a syntax error shows the place in the file, with the line and a caret", async () => {
  await write("broken.js", `${meta("broken")}\nconst = 1;`);
  const found = await library.find("broken", folder);
  if (found.kind !== "broken") throw new Error(found.kind);
  expect(found.problem).toMatchObject({ code: "script-parse-error", line: 2 });
  const lines = found.problem.message.split("\n");
  expect(lines[0]).toMatch(/^Script parse error: .* \(2:\d+\)$/);
  const caret = lines.findIndex((line) => /^[\s|\d]*\^\s*$/.test(line));
  expect(lines[caret - 1]).toContain("const = 1;");
});

test("F15s: a check parses, and nothing of what it is given runs", async () => {
  const check = checkWorkflow({ library, compiler, redactor: createRunRedactor(undefined) });
  const principal = { id: "ada", scopes: ["read"] } as const;
  const { signal } = new AbortController();
  const asked = { script: `${meta("sent")}\n${canary()}\nreturn 1;`, name: "sent.js" };
  expect(await check.run(asked, { principal, signal })).toMatchObject({ valid: true, dialect: "script" });
  const getter = `export const meta = { get name() { ${canary()} return "x" }, description: "x" };`;
  expect(await check.run({ script: getter }, { principal, signal })).toMatchObject({ valid: false });
  expect(existsSync(mark)).toBe(false);
});
