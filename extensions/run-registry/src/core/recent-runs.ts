// The memory tier: runs that were looked at lately, never older than what the store shows.
import type { Key, Run, Storage } from "@lathe/kernel";
import { LRUCache } from "lru-cache";
import { runIn, runKey, runPrefix } from "./keys.ts";

const lengthMax = 16_777_216;
const rowLength = 500;

export class RecentRuns {
  readonly #storage: Storage;
  readonly #runs: LRUCache<string, Run>;
  #changeCount = 0;

  constructor(storage: Storage, countMax: number) {
    this.#storage = storage;
    this.#runs = new LRUCache({
      max: countMax,
      maxSize: lengthMax,
      sizeCalculation: lengthOf,
    });
  }

  /** Forgets whatever changes from now on. Returns how to stop. */
  startFollowing(): () => void {
    return this.#storage.watch(runPrefix, (keys: readonly Key[]) => {
      this.#changeCount += 1;
      for (const key of keys) this.#runs.delete(String(key[1]));
    });
  }

  async get(id: string): Promise<Run | undefined> {
    return (await this.getMany([id]))[0];
  }

  /** One answer per id, in their order. */
  async getMany(ids: readonly string[]): Promise<readonly (Run | undefined)[]> {
    const found = ids.map((id) => this.#runs.get(id));
    const missing = ids.filter((_, at) => found[at] === undefined);
    if (missing.length === 0) return found;
    const changeCount = this.#changeCount;
    const rows = await this.#storage.getMany(missing.map(runKey));
    const read = new Map<string, Run>();
    for (const row of rows) if (row !== undefined) read.set(String(row.key[1]), runIn(row));
    // What was read while something changed may be what it was before.
    if (changeCount === this.#changeCount) for (const [id, run] of read) this.#runs.set(id, run);
    return ids.map((id, at) => found[at] ?? read.get(id));
  }
}

/** About how much memory it takes. */
export function lengthOf({ result }: Run): number {
  return (
    rowLength +
    (typeof result === "string" ? result.length : result === null ? 0 : JSON.stringify(result).length)
  );
}
