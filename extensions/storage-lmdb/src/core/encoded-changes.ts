// Changes as the engine takes them: bytes that nobody else holds.
import type { Changes, JsonValue, Key, PreparedChanges } from "@lathe/kernel";
import { encodeKey } from "./key-codec.ts";
import { withRoomForChecksum } from "./row-checksum.ts";

/** Those who want to hear of the changes once they are durable. */
export interface ChangeListeners {
  announce(changes: EncodedChanges): void;
}

export interface EncodedChanges {
  readonly listeners: ChangeListeners | undefined;
  readonly checks: readonly { readonly key: Buffer; readonly version: number | null }[];
  readonly deletes: readonly Buffer[];
  /** The value of a row has room for its checksum, which is known when it gets its version. */
  readonly puts: readonly { readonly key: Buffer; readonly value: Buffer }[];
  /** Of all values that are put. */
  readonly valueBytes: number;
}

/** Encodes changes below a namespace's bytes. Throws TypeError where a key or a value cannot be kept. */
export function encodeChanges(
  listeners: ChangeListeners,
  namespace: Buffer,
  changes: Changes,
): EncodedChanges {
  const { checks = [], deletes = [], puts = [] } = changes;
  const encoded = puts.map(({ key, value }) => ({
    key: encodeKey(namespace, key),
    value: encodeValue(value),
  }));
  return {
    listeners,
    checks: checks.map(({ key, version }) => ({ key: encodeKey(namespace, key), version })),
    deletes: deletes.map((key: Key) => encodeKey(namespace, key)),
    puts: encoded,
    valueBytes: encoded.reduce((sum, { value }) => sum + value.length, 0),
  };
}

/** JSON text, since it keeps every name as it is, `__proto__` too, and `JSON.parse` is the fastest reader there is. */
export function encodeValue(value: JsonValue): Buffer {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw new TypeError("A value cannot be written as JSON: it is circular, too deep, or holds a bigint.", {
      cause,
    });
  }
  if (text === undefined)
    throw new TypeError("A value cannot be written as JSON: it is undefined or a function.");
  return withRoomForChecksum(text);
}

/** What `prepare` hands out. Its content can be taken once, and only by the store that made it. */
export class PreparedEnvelope {
  readonly #store: object;
  #changes: EncodedChanges | undefined;

  constructor(store: object, changes: EncodedChanges) {
    this.#store = store;
    this.#changes = changes;
  }

  static open(store: object, prepared: PreparedChanges): EncodedChanges {
    const envelope: unknown = prepared;
    if (!(envelope instanceof PreparedEnvelope) || envelope.#store !== store) {
      throw new TypeError("Joined changes were not prepared by this store.");
    }
    const changes = envelope.#changes;
    if (changes === undefined) throw new TypeError("Joined changes were used before. Prepare them again.");
    envelope.#changes = undefined;
    return changes;
  }
}
