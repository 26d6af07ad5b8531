// The workflow commands with a daemon that is started for each call, and the sandbox that it has.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { exitCodes } from "../exit-codes.ts";
import { type Ending, runLathe } from "../testing/lathe-process.ts";
import { makeTemporaryHome, type TemporaryHome } from "../testing/temporary-home.ts";

let home: TemporaryHome;
beforeEach(async () => {
  home = await makeTemporaryHome();
  await mkdir(join(home.folder, ".lathe/workflows"), { recursive: true });
});
afterEach(() => home.remove());

function lathe(...argv: string[]): Promise<Ending> {
  const environment = { ...home.environment, LATHE_MODEL: "scripted/demo" };
  const surroundings = { environment, cwd: home.folder };
  return runLathe(["workflows", ...argv, "--state", home.stateFolder], surroundings);
}

function write(file: string, text: string): Promise<void> {
  return writeFile(join(home.folder, ".lathe/workflows", file), text);
}

const meta = 'export const meta = { name: "greet", description: "Greets.", phases: ["Look"] };\n';

test("a workflow is found, runs with the agents that it asks for, and a second run takes what is stored", async () => {
  await write(
    "greet.js",
    `${meta}phase("Look");\nlog("for " + args.who);\nreturn { said: await agent("Say hello.", { label: "host" }), who: args.who };`,
  );
  const { items } = JSON.parse((await lathe("list", "--json")).stdout) as { items: { name: string }[] };
  expect(items.map(({ name }) => name)).toContain("greet");
  const first = await lathe("run", "greet", "who=Ada", "--budget", "1M");
  expect(first.code).toBe(exitCodes.ok);
  expect(JSON.parse(first.stdout)).toEqual({ said: expect.stringMatching(/./), who: "Ada" });
  const [started = "", ...lines] = first.stderr.split("\n");
  const runId = /^greet (run_\w+) \(budget 1,000,000 tokens\)$/.exec(started)?.[1] ?? "";
  expect(lines).toEqual(expect.arrayContaining(["== Look", "| for Ada", "> host (scripted/demo)"]));
  const resumed = await lathe("resume", runId);
  expect(resumed.stdout).toBe(first.stdout);
  expect(resumed.stderr).toContain("= host is not asked: the run that this one goes on from had its answer");
});

test("a workflow that throws fails with its place, and a broken one does not start", async () => {
  await write("greet.js", `${meta}\nthrow new Error("no such luck");`);
  const thrown = await lathe("run", "greet");
  expect([thrown.code, thrown.stdout]).toEqual([exitCodes.failed, ""]);
  expect(thrown.stderr).toMatch(/no such luck/);
  await write("greet.js", `${meta}const = 1;`);
  const check = await lathe("check", ".lathe/workflows/greet.js");
  expect(check.code).toBe(exitCodes.failed);
  expect(check.stderr).toMatch(/greet\.js:2:7: Script parse error: .*\(2:7\)\nconst = 1;\n {6}\^\n$/);
  const refused = await lathe("run", "greet");
  expect(refused.code).toBe(exitCodes.failed);
  expect(refused.stderr).toContain("Script parse error");
});

test("a dry run spends nothing, and answers what a schema asks for", async () => {
  const schema = { type: "object", properties: { count: { type: "integer" } }, required: ["count"] };
  await write("greet.js", `${meta}return await agent("Count.", { schema: ${JSON.stringify(schema)} });`);
  const { code, stdout, stderr } = await lathe("run", "greet", "--dry");
  expect(code).toBe(exitCodes.ok);
  expect(JSON.parse(stdout)).toEqual({ count: expect.any(Number) });
  expect(stderr).toContain("(dry: agents are answered with made-up values)");
});
