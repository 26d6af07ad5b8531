// The store's file, as bytes: opened so that nobody else has it, read in pages, written in whole transactions.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { StorageDamagedError } from "@lathe/kernel";
import { getLastVersion } from "lmdb";
import type { Write } from "../core/commit-queue.ts";
import { isIntact, type StoredValue, withRoomForChecksum, writeChecksum } from "../core/row-checksum.ts";
import { blobTag, nameOf } from "../core/stored-key.ts";
import { looksLikeLmdb } from "./file-header.ts";
import { judgeFormat, readMark, readVersionsMark, versionsKey, writeFormat } from "./marks.ts";
import { type Database, type DatabaseSizes, openDatabase, sizesOf } from "./open-database.ts";
import { refuseOtherProcesses } from "./other-processes.ts";
import { dataFile, preparePrivateFiles } from "./private-files.ts";

/** Folders that this process has open: lmdb would quietly share the file. */
const openFolders = new Set<string>();

export interface StoredText {
  readonly text: string;
  readonly version: number;
}

export interface KeyRange {
  /** Both exclusive. */
  readonly after: Buffer;
  readonly before: Buffer;
  readonly reverse: boolean;
  readonly limit: number;
}

export interface OpenOptions {
  /** Whether the disk has space for the first writes of a new store. */
  readonly mayWrite: boolean;
}

/** Opens the store of a folder, or makes it. Throws where it is of a newer format, in use, or not a store. */
export async function openLmdbFile(folder: string, { mayWrite }: OpenOptions): Promise<LmdbFile> {
  if (openFolders.has(folder)) throw new Error(`The store in ${folder} is open in this process already.`);
  await refuseStranger(folder);
  await preparePrivateFiles(folder);
  const database = openDatabase(folder, { readOnly: false });
  try {
    await refuseOtherProcesses(database, folder, versionsKey);
    if (judgeFormat(database, folder) !== "current") await bringUpToDate(database, folder, mayWrite);
  } catch (failure) {
    await database.close();
    throw failure;
  }
  openFolders.add(folder);
  return new LmdbFile(database, folder);
}

async function bringUpToDate(database: Database, folder: string, mayWrite: boolean): Promise<void> {
  if (!mayWrite)
    throw new Error(`The disk is nearly full, and the store in ${folder} is a new one. Free some space.`);
  await writeFormat(database);
}

/** Throws where `data.mdb` does not begin as one of LMDB's does. */
export async function refuseStranger(folder: string): Promise<void> {
  if (await looksLikeLmdb(join(folder, dataFile))) return;
  throw new Error(
    `The store in ${folder} cannot be opened: ${dataFile} is damaged, or no LMDB file. Move it away.`,
  );
}

export class LmdbFile {
  readonly #database: Database;
  readonly #folder: string;

  constructor(database: Database, folder: string) {
    this.#database = database;
    this.#folder = folder;
  }

  /** The last version that may have been used. Throws StorageDamagedError, as `text` does. */
  versionsMark(): number {
    return readVersionsMark(this.#database);
  }

  mark(key: Buffer): string | undefined {
    return readMark(this.#database, key);
  }

  text(key: Buffer): StoredText | undefined {
    const entry = this.#database.getEntry(key);
    return entry === undefined ? undefined : intact(key, entry.value as StoredValue, entry.version as number);
  }

  versionOf(key: Buffer): number | undefined {
    // Not through `text`: nobody wants the value.
    return this.#database.doesExist(key) ? getLastVersion() : undefined;
  }

  bytes(key: Buffer): Buffer | undefined {
    return this.#database.getBinary(key);
  }

  has(key: Buffer): boolean {
    return this.#database.doesExist(key);
  }

  /** One page, read to its end before this returns: no transaction outlives the call. */
  range(range: KeyRange): { readonly key: Buffer; readonly stored: StoredText }[] {
    const rows = Array.from(this.#rows(range), ({ key, value, version }) => ({
      key: Buffer.from(key),
      stored: intact(key, value as StoredValue, version as number),
    }));
    const last = rows.at(-1)?.key;
    if (rows.length < range.limit && last !== undefined) this.#confirmEnd(range, last);
    return rows;
  }

  /** On a damaged file a cursor may stop as if there were no more, and a search still finds what is behind. */
  #confirmEnd(range: KeyRange, last: Buffer): void {
    const rest = { ...range, limit: 1, ...(range.reverse ? { before: last } : { after: last }) };
    for (const { key } of this.#rows(rest))
      throw new Error(`${nameOf(Buffer.from(key))} is there, and cannot be reached from what is before it`);
  }

  #rows({ after, before, reverse, limit }: KeyRange): ReturnType<Database["getRange"]> {
    const [start, end] = reverse ? [before, after] : [after, before];
    return this.#database.getRange({ start, end, exclusiveStart: true, reverse, limit, versions: true });
  }

  /** Writes everything in one transaction. Settles when it is durable; rejects when the outcome is unknown. */
  async write(writes: readonly Write[], versionsMark: number | undefined): Promise<void> {
    const done = this.#database.batch(() => {
      if (versionsMark !== undefined)
        this.#put(versionsKey, withRoomForChecksum(String(versionsMark)), versionsMark);
      for (const { key, value, version } of writes) {
        if (value === undefined) this.#database.remove(key);
        else this.#put(key, value, version);
      }
    });
    try {
      await done;
    } catch (failure) {
      throw await reasonOf(failure);
    }
    // Reads of this turn of the event loop may still look at the state from before.
    this.#database.resetReadTxn();
  }

  sizes(): DatabaseSizes {
    return sizesOf(this.#database);
  }

  async fileBytes(): Promise<number> {
    return (await stat(join(this.#folder, dataFile))).size;
  }

  forgetDeadReaders(): void {
    this.#database.readerCheck();
  }

  async close(): Promise<void> {
    openFolders.delete(this.#folder);
    await this.#database.close();
  }

  #put(key: Buffer, value: Buffer, version: number): void {
    // A blob's key is its checksum.
    if (key[0] !== blobTag) writeChecksum(value, key, version);
    this.#database.put(key, value, version);
  }
}

function intact(key: Buffer, value: StoredValue, version: number): StoredText {
  if (isIntact(value, key, version)) return { text: value.text, version };
  throw damageIn(key);
}

/** That what is stored under the key is not what was written. */
export function damageIn(key: Buffer, options?: ErrorOptions): StorageDamagedError {
  return new StorageDamagedError(`Damage in ${nameOf(key)}: it is not what was written.`, options);
}

/** lmdb says why only through a second promise, which would end the process if nobody looked at it. */
async function reasonOf(failure: unknown): Promise<unknown> {
  const { commitError } = failure as { readonly commitError?: unknown };
  if (!(commitError instanceof Promise)) return failure;
  const reason = commitError.then(
    () => failure,
    (cause: unknown) => cause,
  );
  return Promise.race([reason, setImmediate(failure)]);
}
