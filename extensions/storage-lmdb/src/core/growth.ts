// How much a transaction may add to the file, at worst.
import type { Write } from "./commit-queue.ts";

const pageBytes = 4_096;
// The path to the root, the list of free pages, the head.
const fixedBytes = 16 * pageBytes;

/**
 * An upper bound in bytes: LMDB writes each page that it changes to a new place, and a row that is alone on its page
 * changes one; values are kept whole, and pages are at least half full.
 */
export function growthOf(writes: readonly Pick<Write, "key" | "value">[]): number {
  return writes.reduce(
    (sum, { key, value }) => sum + pageBytes + 2 * (key.length + (value?.length ?? 0)),
    fixedBytes,
  );
}
