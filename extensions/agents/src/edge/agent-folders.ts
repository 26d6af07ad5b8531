// Where files that define agents can be, seen from one folder.
import { lstat, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";

export interface AgentFolder {
  /** Absolute path of the folder that it belongs to, without symbolic links; it must not leave that one. */
  readonly base: string;
  readonly path: string;
}

const levelCountMax = 64;

/**
 * The nearest first: those of `cwd` and of each folder up to the root of its repository (the folder with `.git`), then
 * those of the home. Outside of a repository only `cwd` is looked at: what is above it belongs to others.
 */
export async function agentFoldersOf(
  cwd: string | null,
  home: string | undefined,
): Promise<readonly AgentFolder[]> {
  const bases = cwd === null ? [] : [...(await projectFolders(cwd))];
  const homeFolder = home === undefined ? undefined : await realFolder(home);
  if (homeFolder !== undefined && !bases.includes(homeFolder)) bases.push(homeFolder);
  return bases.flatMap((base) =>
    [".lathe", ".claude"].map((name) => ({ base, path: join(base, name, "agents") })),
  );
}

async function projectFolders(cwd: string): Promise<readonly string[]> {
  const nearest = await realFolder(cwd);
  if (nearest === undefined) return [];
  const folders: string[] = [];
  for (let folder = nearest; folders.length < levelCountMax; folder = dirname(folder)) {
    folders.push(folder);
    if (await exists(join(folder, ".git"))) return folders;
    if (dirname(folder) === folder) break;
  }
  return [nearest];
}

async function realFolder(path: string): Promise<string | undefined> {
  return realpath(path).catch(() => undefined);
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
