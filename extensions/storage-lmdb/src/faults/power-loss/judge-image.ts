// Compares what an image holds with what was acknowledged and what was on its way.
import type { Row } from "@lathe/kernel";
import { type Begun, type Expectation, storedValue } from "./workload.ts";

/** One sentence about the first thing that is wrong; `null` = nothing is. */
export function problemOf(rows: readonly Row[], { acknowledged, begun }: Expectation): string | null {
  const found = new Map(rows.map(({ key, value }) => [key.join(), value]));
  const has = (id: number): boolean => found.has(`row,${id}`);
  for (const { id } of begun) {
    if (has(id) !== found.has(`twin,${id}`)) return `Commit ${id} is there in half.`;
    if (has(id) && found.get(`row,${id}`) !== storedValue(id)) return `Commit ${id} has another value.`;
  }
  const known = new Set(begun.map(({ id }) => id));
  for (const { key } of rows) {
    if (key[0] !== "last" && !known.has(Number(key[1]))) return `Nobody wrote ${key.join()}.`;
  }
  return missing(acknowledged, begun, has, found) ?? null;
}

/** Commits take effect in the order of the calls: those that made it are the first ones, all that are acknowledged too. */
function missing(
  acknowledged: readonly Begun[],
  begun: readonly Begun[],
  has: (id: number) => boolean,
  found: ReadonlyMap<string, unknown>,
): string | undefined {
  const lastFound = begun.findLastIndex(({ id, worker }) => has(id) || found.get(`last,${worker}`) === id);
  const made = begun.slice(0, lastFound + 1);
  const deleted = new Set(made.map(({ deletes }) => deletes));
  for (const { id } of made)
    if (has(id) === deleted.has(id)) return `Commit ${id} was ${has(id) ? "not undone" : "lost"}.`;
  const madeIds = new Set(made.map(({ id }) => id));
  const lost = acknowledged.find(({ id }) => !madeIds.has(id));
  if (lost !== undefined) return `Commit ${lost.id} was acknowledged, and is lost.`;
  for (const worker of new Set(made.map((one) => one.worker))) {
    const last = made.findLast((one) => one.worker === worker)?.id;
    if (found.get(`last,${worker}`) !== last)
      return `The row of worker ${worker} is not that of commit ${last}.`;
  }
  return undefined;
}
