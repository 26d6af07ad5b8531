// What callers named their requests, so that the same request is not carried out twice.
//
// Invariants
//   N1  A key is claimed in the commit that begins its run: there is never the one without the other.
//   N2  Within one owner a key stands for one request, until it is forgotten.
import { createHash } from "node:crypto";
import type { ClockPower, JsonValue, Key, PreparedChanges, Storage } from "@lathe/kernel";
import canonicalize from "canonicalize";
import { idempotencyKey, keyAgeKey, keyAgePrefix } from "./keys.ts";

/** A caller's name for a request, and what the request was. */
export interface NamedRequest {
  readonly owner: string;
  readonly key: string;
  /** From `hashOf`. */
  readonly hash: string;
}

export interface Claim {
  readonly hash: string;
  readonly runId: string;
}

const pruneCountMax = 100;

/** SHA-256 of the request in its canonical form (RFC 8785). */
export function hashOf(request: unknown): string {
  return createHash("sha256")
    .update(canonicalize(request) ?? "")
    .digest("hex");
}

export class IdempotencyKeys {
  readonly #storage: Storage;
  readonly #clock: ClockPower;

  constructor(storage: Storage, clock: ClockPower) {
    this.#storage = storage;
    this.#clock = clock;
  }

  async find({ owner, key }: NamedRequest): Promise<Claim | undefined> {
    const row = await this.#storage.get(idempotencyKey(owner, key));
    return row === undefined ? undefined : (row.value as unknown as Claim);
  }

  /** Changes that hold only where nobody has claimed the key. */
  claim({ owner, key, hash }: NamedRequest, runId: string): PreparedChanges {
    const claim: Claim = { hash, runId };
    const row = idempotencyKey(owner, key);
    return this.#storage.prepare({
      checks: [{ key: row, version: null }],
      puts: [
        { key: row, value: claim as unknown as JsonValue },
        { key: keyAgeKey(this.#clock.nowMs(), owner, key), value: null },
      ],
    });
  }

  /** Forgets some of the keys that are older than this. False = there are no more of them. */
  async prune(keepMs: number): Promise<boolean> {
    const rows = await this.#storage.list({ prefix: keyAgePrefix, limit: pruneCountMax });
    const oldest = this.#clock.nowMs() - keepMs;
    const old = rows.map(({ key }) => key).filter((key) => Number(key[1]) < oldest);
    if (old.length === 0) return false;
    const claims = old.map(([, , owner, key]): Key => idempotencyKey(String(owner), String(key)));
    await this.#storage.commit({ deletes: [...old, ...claims] });
    return old.length === pruneCountMax;
  }
}
