// A list that is shown as it is now: the newest rows by page, and what a change feed tells of them since.
//
// Invariants
//   L1  What the feed told of a row since it was connected counts; for all other rows what the list said.
//   L2  Rows are ordered from the newest to the oldest, each once, whatever order things came in.
//   L3  A reconnected feed begins anew; until its list is there, what was shown before stays.

export interface ListRow {
  readonly id: string;
  readonly createdAtMs: number;
}

export interface LiveList<Row extends ListRow> {
  readonly items: readonly Row[];
  /** Where the next page begins; null at the end, or before the first page. */
  readonly nextCursor: string | null;
  /** Whether the first page was read. */
  readonly isRead: boolean;
  /** What the feed told since it was connected; null = the row is gone. */
  readonly told: ReadonlyMap<string, Row | null>;
}

export const emptyList: LiveList<never> = { items: [], nextCursor: null, isRead: false, told: new Map() };

/** The feed was connected: what it tells counts from here on. */
export function feedStarted<Row extends ListRow>(list: LiveList<Row>): LiveList<Row> {
  return { ...list, told: new Map() };
}

export function rowTold<Row extends ListRow>(
  list: LiveList<Row>,
  id: string,
  row: Row | null,
): LiveList<Row> {
  const told = new Map(list.told).set(id, row);
  const others = list.items.filter((item) => item.id !== id);
  // What lies behind the last page that was read comes with its page.
  const isShown = row !== null && (!list.isRead || list.nextCursor === null || isWithin(list.items, row));
  return { ...list, told, items: isShown ? inserted(others, row) : others };
}

/** `isFirst`: the page is the list's first, and replaces what was there. */
export function pageRead<Row extends ListRow>(
  list: LiveList<Row>,
  page: { readonly items: readonly Row[]; readonly nextCursor: string | null },
  isFirst: boolean,
): LiveList<Row> {
  const kept = isFirst ? [...list.told.values()].filter((row) => row !== null) : list.items;
  const known = new Set([...kept.map(({ id }) => id), ...list.told.keys()]);
  const items = [...kept, ...page.items.filter(({ id }) => !known.has(id))].toSorted(newestFirst);
  return { ...list, items, nextCursor: page.nextCursor, isRead: true };
}

function isWithin<Row extends ListRow>(items: readonly Row[], row: Row): boolean {
  const last = items.at(-1);
  return last === undefined || newestFirst(row, last) <= 0 || items.some(({ id }) => id === row.id);
}

function inserted<Row extends ListRow>(items: readonly Row[], row: Row): readonly Row[] {
  const at = items.findIndex((other) => newestFirst(row, other) < 0);
  return at < 0 ? [...items, row] : items.toSpliced(at, 0, row);
}

function newestFirst(one: ListRow, other: ListRow): number {
  return other.createdAtMs - one.createdAtMs || (other.id < one.id ? -1 : other.id > one.id ? 1 : 0);
}
