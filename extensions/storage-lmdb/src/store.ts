// The store of one folder: its file, the queue of commits, and the guards that stop it before it breaks a promise.
import {
  type ClockPower,
  type CommitOutcome,
  type FatalPower,
  type Logger,
  type Storage,
  StorageFailedError,
  StorageReadOnlyError,
  type TimersPower,
} from "@lathe/kernel";
import { CommitQueue } from "./core/commit-queue.ts";
import type { EncodedChanges } from "./core/encoded-changes.ts";
import { encodeKey } from "./core/key-codec.ts";
import { VersionLedger } from "./core/version-ledger.ts";
import { Watchers } from "./core/watchers.ts";
import type { Watermarks } from "./core/watermark.ts";
import { type FreeSpace, readFreeSpace } from "./edge/free-space.ts";
import { type KeyRange, type LmdbFile, openLmdbFile, type StoredText } from "./edge/lmdb-file.ts";
import { NamespaceBlobs } from "./namespace-blobs.ts";
import { NamespaceStorage } from "./namespace-storage.ts";
import { SpaceGuard } from "./space-guard.ts";
import { startStallWatch } from "./stall-watch.ts";

export interface StoreConfig extends Watermarks {
  readonly freeSpaceCheckIntervalMs: number;
  readonly freeSpaceCheckBytes: number;
  readonly queuedCommitsMax: number;
  readonly queuedBytesMax: number;
  readonly commitStallMsMax: number;
}

export interface StoreDesk {
  readonly folder: string;
  readonly config: StoreConfig;
  readonly logger: Logger;
  readonly clock: ClockPower;
  readonly timers: TimersPower;
  readonly fatal: FatalPower;
  /** Stands in for the disk's own answer in tests. */
  readonly readFreeSpace?: (folder: string) => Promise<FreeSpace>;
}

// Leaves room for 1,900 bytes of key in the 1,978 that lmdb takes.
const namespaceBytesMax = 64;

/** Opens the store of a folder. Whoever opens it closes it. */
export async function openStore(desk: StoreDesk): Promise<Store> {
  const file = await openLmdbFile(desk.folder);
  const store = new Store(file, desk);
  await store.space.check();
  return store;
}

export class Store {
  readonly space: SpaceGuard;
  readonly #file: LmdbFile;
  readonly #desk: StoreDesk;
  readonly #queue: CommitQueue;
  readonly #namespaces = new Map<string, Storage>();
  readonly #stopStallWatch: () => void;
  #end: StorageFailedError | undefined;
  #failed = false;

  constructor(file: LmdbFile, desk: StoreDesk) {
    this.#file = file;
    this.#desk = desk;
    this.space = new SpaceGuard({ readFreeSpace, ...desk, marks: desk.config });
    this.#queue = new CommitQueue({
      versions: new VersionLedger(file.mark()),
      commitCountMax: desk.config.queuedCommitsMax,
      valueBytesMax: desk.config.queuedBytesMax,
      versionOf: (key) => file.versionOf(key),
      write: (writes, mark) => file.write(writes, mark),
      committed: announce,
      failed: (reason) => this.#fail(reason),
    });
    this.#stopStallWatch = startStallWatch(this.#queue, desk);
  }

  /** The handle of one namespace; the same one for the same name. */
  namespace(id: string): Storage {
    const present = this.#namespaces.get(id);
    if (present !== undefined) return present;
    if (id.length === 0 || Buffer.byteLength(id) > namespaceBytesMax) {
      throw new TypeError(`A namespace's name has 1 to ${namespaceBytesMax} bytes.`);
    }
    const rows = encodeKey(Buffer.of(0x02), [id]);
    const report = (failure: unknown): void => {
      this.#desk.logger.log("error", "A listener of the store threw.", {
        namespace: id,
        failure: String(failure),
      });
    };
    const blobs = new NamespaceBlobs(this, encodeKey(Buffer.of(0x03), [id]));
    const storage = new NamespaceStorage(this, rows, new Watchers(rows, report), blobs);
    this.#namespaces.set(id, storage);
    return storage;
  }

  text(key: Buffer): StoredText | undefined {
    return this.#read(() => this.#file.text(key));
  }

  range(range: KeyRange): ReturnType<LmdbFile["range"]> {
    return this.#read(() => this.#file.range(range));
  }

  bytes(key: Buffer): Buffer | undefined {
    return this.#read(() => this.#file.bytes(key));
  }

  has(key: Buffer): boolean {
    return this.#read(() => this.#file.has(key));
  }

  commit(changes: readonly EncodedChanges[]): Promise<CommitOutcome> {
    this.#refuseAfterEnd();
    if (this.space.full && changes.some(({ puts, deletes }) => puts.length + deletes.length > 0)) {
      throw new StorageReadOnlyError(this.space.refusal);
    }
    for (const { valueBytes } of changes) this.space.wrote(valueBytes);
    return this.#queue.commit(changes);
  }

  /** Waits for what was committed, then closes the file. What is asked for meanwhile is refused. */
  async close(): Promise<void> {
    this.#end ??= new StorageFailedError("The store is closed.");
    this.#stopStallWatch();
    this.space.stop();
    await this.#queue.idle();
    // After a failure lmdb may wait for ever, and the process is ending.
    if (!this.#failed) await this.#file.close();
  }

  /** lmdb fails to read only where the file is damaged; to go on writing would make it worse. */
  #read<T>(read: () => T): T {
    this.#refuseAfterEnd();
    try {
      return read();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      this.#queue.fail(
        new StorageFailedError(`The store could not be read (${reason}). Look at the disk.`, { cause }),
      );
      throw this.#end as StorageFailedError;
    }
  }

  #refuseAfterEnd(): void {
    if (this.#end !== undefined) throw this.#end;
  }

  #fail(reason: StorageFailedError): void {
    this.#failed = true;
    this.#end = reason;
    this.#desk.logger.log("error", reason.message);
    this.#desk.fatal(reason);
  }
}

function announce(changes: readonly EncodedChanges[]): void {
  for (const part of changes) part.listeners?.announce(part);
}
