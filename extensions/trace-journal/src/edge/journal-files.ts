// Appends lines to the newest of a few files, and begins the next one where it is full.
//
// Invariants
//   F1  A line lies whole in one file; a torn one (a kill, a full disk) is ended before anything is added.
//   F2  At most `fileCountMax` files are kept, and each but the last is at most `fileBytesMax` long, or one append.
import { constants, write } from "node:fs";
import { type FileHandle, mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileName, listFileNumbers } from "./file-names.ts";

export interface FileLimits {
  readonly fileBytesMax: number;
  readonly fileCountMax: number;
}

export class JournalFiles {
  readonly #folder: string;
  readonly #limits: FileLimits;
  #current: OpenFile | undefined;
  #closed = false;

  constructor(folder: string, limits: FileLimits) {
    this.#folder = folder;
    this.#limits = limits;
  }

  /**
   * Appends whole lines; resolves when the system has taken them (they outlive the process, not a power cut).
   * Rejects with the system's error; a part may have been written then. Not to be called while a call is under way.
   */
  async append(lines: string): Promise<void> {
    if (this.#closed) throw new Error("The journal is closed.");
    const bytes = Buffer.from(lines);
    try {
      const file = await this.#fileWithRoomFor(bytes.length);
      await writeAll(file.handle, bytes);
      file.sizeBytes += bytes.length;
    } catch (cause) {
      // What a failed write left behind is looked at when the file is opened again.
      await this.#release().catch(() => undefined);
      throw cause;
    }
  }

  /** Not to be called while an append is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#release();
  }

  async #fileWithRoomFor(byteCount: number): Promise<OpenFile> {
    this.#current ??= await openNewest(this.#folder);
    const { sizeBytes, number } = this.#current;
    if (sizeBytes > 0 && sizeBytes + byteCount > this.#limits.fileBytesMax) {
      await this.#release();
      this.#current = await openFile(this.#folder, number + 1);
      await removeOldest(this.#folder, number + 1 - this.#limits.fileCountMax);
    }
    return this.#current;
  }

  async #release(): Promise<void> {
    const file = this.#current;
    this.#current = undefined;
    await file?.handle.close();
  }
}

interface OpenFile {
  readonly number: number;
  readonly handle: FileHandle;
  sizeBytes: number;
}

async function openNewest(folder: string): Promise<OpenFile> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const numbers = await listFileNumbers(folder);
  return openFile(folder, numbers.at(-1) ?? 1);
}

async function openFile(folder: string, number: number): Promise<OpenFile> {
  const { O_APPEND, O_CREAT, O_RDWR, O_NOFOLLOW } = constants;
  const handle = await open(join(folder, fileName(number)), O_APPEND | O_CREAT | O_RDWR | O_NOFOLLOW, 0o600);
  try {
    const { size } = await handle.stat();
    return { number, handle, sizeBytes: size + (await endTornLine(handle, size)) };
  } catch (cause) {
    await handle.close();
    throw cause;
  }
}

/** Returns how many bytes it added. */
async function endTornLine(handle: FileHandle, sizeBytes: number): Promise<number> {
  if (sizeBytes === 0) return 0;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, sizeBytes - 1);
  if (buffer[0] === lineFeed) return 0;
  await writeAll(handle, Buffer.of(lineFeed));
  return 1;
}

/** By callback: the promises of `node:fs` cost more than the whole append of a small batch. */
function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const writeFrom = (start: number): void => {
      write(handle.fd, bytes, start, bytes.length - start, null, (failure, writtenCount) => {
        if (failure !== null) reject(failure);
        else if (start + writtenCount < bytes.length) writeFrom(start + writtenCount);
        else resolve();
      });
    };
    writeFrom(0);
  });
}

/** A file that cannot be removed now is tried again at the next turn of files; it must not stop the journal. */
async function removeOldest(folder: string, numberMax: number): Promise<void> {
  try {
    for (const number of await listFileNumbers(folder)) {
      if (number <= numberMax) await rm(join(folder, fileName(number)), { force: true });
    }
  } catch {
    // Too many files are better than a missing trace.
  }
}

const lineFeed = 0x0a;
