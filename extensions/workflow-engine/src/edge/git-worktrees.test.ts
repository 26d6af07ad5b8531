// Worktrees on a real repository, and what a git that was killed leaves of one.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, realpath, rm, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { GitWorktrees } from "./git-worktrees.ts";

let folder: string;
let repository: string;
let worktrees: GitWorktrees;
/** Called instead of each wait. */
let onWait: () => Promise<void>;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "lathe-worktrees-")));
  repository = join(folder, "repository");
  await mkdir(join(repository, "sub"), { recursive: true });
  await writeFile(join(repository, "sub", "kept.txt"), "As it was.\n");
  await git("init", "--quiet", "--initial-branch=main");
  await git("add", ".");
  const who = ["-c", "user.name=Ann", "-c", "user.email=ann@lathe.example"];
  await git(...who, "commit", "--quiet", "--message=First");
  onWait = () => Promise.resolve();
  worktrees = new GitWorktrees(join(folder, "worktrees"), { sleep: () => onWait() });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function git(...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)("git", [...args], { cwd: repository })).stdout;
}

async function listed(): Promise<readonly string[]> {
  const lines = (await git("worktree", "list", "--porcelain")).split("\n");
  return lines.filter((line) => line.startsWith("worktree ")).map((line) => line.slice("worktree ".length));
}

test("a plan makes nothing; what is made of it is whole, and goes when it was not changed", async () => {
  const planned = await worktrees.plan(join(repository, "sub"), "run_1");
  expect(existsSync(planned.path)).toBe(false);
  await worktrees.make(planned);
  expect(await readFile(join(planned.cwd, "kept.txt"), "utf8")).toBe("As it was.\n");
  expect(await worktrees.release(planned)).toBe(true);
  expect(await listed()).toEqual([repository]);
});

test("one that was planned and never made is released without a trace", async () => {
  const planned = await worktrees.plan(repository, "run_1");
  expect(await worktrees.release(planned)).toBe(true);
  await mkdir(planned.path, { recursive: true });
  expect(await worktrees.release(planned)).toBe(true);
  expect(existsSync(planned.path)).toBe(false);
});

test("one that is there is not made again, whatever was done in it, and stays with it", async () => {
  const planned = await worktrees.plan(repository, "run_1");
  await worktrees.make(planned);
  await writeFile(join(planned.path, "sub", "kept.txt"), "Changed.\n");
  await worktrees.make(planned);
  expect(await readFile(join(planned.path, "sub", "kept.txt"), "utf8")).toBe("Changed.\n");
  expect(await worktrees.release(planned)).toBe(false);
  expect(await listed()).toEqual([repository, planned.path]);
});

test("one that git was killed in the middle of is made anew", async () => {
  const planned = await worktrees.plan(repository, "run_1");
  await worktrees.make(planned);
  await unlink(join(planned.path, "sub", "kept.txt"));
  await writeFile(join(repository, ".git", "worktrees", "run_1", "locked"), "initializing");
  await worktrees.make(planned);
  expect(await readFile(join(planned.path, "sub", "kept.txt"), "utf8")).toBe("As it was.\n");
  expect(await worktrees.release(planned)).toBe(true);
});

test("one that a git is still making, which has outlived its daemon, is left to it", async () => {
  const planned = await worktrees.plan(repository, "run_1");
  await worktrees.make(planned);
  const kept = join(planned.path, "sub", "kept.txt");
  await unlink(kept);
  const lock = join(repository, ".git", "worktrees", "run_1", "locked");
  await writeFile(lock, "initializing");
  let waitCount = 0;
  onWait = async () => {
    waitCount += 1;
    if (waitCount !== 3) return;
    await writeFile(kept, "By the other.\n");
    await unlink(lock);
  };
  await worktrees.make(planned);
  expect([waitCount, await readFile(kept, "utf8")]).toEqual([3, "By the other.\n"]);
});

test("a folder that git has not made, with something in it, is neither taken nor removed", async () => {
  const planned = await worktrees.plan(repository, "run_1");
  await mkdir(planned.path, { recursive: true });
  await writeFile(join(planned.path, "mine.txt"), "Mine.\n");
  await expect(worktrees.make(planned)).rejects.toMatchObject({ code: "no-worktree" });
  expect(await worktrees.release(planned)).toBe(false);
  expect(await readFile(join(planned.path, "mine.txt"), "utf8")).toBe("Mine.\n");
});
