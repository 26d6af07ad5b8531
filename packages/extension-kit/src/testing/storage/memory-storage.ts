// A storage that keeps everything in memory and gives it to the next one opened over it: for tests of extensions, and
// for a composition that may forget. It keeps the contract's pace: a commit is readable only when it settles, in a
// later turn of the event loop, and commits are made one after the other.
import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type {
  Blobs,
  Changes,
  CommitOutcome,
  JsonValue,
  Key,
  PreparedChanges,
  Row,
  Storage,
} from "@lathe/kernel";
import { SortedRows, type StoredRow } from "./sorted-rows.ts";
import { checkedKey, isUnder } from "./tuple.ts";

export interface MemoryStorage {
  /** The handle that an extension of this id would be given. Asking again gives another handle to the same rows. */
  namespace(id: string): Storage;
  /**
   * Calls `gate` before each commit takes effect, with all that the commit carries; `undefined` takes it away. A gate
   * that waits holds back this commit and those after it; one that throws makes this commit reject with its error, and
   * nothing of it is made.
   */
  guardCommits(gate: CommitGate | undefined): void;
}

export type CommitGate = (changes: readonly Changes[]) => void | Promise<void>;

/** Creates an empty store. There is nothing to close. */
export function openMemoryStorage(): MemoryStorage {
  const store = new MemoryStore();
  return {
    namespace: (id) => new MemoryNamespace(store, store.shelf(id)),
    guardCommits: (gate) => {
      store.gate = gate;
    },
  };
}

interface Shelf {
  readonly rows: SortedRows;
  readonly blobs: Map<string, Uint8Array>;
  readonly watchers: Set<{ readonly prefix: Key; readonly listener: (keys: readonly Key[]) => void }>;
}

/** What one handle asked for: checked, copied and bound to the rows that it is about. */
interface BoundChanges {
  readonly shelf: Shelf;
  readonly changes: Changes;
  readonly texts: readonly string[];
}

class MemoryStore {
  gate: CommitGate | undefined;
  readonly prepared = new WeakMap<object, BoundChanges>();
  readonly #shelves = new Map<string, Shelf>();
  #lastVersion = 0;
  #queue: Promise<unknown> = Promise.resolve();

  shelf(id: string): Shelf {
    const present = this.#shelves.get(id);
    if (present !== undefined) return present;
    const shelf: Shelf = { rows: new SortedRows(), blobs: new Map(), watchers: new Set() };
    this.#shelves.set(id, shelf);
    return shelf;
  }

  /** The changes of `prepared`, which cannot be taken again. */
  take(prepared: PreparedChanges): BoundChanges {
    const bound = this.prepared.get(prepared);
    if (bound === undefined) throw new TypeError("Joined changes are of another store, or were used before.");
    this.prepared.delete(prepared);
    return bound;
  }

  /** Runs one piece of work after those before it, and after a turn of the event loop. */
  enqueue<T>(work: () => T | Promise<T>): Promise<T> {
    const done = this.#queue.then(async () => {
      await setImmediate();
      return work();
    });
    this.#queue = done.catch(() => undefined);
    return done;
  }

  async commit(all: readonly BoundChanges[]): Promise<CommitOutcome> {
    await this.gate?.(all.map(({ changes }) => changes));
    if (!all.every(checksHold)) return { kind: "conflict" };
    const version = ++this.#lastVersion;
    for (const { shelf, changes } of all) for (const key of changes.deletes ?? []) shelf.rows.delete(key);
    for (const { shelf, changes, texts } of all) {
      changes.puts?.forEach(({ key }, index) => {
        shelf.rows.put({ key, text: texts[index] as string, version });
      });
    }
    for (const bound of all) announce(bound);
    return { kind: "committed", version };
  }
}

class MemoryNamespace implements Storage {
  readonly blobs: Blobs;
  readonly #store: MemoryStore;
  readonly #shelf: Shelf;

  constructor(store: MemoryStore, shelf: Shelf) {
    this.#store = store;
    this.#shelf = shelf;
    this.blobs = new MemoryBlobs(store, shelf);
  }

