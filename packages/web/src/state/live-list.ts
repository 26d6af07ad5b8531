// A list that is shown as it is now: the newest rows by page, and what a change feed tells of them since.
//
// Invariants
//   L1  What the feed told of a row since it was connected counts; for all other rows what the list said.
//   L2  Rows are ordered from the newest to the oldest, each once, whatever order things came in.
//   L3  A reconnected feed begins anew; until its list is there, what was shown before stays.
//   L4  The rows are those down to the last one that a page brought, without a gap.

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
  /** The last row that a page brought; null = none has. */
  readonly readTo: ListRow | null;
  /** What the feed told since it was connected; null = the row is gone. */
  readonly told: ReadonlyMap<string, Row | null>;
}

export const emptyList: LiveList<never> = {
  items: [],
  nextCursor: null,
  isRead: false,
  readTo: null,
  told: new Map(),
};

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
  return { ...list, told, items: [...others, ...within(list, changes)].toSorted(newestFirst) };
}

/** Whether it is better to begin anew, as if the feed had just been connected. */
export function isOvergrown({ told }: LiveList<ListRow>): boolean {
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
  const readTo = page.items.at(-1) ?? (isFirst ? null : list.readTo);
  const read = { ...list, nextCursor, readTo, isRead: true };
  const rows = [...(isFirst ? [] : list.items), ...page.items].filter(({ id }) => !told.has(id));
  const each = new Map([...rows, ...within(read, told)].map((row) => [row.id, row]));
  return { ...read, items: [...each.values()].toSorted(newestFirst) };
}

/** What lies behind the last page that was read comes with its page. */
function within<Row extends ListRow>(
  { isRead, nextCursor, readTo }: LiveList<Row>,
  changes: ReadonlyMap<string, Row | null>,
): readonly Row[] {
  const isAll = !isRead || nextCursor === null || readTo === null;
  return [...changes.values()].filter(
    (row) => row !== null && (isAll || newestFirst(row, readTo) <= 0),
  ) as readonly Row[];
}

function newestFirst(one: ListRow, other: ListRow): number {
  return other.createdAtMs - one.createdAtMs || (other.id < one.id ? -1 : other.id > one.id ? 1 : 0);
}
