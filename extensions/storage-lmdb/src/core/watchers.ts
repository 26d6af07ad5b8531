// Who wants to hear of which keys of one namespace.
import type { Key } from "@lathe/kernel";
import type { EncodedChanges } from "./encoded-changes.ts";
import { decodeKey, encodePrefix } from "./key-codec.ts";

type Listener = (keys: readonly Key[]) => void;

export class Watchers {
  readonly #namespace: Buffer;
  readonly #report: (failure: unknown) => void;
  readonly #watchers = new Set<{ readonly prefix: Buffer; readonly listener: Listener }>();

  /** `report` is told what a listener threw. */
  constructor(namespace: Buffer, report: (failure: unknown) => void) {
    this.#namespace = namespace;
    this.#report = report;
  }

  add(prefix: Key, listener: Listener): () => void {
    const watcher = { prefix: encodePrefix(this.#namespace, prefix), listener };
    this.#watchers.add(watcher);
    return () => {
      this.#watchers.delete(watcher);
    };
  }

  announce({ deletes, puts }: EncodedChanges): void {
    if (this.#watchers.size === 0) return;
    const touched = [...deletes, ...puts.map(({ key }) => key)];
    for (const { prefix, listener } of [...this.#watchers]) {
      const keys = touched
        .filter((key) => isUnder(prefix, key))
        .map((key) => decodeKey(this.#namespace, key));
      if (keys.length > 0) this.#tell(listener, keys);
    }
  }

  #tell(listener: Listener, keys: readonly Key[]): void {
    try {
      listener(keys);
    } catch (failure) {
      this.#report(failure);
    }
  }
}

function isUnder(prefix: Buffer, key: Buffer): boolean {
  // A key that goes on with 0xFF has the prefix's bytes, but a longer string in their place.
  return (
    key.length >= prefix.length &&
    key[prefix.length] !== 0xff &&
    key.subarray(0, prefix.length).equals(prefix)
  );
}
