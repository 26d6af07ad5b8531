// The one place that opens lmdb: what can be read of it is durable, and nothing in the environment can weaken that.
import { open, type RootDatabase } from "lmdb";
import { readStored, type StoredValue } from "../core/row-checksum.ts";

/** Buffers go in; what comes out of `get` and of ranges is read at once, since lmdb uses its memory again. */
export type Database = RootDatabase<StoredValue | Buffer, Buffer>;

/** What lmdb knows of its file. */
export interface DatabaseSizes {
  /** Of what holds something; a copy without free pages has about so many. */
  readonly usedBytes: number;
  readonly mapBytes: number;
  readonly entryCount: number;
  /** Changes with every commit. */
  readonly lastCommit: number;
}

/** Opens the store of a folder. Throws with one sentence that names the folder. */
export function openDatabase(folder: string, { readOnly }: { readonly readOnly: boolean }): Database {
  const options = {
    path: folder,
    noSubdir: false,
    readOnly,
    permissionsMode: 0o600,
    // The promise of a write is kept only without overlap: what is visible has been flushed.
    overlappingSync: false,
    noSync: false,
    // Named, so that LMDB_RESTORE in the environment cannot turn it on: it loses acknowledged writes.
    safeRestore: false,
    encoder: {
      encode: (value: Buffer) => value,
      decode: readStored,
    },
    keyEncoding: "binary",
    useVersions: true,
    cache: false,
    // Each group is one batch already, and a batch that starts before it is complete would hold the writing thread.
    eventTurnBatching: false,
    batchStartThreshold: Number.MAX_SAFE_INTEGER,
  } as const;
  try {
    return open<StoredValue | Buffer, Buffer>(options);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`The store in ${folder} cannot be opened: ${reason}.`, { cause });
  }
}

interface Statistics {
  readonly pageSize: number;
  readonly treeBranchPageCount: number;
  readonly treeLeafPageCount: number;
  readonly overflowPages: number;
  readonly mapSize: number;
  readonly entryCount: number;
  readonly lastTxnId: number;
}

export function sizesOf(database: Database): DatabaseSizes {
  const statistics = database.getStats() as Statistics;
  const { treeBranchPageCount, treeLeafPageCount, overflowPages } = statistics;
  // Two more hold the heads.
  const pageCount = treeBranchPageCount + treeLeafPageCount + overflowPages + 2;
  return {
    usedBytes: pageCount * statistics.pageSize,
    mapBytes: statistics.mapSize,
    entryCount: statistics.entryCount,
    lastCommit: statistics.lastTxnId,
  };
}
