// The order of a list while somebody is about to choose from it: what he points at stays where it is.

export interface StillRow {
  readonly id: string;
}

/**
 * The rows as they are now, those that were shown in the order in which they were. One that was not shown comes behind all
 * that were, where it belongs there; else it would push others away, and waits.
 */
export function inShownOrder<Row extends StillRow>(
  shown: readonly string[],
  rows: readonly Row[],
): readonly Row[] {
  const rest = new Map(rows.map((row) => [row.id, row]));
  const stayed = shown.map((id) => rest.get(id)).filter((row) => row !== undefined);
  const known = new Set(shown);
  const behind = rows.findLastIndex(({ id }) => known.has(id)) + 1;
  return [...stayed, ...rows.slice(behind)];
}
