// Worktrees made by git, in a folder of the extension's own.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { rmdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { promisify } from "node:util";
import type { TimersPower } from "@lathe/kernel";
import { CallFailure } from "../core/calls/call-failure.ts";
import type { PlannedWorktree, Worktree, Worktrees } from "../core/calls/worktrees.ts";

const run = promisify(execFile);
const timeoutMs = 120_000;
const outputBytesMax = 1_048_576;
/** So long a worktree is left to a git that may have outlived its daemon; one that was killed never comes to its end. */
const makingMsMax = 30_000;
const lookAgainMs = 200;

export class GitWorktrees implements Worktrees {
  readonly #folder: string;
  readonly #timers: Pick<TimersPower, "sleep">;

  /** `folder`: absolute path of where they are made. */
  constructor(folder: string, timers: Pick<TimersPower, "sleep">) {
    this.#folder = folder;
    this.#timers = timers;
  }

  async plan(cwd: string, name: string): Promise<Worktree> {
    try {
      const repository = await git(cwd, "rev-parse", "--show-toplevel");
      const commit = await git(cwd, "rev-parse", "HEAD");
      // Of the folder as git sees it, which symbolic links do not change.
      const prefix = await git(cwd, "rev-parse", "--show-prefix");
      const path = join(this.#folder, name);
      return { path, cwd: join(path, prefix), repository, commit };
    } catch (cause) {
      throw notMade(cwd, cause);
    }
  }

  async make({ path, repository, commit }: PlannedWorktree): Promise<void> {
    try {
      if (await this.#isLeftHalfMade(path, repository)) await git(repository, ...removal, "--force", path);
      if (!isThere(path)) await git(repository, "worktree", "add", "--detach", path, commit);
    } catch (cause) {
      throw notMade(repository, cause);
    }
  }

  async release({ path, repository, commit }: PlannedWorktree): Promise<boolean> {
    try {
      // Git would look at whatever repository the folder is in.
      if (!isThere(path)) return await removeEmpty(path);
      const isClean = (await git(path, "status", "--porcelain")) === "";
      if (!isClean || (await git(path, "rev-parse", "HEAD")) !== commit) return false;
      await git(repository, ...removal, path);
      return true;
    } catch {
      // What cannot be looked at is not removed.
      return !existsSync(path);
    }
  }

  /** Git has a lock on what it makes, from the first moment to the last. */
  async #isLeftHalfMade(path: string, repository: string): Promise<boolean> {
    if (!isThere(path)) return false;
    const common = await git(repository, "rev-parse", "--git-common-dir");
    const lock = join(resolve(repository, common), "worktrees", basename(path), "locked");
    for (let waitedMs = 0; existsSync(lock) && waitedMs < makingMsMax; waitedMs += lookAgainMs)
      await this.#timers.sleep(lookAgainMs);
    return existsSync(lock);
  }
}

const removal = ["worktree", "remove", "--force"] as const;

/** Whether git has begun to make it. */
function isThere(path: string): boolean {
  return existsSync(join(path, ".git"));
}

/** Where git was killed before it had begun. False = there is something in it. */
async function removeEmpty(path: string): Promise<boolean> {
  if (existsSync(path)) await rmdir(path);
  return true;
}

async function git(cwd: string, ...args: readonly string[]): Promise<string> {
  const options = { cwd, timeout: timeoutMs, maxBuffer: outputBytesMax };
  const { stdout } = await run("git", [...args], options);
  return stdout.trim();
}

function notMade(folder: string, cause: unknown): CallFailure {
  const message = `A worktree of ${folder} could not be made: ${reasonOf(cause)}`;
  return new CallFailure("no-worktree", "WorktreeError", message, { cause });
}

function reasonOf(cause: unknown): string {
  const { stderr, code } = cause as { readonly stderr?: unknown; readonly code?: unknown };
  if (code === "ENOENT") return "git is not installed, or the folder is not there.";
  const line = typeof stderr === "string" ? stderr.trim().split("\n").at(-1) : undefined;
  return line === undefined || line === "" ? "git has failed." : line;
}
