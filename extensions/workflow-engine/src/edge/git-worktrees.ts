// Worktrees made by git, in a folder of the extension's own.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { CallFailure } from "../core/calls/call-failure.ts";
import type { Worktree, Worktrees } from "../core/calls/worktrees.ts";

const run = promisify(execFile);
const timeoutMs = 120_000;
const outputBytesMax = 1_048_576;

export class GitWorktrees implements Worktrees {
  readonly #folder: string;

  /** `folder`: absolute path of where they are made. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  async make(cwd: string, name: string): Promise<Worktree> {
    try {
      const repository = await git(cwd, "rev-parse", "--show-toplevel");
      const commit = await git(cwd, "rev-parse", "HEAD");
      // Of the folder as git sees it, which symbolic links do not change.
      const prefix = await git(cwd, "rev-parse", "--show-prefix");
      const path = join(this.#folder, name);
      await git(repository, "worktree", "add", "--detach", path, commit);
      return { path, cwd: join(path, prefix), repository, commit };
    } catch (cause) {
      throw new CallFailure(
        "no-worktree",
        "WorktreeError",
        `A worktree of ${cwd} could not be made: ${reasonOf(cause)}`,
        {
          cause,
        },
      );
    }
  }

  async release({
    path,
    repository,
    commit,
  }: Pick<Worktree, "path" | "repository" | "commit">): Promise<boolean> {
    try {
      const isClean = (await git(path, "status", "--porcelain")) === "";
      if (!isClean || (await git(path, "rev-parse", "HEAD")) !== commit) return false;
      await git(repository, "worktree", "remove", "--force", path);
      return true;
    } catch {
      // What cannot be looked at is not removed.
      return !existsSync(path);
    }
  }
}

async function git(cwd: string, ...args: readonly string[]): Promise<string> {
  const options = { cwd, timeout: timeoutMs, maxBuffer: outputBytesMax };
  const { stdout } = await run("git", [...args], options);
  return stdout.trim();
}

function reasonOf(cause: unknown): string {
  const { stderr, code } = cause as { readonly stderr?: unknown; readonly code?: unknown };
  if (code === "ENOENT") return "git is not installed, or the folder is not there.";
  const line = typeof stderr === "string" ? stderr.trim().split("\n").at(-1) : undefined;
  return line === undefined || line === "" ? "git has failed." : line;
}
