// A list that is shown as it is now: the newest rows by page, and what a change feed tells of them since.
//
// Invariants
//   L1  What the feed told of a row since it was connected counts; for all other rows what the list said.
//   L2  Rows are ordered from the newest to the oldest, each once, whatever order things came in. One that has moved since
//       stands where it is now.
//   L3  A reconnected feed begins anew; until its list is there, what was shown before stays.
//   L4  The rows are those down to the last one that a page brought, without a gap.

export interface ListRow {
  readonly id: string;
}

/** Where a row stands; of two of the same time the greater id is the newer. */
export interface ListPlace {
  readonly atMs: number;
  readonly id: string;
}

export interface LiveList<Row extends ListRow> {
  /** The time that rows are ordered by. */
  readonly timeOf: (row: Row) => number;
  readonly items: readonly Row[];
  /** Where the next page begins; null at the end, or before the first page. */
  readonly nextCursor: string | null;
  /** Whether the first page was read. */
  readonly isRead: boolean;
  /** Where the last row stood that a page brought; null = none has. */
  readonly readTo: ListPlace | null;
  /** What the feed told since it was connected; null = the row is gone. */
  readonly told: ReadonlyMap<string, Row | null>;
}

export function emptyList<Row extends ListRow>(timeOf: (row: Row) => number): LiveList<Row> {
  return { timeOf, items: [], nextCursor: null, isRead: false, readTo: null, told: new Map() };
}

/** Rows that a feed may tell of before the list is begun anew: a tab that is open for days must not hold them all. */
export const toldCountMax = 2_000;

/** The feed was connected: what it tells counts from here on. */
export function feedStarted<Row extends ListRow>(list: LiveList<Row>): LiveList<Row> {
  return { ...list, told: new Map() };
}

/** `changes`: by id what each row is now; null = it is gone. */
export function rowsTold<Row extends ListRow>(
  list: LiveList<Row>,
  changes: ReadonlyMap<string, Row | null>,
): LiveList<Row> {
  const told = new Map([...list.told, ...changes]);
  const others = list.items.filter(({ id }) => !changes.has(id));
  return { ...list, told, items: inOrder([...others, ...within(list, changes)], list) };
}

/** Whether it is better to begin anew, as if the feed had just been connected. */
export function isOvergrown({ told }: { readonly told: ReadonlyMap<string, unknown> }): boolean {
  return told.size > toldCountMax;
}

/** `isFirst`: the page is the list's first, and replaces what was there. */
export function pageRead<Row extends ListRow>(
  list: LiveList<Row>,
  page: { readonly items: readonly Row[]; readonly nextCursor: string | null },
  isFirst: boolean,
): LiveList<Row> {
  const { told } = list;
  const { nextCursor } = page;
  const last = page.items.at(-1);
  const readTo = last === undefined ? (isFirst ? null : list.readTo) : placeOf(last, list);
  const read = { ...list, nextCursor, readTo, isRead: true };
  const rows = [...(isFirst ? [] : list.items), ...page.items].filter(({ id }) => !told.has(id));
  const each = new Map([...rows, ...within(read, told)].map((row) => [row.id, row]));
  return { ...read, items: inOrder([...each.values()], list) };
}

/** What lies behind the last page that was read comes with its page. */
function within<Row extends ListRow>(
  list: LiveList<Row>,
  changes: ReadonlyMap<string, Row | null>,
): readonly Row[] {
  const { isRead, nextCursor, readTo } = list;
  const isAll = !isRead || nextCursor === null || readTo === null;
  const rows = [...changes.values()].filter((row) => row !== null);
  return isAll ? rows : rows.filter((row) => newestFirst(placeOf(row, list), readTo) <= 0);
}

function inOrder<Row extends ListRow>(rows: readonly Row[], list: LiveList<Row>): readonly Row[] {
  return rows.toSorted((one, other) => newestFirst(placeOf(one, list), placeOf(other, list)));
}

function placeOf<Row extends ListRow>(row: Row, { timeOf }: LiveList<Row>): ListPlace {
  return { atMs: timeOf(row), id: row.id };
}

/** The order of the daemon's lists. */
export function newestFirst(one: ListPlace, other: ListPlace): number {
  return other.atMs - one.atMs || (other.id < one.id ? -1 : other.id > one.id ? 1 : 0);
}
