// The store of one folder: its file, the queue of commits, and the guards that stop it before it breaks a promise.
import {
  type ClockPower,
  type CommitOutcome,
  type FatalPower,
  type JsonValue,
  type Logger,
  type Storage,
  StorageDamagedError,
  StorageFailedError,
  type StorageReadOnlyError,
  type TimersPower,
} from "@lathe/kernel";
import { CommitQueue, type Write } from "./core/commit-queue.ts";
import { type EncodedChanges, encodeValue } from "./core/encoded-changes.ts";
import { growthOf } from "./core/growth.ts";
import { encodeKey } from "./core/key-codec.ts";
import { blobTag, rowTag } from "./core/stored-key.ts";
import { VersionLedger } from "./core/version-ledger.ts";
import { Watchers } from "./core/watchers.ts";
import type { Watermarks } from "./core/watermark.ts";
import { removeHalfCompactions } from "./edge/compact-store.ts";
import { type FreeSpace, readFreeSpace } from "./edge/free-space.ts";
import { damageIn, type KeyRange, type LmdbFile, openLmdbFile, type StoredText } from "./edge/lmdb-file.ts";
import { readDiskType, refuseNetworkDisk } from "./edge/network-disk.ts";
import type { DatabaseSizes } from "./edge/open-database.ts";
import { NamespaceBlobs } from "./namespace-blobs.ts";
import { NamespaceStorage } from "./namespace-storage.ts";
import { SpaceGuard } from "./space-guard.ts";
import { startStallWatch } from "./stall-watch.ts";
import { StoreBound } from "./store-bound.ts";

export interface StoreConfig extends Watermarks {
  readonly freeSpaceCheckIntervalMs: number;
  readonly storeBytesMax: number;
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
  /** Stand in for the disk's own answers in tests. */
  readonly readFreeSpace?: (folder: string) => FreeSpace;
  readonly readDiskType?: (folder: string) => Promise<number>;
}

// Leaves room for 1,900 bytes of key in the 1,978 that lmdb takes.
const namespaceBytesMax = 64;
// One damaged row that is asked for again and again is said once.
const loggedDamageCountMax = 100;

/** Opens the store of a folder. Whoever opens it closes it. */
export async function openStore(desk: StoreDesk): Promise<Store> {
  const { folder, config } = desk;
  refuseNetworkDisk(folder, await (desk.readDiskType ?? readDiskType)(folder));
  const space = new SpaceGuard({
    readFreeSpace,
    ...desk,
    marks: config,
    checkIntervalMs: config.freeSpaceCheckIntervalMs,
  });
  space.check();
  const file = await openLmdbFile(folder, { mayWrite: space.refusal === undefined });
  try {
    await removeHalfCompactions(folder);
    return new Store(file, space, desk);
  } catch (failure) {
    await file.close();
    throw failure;
  }
}

export class Store {
  readonly space: SpaceGuard;
  readonly #file: LmdbFile;
  readonly #desk: StoreDesk;
  readonly #queue: CommitQueue;
  readonly #bound: StoreBound;
  readonly #namespaces = new Map<string, Storage>();
  readonly #loggedDamage = new Set<string>();
  readonly #stopStallWatch: () => void;
  #end: StorageFailedError | undefined;
  #failed = false;

