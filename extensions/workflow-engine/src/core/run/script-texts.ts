// The texts of scripts, each kept once, by its hash, for as long as there is a run of it.
//
// A text may be given up by the last run of its script while the next one begins, which finds it there and does not write
// it again. So nobody begins while texts are given up, and none is given up that somebody begins with.
import type { Storage } from "@lathe/kernel";
import { scriptUsePrefix } from "../log/keys.ts";

export class ScriptTexts {
  readonly #storage: Pick<Storage, "list" | "blobs">;
  /** How many runs are beginning, by the hash of their script. */
  readonly #beginning = new Map<string, number>();
  #givingUp: Promise<void> = Promise.resolve();

  constructor(storage: Pick<Storage, "list" | "blobs">) {
    this.#storage = storage;
  }

  /** Undefined where it is lost. */
  async get(hash: string): Promise<string | undefined> {
    const bytes = await this.#storage.blobs.get(hash);
    return bytes === undefined ? undefined : Buffer.from(bytes).toString("utf8");
  }

  /** Keeps the text, and calls; `begin` commits the row that says that the run uses it. */
  async keepFor<Begun>(hash: string, source: string, begin: () => Promise<Begun>): Promise<Begun> {
    for (let seen: Promise<void> | undefined; seen !== this.#givingUp; ) {
      seen = this.#givingUp;
      await seen;
    }
    this.#beginning.set(hash, (this.#beginning.get(hash) ?? 0) + 1);
    try {
      await this.#storage.blobs.put(Buffer.from(source));
      return await begin();
    } finally {
      const left = (this.#beginning.get(hash) ?? 1) - 1;
      if (left > 0) this.#beginning.set(hash, left);
      else this.#beginning.delete(hash);
    }
  }

  /** Called when a run of it has given it up; removes it where that was the last one. */
  async giveUp(hash: string): Promise<void> {
    const given = this.#givingUp.then(() => this.#removeUnused(hash));
    this.#givingUp = given.catch(() => undefined);
    await given;
  }

  async #removeUnused(hash: string): Promise<void> {
    if (this.#beginning.has(hash)) return;
    const [use] = await this.#storage.list({ prefix: scriptUsePrefix(hash), limit: 1 });
    if (use === undefined) await this.#storage.blobs.delete(hash);
  }
}
