// The daemon dies around the making of an agent's worktree: the run comes to its end, and no worktree is forgotten.
import { execFile } from "node:child_process";
import { mkdir, realpath, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { PhaseStage } from "./phase-stage.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let stage: PhaseStage;
let repository: string;
beforeAll(async () => {
  stage = await PhaseStage.open({ engine: { idleGuestCount: 0 } });
  const folder = join(stage.stage.workFolder, "repository");
  await mkdir(folder);
  repository = await realpath(folder);
  await writeFile(join(repository, "kept.txt"), "As it was.\n");
  await git("init", "--quiet", "--initial-branch=main");
  await git("add", ".");
  const who = ["-c", "user.name=Ann", "-c", "user.email=ann@lathe.example"];
  await git(...who, "commit", "--quiet", "--message=First");
});
afterAll(() => stage.close());
afterEach(() => stage.model.letGo());

async function git(...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)("git", [...args], { cwd: repository })).stdout;
}

async function worktreeCount(): Promise<number> {
  return (await git("worktree", "list", "--porcelain"))
    .split("\n")
    .filter((line) => line.startsWith("worktree ")).length;
}

const script = (mark: string): string => `export const meta = { name: "apart", description: "Works apart." };
return await agent("[${mark}] Say.", { label: "${mark}", isolation: "worktree" });`;

test.each([
  ["when a worktree is recorded, and not made", "workflow-worktree-is-planned"],
  ["when a worktree is made, and nobody works in it", "workflow-worktree-is-made"],
  ["when its agent has worked in it", "workflow-agent-has-ended"],
])("F16s: a daemon dies %s, and the next one leaves none behind", async (_when, name) => {
  const mark = `plain-${name}`;
  const key = crypto.randomUUID();
  const input = { script: script(mark), cwd: repository };
  await stage.diesAt({ name, count: 1 }, () => stage.begin(input, key));
  const { id } = await stage.run(input.script, { cwd: repository }, key);
  expect(await stage.finished(id)).toMatchObject({ status: "succeeded", result: `This is ${mark}.` });
  expect(await worktreeCount()).toBe(1);
  expect(stage.model.askedFor(mark)).toBe(1);
});

test("F16s: what a run that is stopped for good has left of a worktree goes with it", async () => {
  stage.model.hold("plain-stopped");
  const run = await stage.run(script("plain-stopped"), { cwd: repository });
  await stage.asked("plain-stopped");
  expect(await worktreeCount()).toBe(2);
  await stage.diesAt({ name: "stop-is-stored", count: 1 }, () => stage.stop(run.id).catch(() => undefined));
  expect(await stage.finished(run.id)).toMatchObject({ status: "stopped" });
  expect(await worktreeCount()).toBe(1);
});
