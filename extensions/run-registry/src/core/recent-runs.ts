// The memory tier: runs that were looked at lately, never older than what the store shows, and what those that are not
// over have used so far.
import type { Key, Run, RunSpending, Storage } from "@lathe/kernel";
import { LRUCache } from "lru-cache";
import { isOver, runIn, runKey, runPrefix } from "./keys.ts";

const lengthMax = 16_777_216;
const rowLength = 500;
/** Of runs that are over and that nobody looks at, what they had used is forgotten by this. */
const spendingCountMax = 20_000;

export class RecentRuns {
  readonly #storage: Storage;
  readonly #runs: LRUCache<string, Run>;
  readonly #spending: LRUCache<string, RunSpending>;
  #changeCount = 0;

  constructor(storage: Storage, countMax: number) {
    this.#storage = storage;
    this.#runs = new LRUCache({
      max: countMax,
      maxSize: lengthMax,
      sizeCalculation: lengthOf,
    });
    this.#spending = new LRUCache({ max: spendingCountMax });
  }

  /** Forgets whatever changes from now on. Returns how to stop. */
  startFollowing(): () => void {
    return this.#storage.watch(runPrefix, (keys: readonly Key[]) => {
      this.#changeCount += 1;
      for (const key of keys) this.#runs.delete(String(key[1]));
    });
  }

  noteSpending(id: string, budget: RunSpending): void {
    this.#spending.set(id, budget);
  }

  /** What was noted last of a run; undefined where nothing was. */
  spendingOf(id: string): RunSpending | undefined {
    return this.#spending.get(id);
  }

  async get(id: string): Promise<Run | undefined> {
    return (await this.getMany([id]))[0];
  }

  /** One answer per id, in their order. */
  async getMany(ids: readonly string[]): Promise<readonly (Run | undefined)[]> {
    return (await this.#readMany(ids)).map((run) => (run === undefined ? undefined : this.#spendingOn(run)));
  }

  #spendingOn(run: Run): Run {
    const budget = this.#spending.get(run.id);
    if (budget === undefined) return run;
    if (!isOver(run)) return { ...run, budget };
    this.#spending.delete(run.id);
    return run;
  }

  async #readMany(ids: readonly string[]): Promise<readonly (Run | undefined)[]> {
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