  async get(key: Key): Promise<Row | undefined> {
    return readable(this.#shelf.rows.get(checkedKey(key)));
  }

  async getMany(keys: readonly Key[]): Promise<readonly (Row | undefined)[]> {
    return keys.map((key) => readable(this.#shelf.rows.get(checkedKey(key))));
  }

  async list(query: Parameters<Storage["list"]>[0]): Promise<readonly Row[]> {
    if (!Number.isInteger(query.limit) || query.limit < 1 || query.limit > 1_000) {
      throw new RangeError(`A page of ${query.limit} rows was asked for; 1 to 1,000 are possible.`);
    }
    for (const bound of [query.prefix, query.after, query.before]) if (bound?.length) checkedKey(bound);
    return this.#shelf.rows.list(query).map((row) => readable(row) as Row);
  }

  async commit(changes: Changes, ...joined: readonly PreparedChanges[]): Promise<CommitOutcome> {
    const all = [bind(this.#shelf, changes), ...joined.map((prepared) => this.#store.take(prepared))];
    return this.#store.enqueue(() => this.#store.commit(all));
  }

  prepare(changes: Changes): PreparedChanges {
    const prepared = Object.freeze({}) as PreparedChanges;
    this.#store.prepared.set(prepared, bind(this.#shelf, changes));
    return prepared;
  }

  watch(prefix: Key, listener: (keys: readonly Key[]) => void): () => void {
    const watcher = { prefix: prefix.length > 0 ? checkedKey(prefix) : [], listener };
    this.#shelf.watchers.add(watcher);
    return () => {
      this.#shelf.watchers.delete(watcher);
    };
  }
}

class MemoryBlobs implements Blobs {
  readonly #store: MemoryStore;
  readonly #blobs: Map<string, Uint8Array>;

  constructor(store: MemoryStore, shelf: Shelf) {
    this.#store = store;
    this.#blobs = shelf.blobs;
  }

  put(bytes: Uint8Array): Promise<string> {
    const copy = bytes.slice();
    const hash = createHash("sha256").update(copy).digest("hex");
    return this.#store.enqueue(async () => {
      await this.#store.gate?.([]);
      this.#blobs.set(hash, copy);
      return hash;
    });
  }

  async get(hash: string): Promise<Uint8Array | undefined> {
    return this.#blobs.get(hash)?.slice();
  }

  delete(hash: string): Promise<void> {
    return this.#store.enqueue(async () => {
      await this.#store.gate?.([]);
      this.#blobs.delete(hash);
    });
  }
}

function bind(shelf: Shelf, { checks = [], puts = [], deletes = [] }: Changes): BoundChanges {
  const changes: Changes = {
    checks: checks.map(({ key, version }) => ({ key: checkedKey(key), version })),
    puts: puts.map(({ key, value }) => ({ key: checkedKey(key), value })),
    deletes: deletes.map(checkedKey),
  };
  return { shelf, changes, texts: puts.map(({ value }) => textOf(value)) };
}

function textOf(value: JsonValue): string {
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) throw new TypeError("A value cannot be written as JSON.");
  return text;
}

function checksHold({ shelf, changes }: BoundChanges): boolean {
  return (changes.checks ?? []).every(
    ({ key, version }) => (shelf.rows.get(key)?.version ?? null) === version,
  );
}

function announce({ shelf, changes }: BoundChanges): void {
  const touched = [...(changes.deletes ?? []), ...(changes.puts ?? []).map(({ key }) => key)];
  for (const { prefix, listener } of [...shelf.watchers]) {
    const keys = touched.filter((key) => isUnder(prefix, key));
    if (keys.length === 0) continue;
    try {
      listener(keys);
    } catch (failure) {
      // Nobody else may suffer; a test that cares sees it on the console.
      console.error("A storage listener threw.", failure);
    }
  }
}

function readable(row: StoredRow | undefined): Row | undefined {
  if (row === undefined) return undefined;
  return { key: [...row.key], value: JSON.parse(row.text) as JsonValue, version: row.version };
}
