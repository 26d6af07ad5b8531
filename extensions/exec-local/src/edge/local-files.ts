import { constants, type Dirent } from "node:fs";
import { lstat, open, readdir } from "node:fs/promises";
import {
  FileAccessError,
  type FileEntry,
  type FileSlice,
  type FileVersion,
  type FolderListing,
  type RootedFiles,
} from "@lathe/kernel";
import { parseAskedPath } from "../core/asked-path.ts";
import { accessing } from "./access-error.ts";
import { versionOf } from "./file-version.ts";
import { openPin, openPinInside, type Pin, pinAny, pinFolder } from "./pin.ts";
import { replaceFile } from "./replace-file.ts";
import { openTarget } from "./write-target.ts";

/** The files below one folder of this machine. */
export class LocalFiles implements RootedFiles {
  readonly root: string;
  #rootBytePath: Promise<string> | undefined;

  constructor(root: string) {
    this.root = root;
  }

  read(path: string, range: { readonly offset: number; readonly bytesMax: number }): Promise<FileSlice> {
    return accessing(path, async () => {
      await using pin = await this.#pin(path, pinAny);
      const stat = await pin.handle.stat({ bigint: true });
      if (!stat.isFile()) throw notPlain(path, stat.isDirectory());
      const sizeBytes = Number(stat.size);
      const offset = Math.max(0, range.offset);
      // No more than the size that is reported, so that a file that grows meanwhile gives one consistent slice.
      const wantedBytes = Math.max(0, Math.min(range.bytesMax, sizeBytes - offset));
      const bytes = await readRange(pin, offset, wantedBytes);
      return { bytes, sizeBytes, version: versionOf(stat) };
    });
  }

  write(
    path: string,
    bytes: Uint8Array,
    options: { readonly expectedVersion?: string | null } = {},
  ): Promise<FileVersion> {
    return accessing(path, async () => {
      const names = await this.#names(path);
      const rootBytePath = await this.#bytePathOfRoot();
      await using target = await openTarget({ root: this.root, rootBytePath, names, asked: path });
      return await replaceFile(target, bytes, options.expectedVersion, path);
    });
  }

  list(path: string, options: { readonly entryCountMax: number }): Promise<FolderListing> {
    return accessing(path, async () => {
      const names = await this.#names(path);
      await using pin = await this.#pinNames(names, path);
      const found = await readFolder(pin);
      const entries = await describe(pin, names, found.slice(0, options.entryCountMax));
      return { entries, truncated: found.length > options.entryCountMax };
    });
  }

  async *walk(
    path: string,
    options: { readonly signal: AbortSignal; readonly skipFolderNames?: readonly string[] },
  ): AsyncIterable<FileEntry> {
    const { signal, skipFolderNames = [] } = options;
    const names = await accessing(path, () => this.#names(path));
    // Entries still to be given, the next one last. One folder is open at a time, however deep the tree is.
    const ahead = await accessing(path, () => this.#entriesBackwards(names, path));
    for (let entry = ahead.pop(); entry !== undefined && !signal.aborted; entry = ahead.pop()) {
      yield entry;
      const inner = entry.path.split("/");
      if (entry.kind !== "folder" || skipFolderNames.includes(inner.at(-1) ?? "")) continue;
      for (const next of await this.#entriesOrNone(inner, entry.path)) ahead.push(next);
    }
  }

  async #entriesBackwards(names: readonly string[], asked: string): Promise<FileEntry[]> {
    await using pin = await this.#pinNames(names, asked);
    return (await describe(pin, names, await readFolder(pin))).reverse();
  }

  async #entriesOrNone(names: readonly string[], asked: string): Promise<FileEntry[]> {
    try {
      return await this.#entriesBackwards(names, asked);
    } catch {
      // Gone since it was listed, or closed to the daemon's user: the walk goes on beside it.
      return [];
    }
  }

  async #pin(path: string, flags: number): Promise<Pin> {
    const names = await this.#names(path);
    return openPinInside(await this.#bytePathOfRoot(), this.#join(names), flags, path);
  }

  async #pinNames(names: readonly string[], asked: string): Promise<Pin> {
    return openPinInside(await this.#bytePathOfRoot(), this.#join(names), pinFolder, asked);
  }

  #join(names: readonly string[]): string {
    return [this.root, ...names].join("/");
  }

  async #names(path: string): Promise<readonly string[]> {
    const realRoot = Buffer.from(await this.#bytePathOfRoot(), "latin1").toString("utf8");
    const asked = parseAskedPath(path, [this.root, realRoot]);
    if (asked.kind === "refused") throw new FileAccessError(asked.code, path, asked.message);
    return asked.names;
  }

  /** Looked up once: a root that is swapped for a link afterwards is no longer this root. */
  #bytePathOfRoot(): Promise<string> {
    this.#rootBytePath ??= findRoot(this.root).catch((cause: unknown) => {
      this.#rootBytePath = undefined;
      throw cause;
    });
    return this.#rootBytePath;
  }
}

/** The link-free byte path of a root. Throws FileAccessError where it is not an absolute path of a folder. */
export async function findRoot(root: string): Promise<string> {
  if (!root.startsWith("/") || root.includes("\0")) {
    throw new FileAccessError("invalid-path", root, `The working folder "${root}" is not an absolute path.`);
  }
  return await accessing(root, async () => {
    await using pin = await openPin(root, pinFolder);
    return pin.bytePath;
  });
}

async function readRange(pin: Pin, offset: number, wantedBytes: number): Promise<Uint8Array> {
  if (wantedBytes === 0) return new Uint8Array(0);
  await using file = await open(pin.door, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  const bytes = new Uint8Array(wantedBytes);
  let filled = 0;
  while (filled < wantedBytes) {
    const { bytesRead } = await file.read(bytes, filled, wantedBytes - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

async function readFolder(pin: Pin): Promise<Dirent[]> {
  const found = await readdir(pin.door, { withFileTypes: true });
  return found.sort((left, right) => (left.name < right.name ? -1 : 1));
}

const statsAtOnce = 32;

async function describe(pin: Pin, names: readonly string[], found: readonly Dirent[]): Promise<FileEntry[]> {
  const entries: FileEntry[] = [];
  for (let start = 0; start < found.length; start += statsAtOnce) {
    const slice = found.slice(start, start + statsAtOnce);
    entries.push(...(await Promise.all(slice.map((dirent) => describeOne(pin, names, dirent)))));
  }
  return entries;
}

async function describeOne(pin: Pin, names: readonly string[], dirent: Dirent): Promise<FileEntry> {
  const path = [...names, dirent.name].join("/");
  if (dirent.isDirectory()) return { path, kind: "folder", sizeBytes: 0 };
  if (dirent.isSymbolicLink()) return { path, kind: "link", sizeBytes: 0 };
  if (!dirent.isFile()) return { path, kind: "other", sizeBytes: 0 };
  return { path, kind: "file", sizeBytes: await sizeOf(`${pin.door}/${dirent.name}`) };
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await lstat(path)).size;
  } catch {
    // Gone since the folder was read: it was there, and now it holds nothing.
    return 0;
  }
}

function notPlain(asked: string, isFolder: boolean): FileAccessError {
  const hint = isFolder
    ? "is a folder. List it instead."
    : "is a device, a pipe or a socket, not a plain file.";
  return new FileAccessError("not-a-file", asked, `"${asked}" ${hint}`);
}
