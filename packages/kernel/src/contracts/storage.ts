import { type Token, token } from "../token.ts";
import type { JsonValue } from "./json.ts";

/**
 * One extension's own part of an ordered key-value store.
 *
 * Keys are tuples, ordered part by part: numbers before strings, numbers by value, strings by their UTF-8 bytes; a
 * tuple sorts before any longer one that begins with it. What can be read is durable: no method ever shows what a
 * power cut could take back. A handle reaches its own namespace only. Each reading method throws StorageDamagedError
 * where what it would show is not what was written, and StorageFailedError once the store has failed or is closed.
 */
export interface Storage {
  get(key: Key): Promise<Row | undefined>;

  /** One answer per key, in the order of the keys, all from one point in time. */
  getMany(keys: readonly Key[]): Promise<readonly (Row | undefined)[]>;

  /**
   * One page of rows in key order (or reversed), all from one point in time. To go on, ask again with `after` (reversed:
   * `before`) at the last key seen. No transaction stays open between pages. Throws RangeError for a limit outside of
   * its range.
   */
  list(query: RowQuery): Promise<readonly Row[]>;

  /**
   * Commits all of it or nothing; settles after the data is on disk.
   *
   * `joined` carries changes that other extensions prepared with their own handle, to be committed in the same
   * transaction. Commits take effect in the order of the calls. Within one, every check is made first, against what the
   * commits before it left; then come the deletes, then the puts, in their order. Any check that does not hold makes
   * the whole commit a `conflict`, and nothing is written. The values are taken at the call: later changes to them do
   * not matter.
   *
   * Throws TypeError (a key or a value that cannot be kept), StorageReadOnlyError and StorageOverloadedError (in all
   * three nothing was written), and StorageFailedError (the outcome is unknown; the process is about to end).
   */
  commit(changes: Changes, ...joined: readonly PreparedChanges[]): Promise<CommitOutcome>;

  /** Seals changes to this namespace so that another extension's `commit` can carry them. */
  prepare(changes: Changes): PreparedChanges;

  /**
   * Calls `listener` after each durable commit that put or deleted keys that are `prefix` or begin with it, in the order
   * of the commits; the keys of one commit in the order of its changes. A listener that throws is reported and kept.
   * Returns how to stop.
   */
  watch(prefix: Key, listener: (keys: readonly Key[]) => void): () => void;

  /** Large values, addressed by content. */
  readonly blobs: Blobs;
}

/**
 * One part or more; at most 1,900 bytes, where a number counts 9 and a string its UTF-8 bytes, one more for each NUL
 * in it, and 2. Numbers are finite, and -0 is 0; strings are well-formed Unicode.
 */
export type Key = readonly KeyPart[];
export type KeyPart = string | number;

export interface Row {
  readonly key: Key;
  readonly value: JsonValue;
  /** Grows with every commit that touches the key; never 0, never used twice for a key. */
  readonly version: number;
}

export interface RowQuery {
  /** Only keys that begin with this tuple (and are longer). Empty = the whole namespace. */
  readonly prefix: Key;
  /** Only keys after this one. */
  readonly after?: Key;
  /** Only keys before this one. */
  readonly before?: Key;
  readonly reverse?: boolean;
  /** 1 to 1,000. */
  readonly limit: number;
}

export interface Changes {
  /** `version` is what the row must have now; `null` = the row must not exist. */
  readonly checks?: readonly { readonly key: Key; readonly version: number | null }[];
  readonly puts?: readonly { readonly key: Key; readonly value: JsonValue }[];
  readonly deletes?: readonly Key[];
}

declare const prepared: unique symbol;

/** Changes of one namespace, opaque to whoever carries them. Used once, whatever comes of the commit. */
export interface PreparedChanges {
  readonly [prepared]: true;
}

export type CommitOutcome =
  /** `version` is that of every row that was put. */
  { readonly kind: "committed"; readonly version: number } | { readonly kind: "conflict" };

export interface Blobs {
  /** Stores the bytes (once, however often) and settles when they are durable. Returns their SHA-256, hexadecimal. */
  put(bytes: Uint8Array): Promise<string>;
  get(hash: string): Promise<Uint8Array | undefined>;
  /** Settles when it is durably gone from this namespace; nothing happens where there is none. */
  delete(hash: string): Promise<void>;
}

/** The disk is nearly full, or the store at its bound: reads go on, writes are refused. Nothing was written. */
export class StorageReadOnlyError extends Error {
  readonly code = "storage-read-only";

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StorageReadOnlyError";
  }
}

/** More waits to be written than the store is willing to hold in memory. Nothing was written; try again later. */
export class StorageOverloadedError extends Error {
  readonly code = "storage-overloaded";

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StorageOverloadedError";
  }
}

/** A row or a blob is not what was written: the disk or the memory has changed it. Others can be read as before. */
export class StorageDamagedError extends Error {
  readonly code = "storage-damaged";

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StorageDamagedError";
  }
}

/** A commit failed in the engine. What it held may or may not be on disk; the process must end and start again. */
export class StorageFailedError extends Error {
  readonly code = "storage-failed";

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StorageFailedError";
  }
}

/** The host gives each extension a handle to its own namespace under this token. */
export const StorageService: Token<Storage> = token<Storage>("storage");
