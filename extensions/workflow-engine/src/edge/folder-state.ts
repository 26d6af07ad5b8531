// What a folder holds, told by git where it can: the commit, and what is different from it. Elsewhere by the times and
// sizes of its files, as long as they are not too many. Workflows and agents are left out: they have their own hashes.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const timeoutMs = 10_000;
const outputBytesMax = 4_194_304;
const fileCountMax = 5_000;
const leftOut: ReadonlySet<string> = new Set([".git", ".lathe", ".claude", "node_modules"]);
const noWorkflows = [":(exclude,glob)**/.lathe/**", ":(exclude,glob)**/.claude/**"];

/** As `ReadFolderState`. */
export async function readFolderState(cwd: string): Promise<string | undefined> {
  try {
    const changed = (await changedSinceCommit(cwd)) ?? (await filesBelow(cwd));
    return changed === undefined ? undefined : await hashOf(changed);
  } catch {
    return undefined;
  }
}

interface Files {
  /** What is known of them without looking at them. */
  readonly told: string;
  /** Absolute paths. */
  readonly paths: readonly string[];
}

/** Undefined where the folder is in no repository. Throws where git fails, or there is too much. */
async function changedSinceCommit(cwd: string): Promise<Files | undefined> {
  const root = await git(cwd, "rev-parse", "--show-toplevel").catch(() => undefined);
  if (root === undefined) return undefined;
  const asked = [
    "status",
    "--porcelain=v2",
    "--branch",
    "--untracked-files=all",
    "-z",
    "--",
    ".",
    ...noWorkflows,
  ];
  const told = await git(cwd, ...asked);
  const names = namesIn(told.split("\0"));
  if (names.length > fileCountMax) throw new Error("Too much is different from the commit.");
  return { told, paths: names.map((name) => join(root.trim(), name)) };
}

/** Of the records that `git status --porcelain=v2 -z` prints. */
function namesIn(records: readonly string[]): readonly string[] {
  const names: string[] = [];
  for (let index = 0; index < records.length; index += 1) {
    const record = records[index] ?? "";
    const fieldCount = fieldCounts[record[0] ?? ""];
    if (fieldCount !== undefined) names.push(record.split(" ").slice(fieldCount).join(" "));
    // The record of a renamed file is followed by its name before.
    if (record[0] === "2") index += 1;
  }
  return names;
}

/** How many fields stand before the name, by the kind of the record. */
const fieldCounts: Readonly<Record<string, number>> = { "1": 8, "2": 9, u: 10, "?": 1 };

async function filesBelow(cwd: string): Promise<Files | undefined> {
  const paths: string[] = [];
  const folders = [cwd];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (leftOut.has(entry.name)) continue;
      const path = join(folder, entry.name);
      paths.push(path);
      if (entry.isDirectory()) folders.push(path);
      if (paths.length > fileCountMax) return undefined;
    }
  }
  return { told: "", paths: paths.toSorted() };
}

async function hashOf({ told, paths }: Files): Promise<string> {
  const hash = createHash("sha256").update(told);
  for (const path of paths) {
    const found = await lstat(path, { bigint: true }).catch(() => undefined);
    // A folder's own time says nothing of what is in it, and changes with what is left out.
    const what =
      found === undefined || found.isDirectory() ? "" : `${found.mtimeNs} ${found.size} ${found.ino}`;
    hash.update(`\0${path}\0${what}`);
  }
  return hash.digest("hex");
}

async function git(cwd: string, ...args: readonly string[]): Promise<string> {
  // Nothing that the repository's configuration names is run, and its index is not written.
  const safe = ["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", ...args];
  const env = { ...process.env, GIT_OPTIONAL_LOCKS: "0" };
  const { stdout } = await run("git", safe, { cwd, env, timeout: timeoutMs, maxBuffer: outputBytesMax });
  return stdout;
}
