// What somebody was told, kept as a digest: the histories of thousands do not fit into one memory.
import { createHash, type Hash } from "node:crypto";

/** The entries that were told, as JSON, one after the other. */
export class History {
  readonly #hash: Hash;

  constructor(before?: History) {
    this.#hash = before === undefined ? createHash("sha256") : before.#hash.copy();
  }

  add(json: string): void {
    this.#hash.update(json).update("\n");
  }

  get digest(): string {
    return this.#hash.copy().digest("hex");
  }
}

/** How many different ones there are; 1 = all were told the same. */
export function countHistories(told: readonly { readonly history: History }[]): number {
  return new Set(told.map(({ history }) => history.digest)).size;
}

/** How many were told a step differently in pieces than as a whole. */
export function countDiffering(told: readonly { readonly differing: readonly string[] }[]): number {
  return told.filter(({ differing }) => differing.length > 0).length;
}
