// Workflow scripts on the disk of this machine.
//
// Invariants
//   D1  Only regular files are read, and at most `bytesMax` of each: a pipe or a device never holds anybody up.
//   D2  Nothing outside of a workflow folder is read through a link in it, nor a folder that is a link out of its base.
import { type BigIntStats, constants } from "node:fs";
import { lstat, open, opendir, realpath, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, sep } from "node:path";
import type { WorkflowProblem } from "@lathe/wire";
import type {
  ListedFile,
  ScriptFile,
  ScriptFiles,
  ScriptListing,
  ScriptText,
} from "../core/discovery/script-files.ts";

/** As large as a script may be. */
const bytesMax = 524_288;
const fileCountMax = 500;
/** In a folder with more entries not all are looked at. */
const entryCountMax = 20_000;
/** File systems note changes in steps: what changed within the last one may change again without a trace. */
const settlingMs = 100n;

export const scriptFolders: ScriptFiles = { realFolder, foldersUpToRoot, list, read };

async function realFolder(path: string): Promise<string | undefined> {
  try {
    const real = await realpath(path);
    return (await stat(real)).isDirectory() ? real : undefined;
  } catch {
    return undefined;
  }
}

async function foldersUpToRoot(cwd: string): Promise<readonly string[] | undefined> {
  const start = isAbsolute(cwd) ? await realFolder(cwd) : undefined;
  if (start === undefined) return undefined;
  const folders: string[] = [];
  for (let folder = start; ; folder = dirname(folder)) {
    folders.push(folder);
    if (await exists(join(folder, ".git"))) return folders;
    if (folder === dirname(folder)) return [start];
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

async function list(base: string, below: string): Promise<ScriptListing> {
  const path = join(base, below);
  if (!(await exists(path))) return { files: [], warnings: [] };
  const warn = (message: string): ScriptListing => ({ files: [], warnings: [{ path, message }] });
  const real = await realFolder(path);
  if (real === undefined) return warn("It is no folder that can be read, so no workflow in it is found.");
  if (!isInside(real, base)) return warn("It is a link that leaves its folder, and is not followed.");
  try {
    return await listFolder(path, real);
  } catch (cause) {
    return warn(`Its workflows cannot be listed: ${reasonOf(cause)}.`);
  }
}

async function listFolder(path: string, real: string): Promise<ScriptListing> {
  const { names, isWhole } = await scriptNames(real);
  const files: ListedFile[] = [];
  for (const name of names.slice(0, fileCountMax)) {
    const file = await listFile(join(path, name), join(real, name), real);
    if (file !== undefined) files.push(file);
  }
  if (isWhole && names.length <= fileCountMax) return { files, warnings: [] };
  const message = `It holds more files than are looked at. At most ${fileCountMax} workflows of a folder are listed.`;
  return { files, warnings: [{ path, message }] };
}

/** Sorted. Hidden files are none of ours. */
async function scriptNames(folder: string): Promise<{ readonly names: string[]; readonly isWhole: boolean }> {
  const names: string[] = [];
  let entryCount = 0;
  for await (const { name } of await opendir(folder)) {
    entryCount += 1;
    if (entryCount > entryCountMax) break;
    if (name.endsWith(".js") && !name.startsWith(".")) names.push(name);
  }
  return { names: names.toSorted(), isWhole: entryCount <= entryCountMax };
}

/** Undefined for what is no file, and for what has gone. */
async function listFile(path: string, place: string, folder: string): Promise<ListedFile | undefined> {
  try {
    const found = await lstat(place, { bigint: true });
    if (found.isFile()) return { kind: "file", path, realPath: place, stamp: stampOf(found) };
    return found.isSymbolicLink() ? await listLink(path, place, folder) : undefined;
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return undefined;
    return refused(path, "unreadable", `It cannot be read: ${reasonOf(cause)}.`);
  }
}

async function listLink(path: string, place: string, folder: string): Promise<ListedFile | undefined> {
  const realPath = await realpath(place).catch(() => undefined);
  if (realPath === undefined) return refused(path, "unreadable", "It is a link that leads nowhere.");
  if (!isInside(realPath, folder)) {
    const message = "It is a link that leaves its folder, and is not followed. Put a copy of the file here.";
    return refused(path, "link-leaves-folder", message);
  }
  const found = await stat(realPath, { bigint: true });
  return found.isFile() ? { kind: "file", path, realPath, stamp: stampOf(found) } : undefined;
}

async function read({ realPath }: ScriptFile): Promise<ScriptText> {
  try {
    // What was a file when it was listed may be a pipe now: it must neither be followed nor waited for.
    const file = await open(realPath, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const found = await file.stat();
      if (!found.isFile()) return broken("unreadable", "It is no file any more.");
      const buffer = Buffer.alloc(Math.min(found.size, bytesMax) + 1);
      const size = await readInto(file, buffer);
      return size > bytesMax ? tooLarge : decode(buffer.subarray(0, size));
    } finally {
      await file.close();
    }
  } catch (cause) {
    return broken("unreadable", `It cannot be read: ${reasonOf(cause)}.`);
  }
}

async function readInto(file: Awaited<ReturnType<typeof open>>, buffer: Buffer): Promise<number> {
  let size = 0;
  while (size < buffer.length) {
    const { bytesRead } = await file.read(buffer, size, buffer.length - size, size);
    if (bytesRead === 0) break;
    size += bytesRead;
  }
  return size;
}

function decode(bytes: Uint8Array): ScriptText {
  try {
    return { kind: "text", text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return broken("not-utf-8", "It is no UTF-8 text. Save it as UTF-8.");
  }
}

const tooLarge = broken(
  "script-too-large",
  `It is larger than ${bytesMax / 1024} KiB, which is as large as a workflow may be.`,
);

function broken(code: string, message: string): { kind: "refused"; problem: WorkflowProblem } {
  return { kind: "refused", problem: { code, message, line: null, column: null } };
}

function refused(path: string, code: string, message: string): ListedFile {
  return { ...broken(code, message), path };
}

function stampOf({ mtimeNs, ctimeNs, mtimeMs, size, ino }: BigIntStats): string | null {
  const ageMs = BigInt(Date.now()) - mtimeMs;
  return ageMs >= 0n && ageMs < settlingMs ? null : `${mtimeNs}/${ctimeNs}/${size}/${ino}`;
}

function isInside(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function codeOf(cause: unknown): string | undefined {
  return cause instanceof Error && "code" in cause ? String(cause.code) : undefined;
}

function reasonOf(cause: unknown): string {
  return codeOf(cause) ?? "the disk does not say why";
}
