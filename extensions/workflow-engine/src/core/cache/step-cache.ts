// Answers that outlive their run, and what was last asked at each place of a workflow.
//
// Invariants
//   C1  An answer is only given to the owner whose run it was made in.
//   C2  A row that is not what was written is no answer.
import { createHmac, timingSafeEqual } from "node:crypto";
import type { CacheMissReason, Changes, JsonValue, Key, Storage } from "@lathe/kernel";
import { cacheKey, cachePrefix, siteKey, sitePrefix } from "../log/keys.ts";
import { canonical } from "./identity.ts";

/** What is kept of one call that was answered whole. */
export interface KeptAnswer {
  readonly key: string;
  readonly owner: string;
  /** Name of the workflow that it was made in. */
  readonly workflow: string;
  readonly value: JsonValue;
  /** The agent can change things: the answer is no answer for another run. */
  readonly mayWrite: boolean;
  readonly runId: string;
  readonly atMs: number;
}

/** The parts of a call's identity, each by hash or name, as they were last time at the same place. */
export interface Site {
  readonly prompt: string;
  readonly model: string;
  readonly agent: string;
  readonly schema: string;
  readonly options: string;
  readonly files: string;
}

export type Lookup =
  | { readonly kind: "hit"; readonly answer: KeptAnswer }
  | { readonly kind: "miss"; readonly reason: CacheMissReason };

const pageSize = 500;

export class StepCache {
  readonly #storage: Storage;
  readonly #secret: Uint8Array;

  /** `secret`: with what rows are sealed, so that an edited one is found out. */
  constructor(storage: Storage, secret: Uint8Array) {
    this.#storage = storage;
    this.#secret = secret;
  }

  /** `site`: where the call stands, `parts`: what it is made of; `trusts`: the script says that it may be skipped. */
  async find(
    owner: string,
    key: string,
    { site, parts, trusts }: { readonly site: string; readonly parts: Site; readonly trusts: boolean },
  ): Promise<Lookup> {
    const [kept, before] = await this.#storage.getMany([cacheKey(owner, key), siteKey(owner, site)]);
    if (kept === undefined) {
      return { kind: "miss", reason: changed(before?.value as unknown as Site | undefined, parts) };
    }
    const answer = this.#unseal(kept.value, owner, key);
    if (answer === undefined) return { kind: "miss", reason: "damaged" };
    if (answer.mayWrite && !trusts) return { kind: "miss", reason: "may-write" };
    return { kind: "hit", answer };
  }

  /** To be committed with the end of the call. */
  puts(answer: KeptAnswer, site: string, parts: Site): NonNullable<Changes["puts"]> {
    const { owner, key, atMs } = answer;
    const value = { answer, seal: this.#sealOf(answer) } as unknown as JsonValue;
    return [{ key: cacheKey(owner, key), value }, ...this.placePuts(owner, site, { parts, atMs })];
  }

  /** The same for a call that was not answered whole: of the next one it can be said that it was asked before. */
  placePuts(
    owner: string,
    site: string,
    { parts, atMs }: { readonly parts: Site; readonly atMs: number },
  ): NonNullable<Changes["puts"]> {
    return [{ key: siteKey(owner, site), value: { ...parts, atMs } }];
  }

  /** Removes the answers of one owner, of one workflow where one is named. Returns how many there were. */
  async clear(owner: string, workflow: string | undefined): Promise<number> {
    let count = 0;
    for await (const rows of this.#pages(cachePrefix(owner))) {
      const deletes = rows.filter(({ value }) => workflow === undefined || workflowOf(value) === workflow);
      if (deletes.length > 0) await this.#storage.commit({ deletes: deletes.map(({ key }) => key) });
      count += deletes.length;
    }
    if (workflow === undefined) {
      for await (const rows of this.#pages(sitePrefix(owner)))
        if (rows.length > 0) await this.#storage.commit({ deletes: rows.map(({ key }) => key) });
    }
    return count;
  }

  #sealOf(answer: KeptAnswer): string {
    return createHmac("sha256", this.#secret)
      .update(canonical(answer as unknown as JsonValue))
      .digest("hex");
  }

  #unseal(value: JsonValue, owner: string, key: string): KeptAnswer | undefined {
    const row = value as { readonly answer?: KeptAnswer; readonly seal?: unknown } | null;
    const answer = row?.answer;
    if (answer === undefined || answer === null || typeof row?.seal !== "string") return undefined;
    const expected = Buffer.from(this.#sealOf(answer));
    const given = Buffer.from(row.seal);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    return answer.owner === owner && answer.key === key ? answer : undefined;
  }

  async *#pages(prefix: Key): AsyncGenerator<readonly { readonly key: Key; readonly value: JsonValue }[]> {
    for (let after: Key | undefined; ; ) {
      const query = { prefix, limit: pageSize };
      const rows = await this.#storage.list(after === undefined ? query : { ...query, after });
      yield rows;
      if (rows.length < pageSize) return;
      after = rows.at(-1)?.key;
    }
  }
}

function workflowOf(value: JsonValue): string | undefined {
  return (value as { readonly answer?: KeptAnswer } | null)?.answer?.workflow;
}

/** Why there is no answer for a call whose place is known, by what is different there now. */
function changed(before: Site | undefined, now: Site): CacheMissReason {
  if (before === undefined) return "first";
  if (before.prompt !== now.prompt) return "prompt-changed";
  if (before.schema !== now.schema) return "schema-changed";
  if (before.model !== now.model) return "model-changed";
  if (before.agent !== now.agent) return "agent-changed";
  if (before.options !== now.options) return "options-changed";
  if (before.files !== now.files) return "files-changed";
  // The same call was begun, and what it came to was not kept.
  return "not-finished";
}
