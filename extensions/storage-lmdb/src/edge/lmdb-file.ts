// The one file that touches lmdb: opens it so that what can be read is durable, and reads and writes bytes.
//
// First byte of a key: 0x01 the store's own marks, 0x02 rows, 0x03 blobs. All are in the unnamed database, since a named
// one costs another page per commit.
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { getLastVersion, open, type RootDatabase } from "lmdb";
import type { Write } from "../core/commit-queue.ts";
import { looksLikeLmdb } from "./file-header.ts";

type Database = RootDatabase<string | Buffer, Buffer>;

const formatVersion = 1;
const formatKey = Buffer.from("\x01format");
const markKey = Buffer.from("\x01versions");

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

/** Opens the store of a folder, or makes it. Throws where it is of a newer format, in use, or not a store. */
export async function openLmdbFile(folder: string): Promise<LmdbFile> {
  if (openFolders.has(folder)) throw new Error(`The store in ${folder} is open in this process already.`);
  if (!(await looksLikeLmdb(join(folder, "data.mdb")))) {
    throw new Error(
      `The store in ${folder} cannot be opened: data.mdb is damaged, or no LMDB file. Move it away.`,
    );
  }
  const database = openDatabase(folder);
  try {
    refuseSecondProcess(database, folder);
    await checkFormat(database, folder);
  } catch (failure) {
    await database.close();
    throw failure;
  }
  openFolders.add(folder);
  return new LmdbFile(database, folder);
}

export class LmdbFile {
  readonly #database: Database;
  readonly #folder: string;

  constructor(database: Database, folder: string) {
    this.#database = database;
    this.#folder = folder;
  }

  /** The last version that may have been used. */
  mark(): number {
    return Number(this.text(markKey)?.text ?? 0);
  }

  text(key: Buffer): StoredText | undefined {
    const entry = this.#database.getEntry(key);
    return entry === undefined
      ? undefined
      : { text: entry.value as string, version: entry.version as number };
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
  range({
    after,
    before,
    reverse,
    limit,
  }: KeyRange): { readonly key: Buffer; readonly stored: StoredText }[] {
    const [start, end] = reverse ? [before, after] : [after, before];
    const rows = this.#database.getRange({
      start,
      end,
      exclusiveStart: true,
      reverse,
      limit,
      versions: true,
    });
    return Array.from(rows, ({ key, value, version }) => ({
      key: Buffer.from(key),
      stored: { text: value as string, version: version as number },
    }));
  }

  /** Writes everything in one transaction. Settles when it is durable; rejects when the outcome is unknown. */
  async write(writes: readonly Write[], mark: number | undefined): Promise<void> {
    const done = this.#database.batch(() => {
      if (mark !== undefined) this.#database.put(markKey, Buffer.from(String(mark)), mark);
      for (const { key, value, version } of writes) {
        if (value === undefined) this.#database.remove(key);
        else this.#database.put(key, value, version);
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

  async close(): Promise<void> {
    openFolders.delete(this.#folder);
    await this.#database.close();
  }
}

function openDatabase(folder: string): Database {
  const options = {
    path: folder,
    noSubdir: false,
    // The promise of a write is kept only without overlap: what is visible has been flushed.
    overlappingSync: false,
    noSync: false,
    // Named, so that LMDB_RESTORE in the environment cannot turn it on: it loses acknowledged writes.
    safeRestore: false,
    encoding: "string",
    keyEncoding: "binary",
    useVersions: true,
    cache: false,
    // Each group is one batch already, and a batch that starts before it is complete would hold the writing thread.
    eventTurnBatching: false,
    batchStartThreshold: Number.MAX_SAFE_INTEGER,
  } as const;
  try {
    return open<string | Buffer, Buffer>(options);
  } catch (cause) {
    throw new Error(`The store in ${folder} cannot be opened: ${messageOf(cause)}.`, { cause });
  }
}

/** A process that reads holds a slot in LMDB's reader table until it ends; slots of dead ones are cleared on opening. */
function refuseSecondProcess(database: Database, folder: string): void {
  // Takes the slot of this process first, so that of two that start at once at least one sees the other.
  database.doesExist(formatKey);
  const others = database
    .readerList()
    .split("\n")
    .map((line) => Number.parseInt(line, 10))
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid);
  if (others.length === 0) return;
  throw new Error(
    `The store in ${folder} is in use by process ${others[0]}. Stop that one, or use another state folder.`,
  );
}

async function checkFormat(database: Database, folder: string): Promise<void> {
  const stored = database.get(formatKey);
  if (stored === undefined) {
    for (const _row of database.getKeys({ start: Buffer.of(0), limit: 1 })) {
      throw new Error(`The LMDB file in ${folder} was not written by Lathe. Use another state folder.`);
    }
    await database.put(formatKey, Buffer.from(String(formatVersion)), 1);
    return;
  }
  if (Number(stored) <= formatVersion) return;
  throw new Error(
    `The store in ${folder} was written by a newer Lathe (format ${stored}; this one knows ${formatVersion}). ` +
      "Start that version, or use another state folder.",
  );
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

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
