// One extension's handle to the store: its keys below its namespace, and nothing else.
import type {
  Blobs,
  Changes,
  CommitOutcome,
  JsonValue,
  Key,
  PreparedChanges,
  Row,
  RowQuery,
  Storage,
  StorageDamagedError,
} from "@lathe/kernel";
import { type EncodedChanges, encodeChanges, PreparedEnvelope } from "./core/encoded-changes.ts";
import { decodeKey, encodeKey, encodePrefix, endOfPrefix } from "./core/key-codec.ts";
import type { Watchers } from "./core/watchers.ts";
import type { KeyRange, StoredText } from "./edge/lmdb-file.ts";

/** What a handle needs from the store that it belongs to. All of it throws once the store has failed or is closed. */
export interface NamespaceDesk {
  text(key: Buffer): StoredText | undefined;
  range(range: KeyRange): readonly { readonly key: Buffer; readonly stored: StoredText }[];
  /** Says that what is stored there cannot be what was written, and makes the error for the reader. */
  damaged(key: Buffer, cause?: unknown): StorageDamagedError;
  /** Throws StorageReadOnlyError where writes are refused. */
  commit(changes: readonly EncodedChanges[]): Promise<CommitOutcome>;
}

export class NamespaceStorage implements Storage {
  readonly blobs: Blobs;
  readonly #desk: NamespaceDesk;
  readonly #bytes: Buffer;
  readonly #watchers: Watchers;

  /** `bytes` are what all keys of the namespace begin with. */
  constructor(desk: NamespaceDesk, bytes: Buffer, watchers: Watchers, blobs: Blobs) {
    this.#desk = desk;
    this.#bytes = bytes;
    this.#watchers = watchers;
    this.blobs = blobs;
  }

  async get(key: Key): Promise<Row | undefined> {
    return this.#read(key);
  }

  async getMany(keys: readonly Key[]): Promise<readonly (Row | undefined)[]> {
    // One point in time: lmdb keeps its reading transaction until the event loop turns.
    return keys.map((key) => this.#read(key));
  }

  async list({ prefix, after, before, reverse = false, limit }: RowQuery): Promise<readonly Row[]> {
    if (!Number.isInteger(limit) || limit < 1 || limit > 1_000) {
      throw new RangeError(`A page of ${limit} rows was asked for; 1 to 1,000 are possible.`);
    }
    const start = encodePrefix(this.#bytes, prefix);
    const range = {
      after: after === undefined ? start : later(start, encodePrefix(this.#bytes, after)),
      before:
        before === undefined
          ? endOfPrefix(start)
          : earlier(endOfPrefix(start), encodePrefix(this.#bytes, before)),
      reverse,
      limit,
    };
    if (Buffer.compare(range.after, range.before) >= 0) return [];
    return this.#desk
      .range(range)
      .map(({ key, stored }) => this.#rowOf(decodeKey(this.#bytes, key), key, stored));
  }

  async commit(changes: Changes, ...joined: readonly PreparedChanges[]): Promise<CommitOutcome> {
    const own = encodeChanges(this.#watchers, this.#bytes, changes);
    if (joined.length === 0) return this.#desk.commit([own]);
    return this.#desk.commit([own, ...joined.map((prepared) => PreparedEnvelope.open(this.#desk, prepared))]);
  }

  prepare(changes: Changes): PreparedChanges {
    const envelope: unknown = new PreparedEnvelope(
      this.#desk,
      encodeChanges(this.#watchers, this.#bytes, changes),
    );
    return envelope as PreparedChanges;
  }

  watch(prefix: Key, listener: (keys: readonly Key[]) => void): () => void {
    return this.#watchers.add(prefix, listener);
  }

  #read(key: Key): Row | undefined {
    const bytes = encodeKey(this.#bytes, key);
    const stored = this.#desk.text(bytes);
    if (stored === undefined) return undefined;
    return this.#rowOf(
      key.map((part) => (part === 0 ? 0 : part)),
      bytes,
      stored,
    );
  }

  #rowOf(key: Key, bytes: Buffer, { text, version }: StoredText): Row {
    try {
      return { key, value: JSON.parse(text) as JsonValue, version };
    } catch (cause) {
      throw this.#desk.damaged(bytes, cause);
    }
  }
}

function later(left: Buffer, right: Buffer): Buffer {
  return Buffer.compare(left, right) < 0 ? right : left;
}

function earlier(left: Buffer, right: Buffer): Buffer {
  return Buffer.compare(left, right) < 0 ? left : right;
}