  /** Throws StorageDamagedError where the mark of versions is damaged. */
  constructor(file: LmdbFile, space: SpaceGuard, desk: StoreDesk) {
    this.#file = file;
    this.#desk = desk;
    this.space = space;
    this.#bound = new StoreBound({
      usedBytesMax: desk.config.storeBytesMax,
      usedBytes: () => file.sizes().usedBytes,
    });
    this.#queue = new CommitQueue({
      versions: new VersionLedger(file.versionsMark()),
      commitCountMax: desk.config.queuedCommitsMax,
      valueBytesMax: desk.config.queuedBytesMax,
      versionOf: (key) => file.versionOf(key),
      refusalOf: (writes) => space.refusalOf(growthOf(writes)),
      write: (writes, mark) => this.#write(writes, mark),
      committed: announce,
      failed: (reason) => this.#fail(reason),
    });
    this.#stopStallWatch = startStallWatch(this.#queue, desk);
    space.start();
  }

  /** The handle of one namespace; the same one for the same name. */
  namespace(id: string): Storage {
    const present = this.#namespaces.get(id);
    if (present !== undefined) return present;
    if (id.length === 0 || Buffer.byteLength(id) > namespaceBytesMax) {
      throw new TypeError(`A namespace's name has 1 to ${namespaceBytesMax} bytes.`);
    }
    const rows = encodeKey(Buffer.of(rowTag), [id]);
    const report = (failure: unknown): void => {
      this.#desk.logger.log("error", "A listener of the store threw.", {
        namespace: id,
        failure: String(failure),
      });
    };
    const blobs = new NamespaceBlobs(this, encodeKey(Buffer.of(blobTag), [id]));
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
    const refusal = this.#refusalOf(changes);
    if (refusal !== undefined) throw refusal;
    return this.#queue.commit(changes);
  }

  damaged(key: Buffer, cause?: unknown): StorageDamagedError {
    const damage = damageIn(key, { cause });
    this.#logDamage(damage);
    return damage;
  }

  /** What the file says of itself. */
  sizes(): DatabaseSizes {
    return this.#read(() => this.#file.sizes());
  }

  fileBytes(): Promise<number> {
    return this.#file.fileBytes();
  }

  /** The text of one of the store's own marks. */
  mark(key: Buffer): string | undefined {
    return this.#read(() => this.#file.mark(key));
  }

  /** Settles when the mark is durable. Throws as a commit does. */
  async writeMark(key: Buffer, value: JsonValue): Promise<void> {
    const put = { key, value: encodeValue(value) };
    await this.commit([
      { listeners: undefined, checks: [], deletes: [], puts: [put], valueBytes: put.value.length },
    ]);
  }

  /** Lets go of what helper processes that were ended still hold: pages that they were reading are not used again. */
  forgetDeadReaders(): void {
    if (this.#end === undefined) this.#file.forgetDeadReaders();
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

  /** Known before it waits for its turn, as far as it can be. */
  #refusalOf(changes: readonly EncodedChanges[]): StorageReadOnlyError | undefined {
    const hasPuts = changes.some(({ puts }) => puts.length > 0);
    if (!hasPuts && !changes.some(({ deletes }) => deletes.length > 0)) return undefined;
    if (this.space.refusal !== undefined) return this.space.refusal;
    // What only deletes may go beyond the bound, since that is the way back.
    if (!hasPuts || !this.#bound.isSet) return undefined;
    return this.#bound.refusalOf(this.#queue.waitingBytes + growthOf(changes.flatMap(({ puts }) => puts)));
  }

  async #write(writes: readonly Write[], mark: number | undefined): Promise<void> {
    await this.#file.write(writes, mark);
    this.#bound.changed();
  }

  /** lmdb fails to read only where the file is damaged; to go on writing would make it worse. */
  #read<T>(read: () => T): T {
    this.#refuseAfterEnd();
    try {
      return read();
    } catch (cause) {
      if (cause instanceof StorageDamagedError) {
        this.#logDamage(cause);
        throw cause;
      }
      const reason = cause instanceof Error ? cause.message : String(cause);
      this.#queue.fail(
        new StorageFailedError(`The store could not be read (${reason}). Look at the disk.`, { cause }),
      );
      throw this.#end as StorageFailedError;
    }
  }

  #logDamage({ message }: StorageDamagedError): void {
    if (this.#loggedDamage.has(message) || this.#loggedDamage.size === loggedDamageCountMax) return;
    this.#loggedDamage.add(message);
    this.#desk.logger.log("error", message);
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
