// A plain stand-in for an exec backend's files: real files in a real folder, without the guard, which belongs to the
// backend and is tested there. Paths that climb are refused in the contract's words, so that answers can be tested.
import type { Stats } from "node:fs";
import { mkdir, open, readdir, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  FileAccessError,
  type FileEntry,
  type FileSlice,
  type FileVersion,
  type FolderListing,
  type RootedFiles,
} from "@lathe/kernel";

export class DiskFiles implements RootedFiles {
  readonly root: string;
  /** Is called before each read and each write, for tests in which somebody else is faster. */
  beforeRead: (path: string, offset: number) => Promise<void> = async () => {};
  beforeWrite: (path: string) => Promise<void> = async () => {};
  readonly bytesRead: number[] = [];

  constructor(root: string) {
    this.root = root;
  }

  async read(path: string, range: { offset: number; bytesMax: number }): Promise<FileSlice> {
    await this.beforeRead(path, range.offset);
    const found = await this.#statFile(path);
    const file = await open(this.#locate(path));
    const buffer = Buffer.alloc(Math.max(0, Math.min(range.bytesMax, found.size - range.offset)));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, range.offset);
    await file.close();
    this.bytesRead.push(bytesRead);
    return { bytes: buffer.subarray(0, bytesRead), sizeBytes: found.size, version: versionOf(found) };
  }

  async write(
    path: string,
    bytes: Uint8Array,
    options: { expectedVersion?: string | null } = {},
  ): Promise<FileVersion> {
    await this.beforeWrite(path);
    const { expectedVersion } = options;
    if (expectedVersion !== undefined && expectedVersion !== versionOf(await this.#statFile(path))) {
      throw new FileAccessError("changed", path, `"${path}" was changed since it was read. Read it again.`);
    }
    await this.#statFile(path).catch((error: FileAccessError) => {
      if (error.code !== "not-found") throw error;
    });
    await mkdir(dirname(this.#locate(path)), { recursive: true });
    await writeFile(this.#locate(path), bytes);
    return { version: versionOf(await this.#statFile(path)) };
  }

  async list(path: string, options: { entryCountMax: number }): Promise<FolderListing> {
    const entries = await this.#entries(path);
    return {
      entries: entries.slice(0, options.entryCountMax),
      truncated: entries.length > options.entryCountMax,
    };
  }

  async *walk(
    path: string,
    options: { signal: AbortSignal; skipFolderNames?: readonly string[] },
  ): AsyncIterable<FileEntry> {
    for (const entry of await this.#entries(path)) {
      if (options.signal.aborted) return;
      yield entry;
      const name = entry.path.split("/").at(-1) ?? "";
      if (entry.kind === "folder" && !options.skipFolderNames?.includes(name)) {
        yield* this.walk(entry.path, options);
      }
    }
  }

  async #entries(path: string): Promise<FileEntry[]> {
    const folder = this.#locate(path);
    if ((await this.#stat(path)).isFile())
      throw new FileAccessError("not-a-folder", path, `"${path}" is a file.`);
    const names = (await readdir(folder)).sort();
    return await Promise.all(
      names.map(async (name): Promise<FileEntry> => {
        const found = await stat(join(folder, name));
        const entryPath = join(path, name);
        return found.isDirectory()
          ? { path: entryPath, kind: "folder", sizeBytes: 0 }
          : { path: entryPath, kind: "file", sizeBytes: found.size };
      }),
    );
  }

  async #statFile(path: string): Promise<Stats> {
    const found = await this.#stat(path);
    if (found.isFile()) return found;
    throw new FileAccessError("not-a-file", path, `"${path}" is a folder. List it instead.`);
  }

  async #stat(path: string): Promise<Stats> {
    try {
      return await stat(this.#locate(path));
    } catch (cause) {
      if (cause instanceof FileAccessError) throw cause;
      throw new FileAccessError("not-found", path, `"${path}" does not exist.`, { cause });
    }
  }

  #locate(path: string): string {
    const located = join(this.root, path);
    if (located === this.root || located.startsWith(`${this.root}/`)) return located;
    throw new FileAccessError("outside-root", path, `"${path}" is outside of the working folder.`);
  }
}

function versionOf(found: Stats): string {
  return `${found.ino} ${found.size} ${found.mtimeMs}`;
}
