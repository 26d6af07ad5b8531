// Large values of one namespace, each kept once under the hash of its bytes.
import { hash, subtle } from "node:crypto";
import type { Blobs, CommitOutcome, StorageDamagedError } from "@lathe/kernel";
import type { EncodedChanges } from "./core/encoded-changes.ts";

// Below this, hashing is faster than handing it to another thread.
const hashInPlaceBytesMax = 65_536;

export interface BlobDesk {
  bytes(key: Buffer): Buffer | undefined;
  has(key: Buffer): boolean;
  /** Says that what is stored there cannot be what was written, and makes the error for the reader. */
  damaged(key: Buffer): StorageDamagedError;
  commit(changes: readonly EncodedChanges[]): Promise<CommitOutcome>;
}

export class NamespaceBlobs implements Blobs {
  readonly #desk: BlobDesk;
  readonly #bytes: Buffer;

  /** `bytes` are what the keys of all blobs of the namespace begin with. */
  constructor(desk: BlobDesk, bytes: Buffer) {
    this.#desk = desk;
    this.#bytes = bytes;
  }

  async put(bytes: Uint8Array): Promise<string> {
    // A copy, since the caller may go on to use its own.
    const value = Buffer.from(bytes);
    const digest = await sha256(value);
    const key = this.#keyOf(digest);
    if (!this.#desk.has(key))
      await this.#desk.commit([{ ...nothing, puts: [{ key, value }], valueBytes: value.length }]);
    return digest;
  }

  async get(digest: string): Promise<Uint8Array | undefined> {
    if (!isDigest(digest)) return undefined;
    const key = this.#keyOf(digest);
    const bytes = this.#desk.bytes(key);
    if (bytes !== undefined && (await sha256(bytes)) !== digest) throw this.#desk.damaged(key);
    return bytes;
  }

  async delete(digest: string): Promise<void> {
    if (isDigest(digest)) await this.#desk.commit([{ ...nothing, deletes: [this.#keyOf(digest)] }]);
  }

  #keyOf(digest: string): Buffer {
    return Buffer.concat([this.#bytes, Buffer.from(digest, "hex")]);
  }
}

const nothing: EncodedChanges = { listeners: undefined, checks: [], deletes: [], puts: [], valueBytes: 0 };

function isDigest(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

async function sha256(bytes: Buffer): Promise<string> {
  if (bytes.length <= hashInPlaceBytesMax) return hash("sha256", bytes, "hex");
  return Buffer.from(await subtle.digest("SHA-256", bytes)).toString("hex");
}
