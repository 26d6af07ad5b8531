// What callers named their requests (their idempotency keys), so that the same request is not carried out twice.
//
// Invariants
//   N1  A key is claimed in the commit that carries its request out: there is never the one without the other.
//   N2  Within one owner a key stands for one request, until it is forgotten.
//   N3  Requests of one name pass one after the other: whoever comes with the same is answered with what the first began.
import { createHash } from "node:crypto";
import type { ClockPower, JsonValue, Key, PreparedChanges, Storage } from "@lathe/kernel";
import { type Call, ProblemError } from "@lathe/wire";
import canonicalize from "canonicalize";
import { Turnstile } from "../turnstile.ts";

/** What a claim remembers of what its request began, such as an id. */
export type Begun = Readonly<Record<string, JsonValue>>;

export interface NamedWork<Fact extends Begun, Answer> {
  /**
   * Carries the request out. Where it was named, `claim` gives the changes that must be joined to the commit that does it,
   * once; they make it a conflict where another process has claimed the key first.
   */
  readonly begin: (claim: ((begun: Fact) => PreparedChanges) | undefined) => Promise<Answer>;
  /** Answers the same request again. */
  readonly answer: (begun: Fact) => Promise<Answer>;
}

interface NamedRequest {
  readonly owner: string;
  readonly key: string;
  readonly hash: string;
}

// Transports take other texts, too; this is what the store keeps.
const isKey = /^[\x21-\x7e]{1,200}$/;
const pruneCountMax = 100;
const agePrefix: Key = ["key-age"];

/** Keeps its rows in the extension's own namespace, under `key` and `key-age`. */
export class NamedRequests<Fact extends Begun> {
  readonly #storage: Storage;
  readonly #clock: ClockPower;
  readonly #turnstile = new Turnstile();

  constructor(storage: Storage, clock: ClockPower) {
    this.#storage = storage;
    this.#clock = clock;
  }

  /**
   * Carries a request out, once for each key of its owner; without a key each time. Throws the problems
   * `invalid-idempotency-key` and `idempotency-key-reused`, what the work throws, and what the store throws.
   */
  async once<Answer>(
    { principal, idempotencyKey: key }: Call,
    request: unknown,
    work: NamedWork<Fact, Answer>,
  ): Promise<Answer> {
    if (key === undefined) return work.begin(undefined);
    if (!isKey.test(key)) throw notAKey();
    const named: NamedRequest = { owner: principal.id, key, hash: hashOf(request) };
    return this.#turnstile.pass(JSON.stringify([named.owner, key]), () => this.#once(named, work));
  }

  /** Forgets some of the keys that are older than this. False = there are no more of them. */
  async prune(keepMs: number): Promise<boolean> {
    const rows = await this.#storage.list({ prefix: agePrefix, limit: pruneCountMax });
    const oldest = this.#clock.nowMs() - keepMs;
    const old = rows.map(({ key }) => key).filter((key) => Number(key[1]) < oldest);
    if (old.length === 0) return false;
    const claims = old.map(([, , owner, key]) => claimKey(String(owner), String(key)));
    await this.#storage.commit({ deletes: [...old, ...claims] });
    return old.length === pruneCountMax;
  }

  async #once<Answer>(named: NamedRequest, work: NamedWork<Fact, Answer>): Promise<Answer> {
    const known = await this.#find(named);
    if (known !== undefined) return work.answer(known);
    try {
      return await work.begin((begun) => this.#claim(named, begun));
    } catch (failure) {
      // Another process may have been first; then this request was answered there.
      const claimed = await this.#storage.get(claimKey(named.owner, named.key)).catch(() => undefined);
      if (claimed === undefined) throw failure;
      return work.answer(begunOf<Fact>(claimed.value, named));
    }
  }

  async #find(named: NamedRequest): Promise<Fact | undefined> {
    const row = await this.#storage.get(claimKey(named.owner, named.key));
    return row === undefined ? undefined : begunOf<Fact>(row.value, named);
  }

  #claim({ owner, key, hash }: NamedRequest, begun: Fact): PreparedChanges {
    const row = claimKey(owner, key);
    return this.#storage.prepare({
      checks: [{ key: row, version: null }],
      puts: [
        { key: row, value: { hash, ...begun } },
        { key: [...agePrefix, this.#clock.nowMs(), owner, key], value: null },
      ],
    });
  }
}

function claimKey(owner: string, key: string): Key {
  return ["key", owner, key];
}

/** Throws where the key stands for another request. */
function begunOf<Fact extends Begun>(row: JsonValue, named: NamedRequest): Fact {
  const { hash, ...begun } = row as { readonly hash: string };
  if (hash !== named.hash) throw keyReused();
  return begun as unknown as Fact;
}

/** SHA-256 of the request in its canonical form (RFC 8785). */
function hashOf(request: unknown): string {
  return createHash("sha256")
    .update(canonicalize(request) ?? "")
    .digest("hex");
}

function notAKey(): ProblemError {
  return new ProblemError(
    400,
    "invalid-idempotency-key",
    "An Idempotency-Key has 1 to 200 visible ASCII characters.",
  );
}

function keyReused(): ProblemError {
  return new ProblemError(
    422,
    "idempotency-key-reused",
    "This Idempotency-Key was used for another request. Send a new key with a new request.",
  );
}
