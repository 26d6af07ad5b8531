// Rows in key order, as a sorted array.
import type { Key, RowQuery } from "@lathe/kernel";
import { compareKeys, isUnder } from "./tuple.ts";

export interface StoredRow {
  readonly key: Key;
  /** JSON text, so that nobody shares an object with the store. */
  readonly text: string;
  readonly version: number;
}

export class SortedRows {
  readonly #rows: StoredRow[] = [];

  get(key: Key): StoredRow | undefined {
    const row = this.#rows[this.#firstFrom(key)];
    return row !== undefined && compareKeys(row.key, key) === 0 ? row : undefined;
  }

  put(row: StoredRow): void {
    const index = this.#firstFrom(row.key);
    const present = this.#rows[index];
    const replaces = present !== undefined && compareKeys(present.key, row.key) === 0;
    this.#rows.splice(index, replaces ? 1 : 0, row);
  }

  delete(key: Key): void {
    const index = this.#firstFrom(key);
    const present = this.#rows[index];
    if (present !== undefined && compareKeys(present.key, key) === 0) this.#rows.splice(index, 1);
  }

  list({ prefix, after, before, reverse = false, limit }: RowQuery): StoredRow[] {
    const from = this.#first(
      (key) => compareKeys(key, prefix) > 0 && (after === undefined || compareKeys(key, after) > 0),
    );
    const to = this.#first(
      (key) =>
        (compareKeys(key, prefix) > 0 && !isUnder(prefix, key)) ||
        (before !== undefined && compareKeys(key, before) >= 0),
    );
    if (!reverse) return this.#rows.slice(from, Math.min(to, from + limit));
    return this.#rows.slice(Math.max(from, to - limit), Math.max(from, to)).reverse();
  }

  #firstFrom(key: Key): number {
    return this.#first((other) => compareKeys(other, key) >= 0);
  }

  /** Where the first row is whose key holds; once one holds, all after it must. */
  #first(holds: (key: Key) => boolean): number {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (holds((this.#rows[middle] as StoredRow).key)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
