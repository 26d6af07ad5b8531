// isolation: "worktree" on a real repository.
import { execFile } from "node:child_process";
import { readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { play } from "../../testing/workflows/prompted-model.ts";
import { logOf, ofType, script, WorkflowStage } from "../../testing/workflows/workflow-stage.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let stage: WorkflowStage;
let repository: string;
beforeAll(async () => {
  stage = await WorkflowStage.open();
  await stage.write("repository/sub/kept.txt", "As it was.\n");
  repository = await realpath(join(stage.workFolder, "repository"));
  await git("init", "--quiet", "--initial-branch=main");
  await git("add", ".");
  await git(
    "-c",
    "user.name=Ann",
    "-c",
    "user.email=ann@lathe.example",
    "commit",
    "--quiet",
    "--message=First",
  );
});
afterEach(() => stage.forget());
afterAll(() => stage.close());

async function git(...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)("git", [...args], { cwd: repository })).stdout;
}

async function worktrees(): Promise<readonly string[]> {
  const lines = (await git("worktree", "list", "--porcelain")).split("\n");
  return lines.filter((line) => line.startsWith("worktree ")).map((line) => line.slice("worktree ".length));
}

const writing = JSON.stringify(
  play(
    { calls: [{ name: "write_file", input: { path: "kept.txt", content: "Changed.\n" } }] },
    { text: "written" },
  ),
);
const reading = JSON.stringify(
  play({ calls: [{ name: "read_file", input: { path: "kept.txt" } }] }, { text: "read" }),
);

test("an agent that changes nothing leaves no worktree behind", async () => {
  const cwd = join(repository, "sub");
  const { run, entries } = await stage.local.run({
    script: script(`return agent(${reading}, { isolation: "worktree" });`),
    cwd,
  });
  expect(run).toMatchObject({ status: "succeeded", result: "read" });
  expect(await worktrees()).toEqual([repository]);
  expect(logOf(entries, "engine")).toEqual([]);
  expect(ofType(entries, "cache-miss")).toMatchObject([{ reason: "not-cached" }]);
});

test("what an agent changes stays in a worktree that the log names, and the repository stays as it was", async () => {
  const cwd = join(repository, "sub");
  const { run, entries } = await stage.local.run({
    script: script(`
return parallel([1, 2].map((n) => () => agent(${writing}, { isolation: "worktree", label: "writer " + n })));`),
    cwd,
  });
  expect(run).toMatchObject({ status: "succeeded", result: ["written", "written"] });
  const lines = logOf(entries, "engine").toSorted();
  const kept = lines.map((line) =>
    line.replace(/^writer \d has changed files; they are kept in the worktree /, ""),
  );
  expect(lines).toEqual([
    expect.stringContaining("writer 1 has changed"),
    expect.stringContaining("writer 2 has changed"),
  ]);
  expect((await worktrees()).toSorted()).toEqual([repository, ...kept].toSorted());
  for (const path of kept) expect(await readFile(join(path, "sub", "kept.txt"), "utf8")).toBe("Changed.\n");
  expect(await readFile(join(cwd, "kept.txt"), "utf8")).toBe("As it was.\n");
  expect(await git("status", "--porcelain")).toBe("");
});

test("an agent that somebody stops, or whose run ends, keeps no clean worktree either", async () => {
  const before = await worktrees();
  const { id } = await stage.local.start({
    script: script(`return agent('play [{"hold":"never"}]', { isolation: "worktree" });`),
    cwd: repository,
  });
  await stage.model.reached("never");
  expect(await worktrees()).toHaveLength(before.length + 1);
  await stage.local.fetch("POST", `/api/runs/${id}/stop`);
  expect((await stage.local.ended(id)).run.status).toBe("stopped");
  expect(await worktrees()).toEqual(before);
});

test("a folder that is in no repository is said so, and no agent begins", async () => {
  const { run } = await stage.local.run(script('return agent("say x", { isolation: "worktree" });'));
  expect(run).toMatchObject({ status: "failed", error: { code: "script-error" } });
  expect(run.error?.message).toMatch(
    /^WorktreeError: A worktree of .*work could not be made: .*not a git repository/,
  );
  expect(stage.model.prompts).toEqual([]);
  expect(await stage.local.children(run.id)).toEqual([]);
});
