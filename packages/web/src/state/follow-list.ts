// Keeps a live list up to date while somebody is signed in. What a feed tells at about the same time changes the list
// once: a list of thousands must not be made anew for each of a thousand rows.
import { type Signal, signal } from "@preact/signals";
import {
  emptyList,
  feedStarted,
  isOvergrown,
  type ListRow,
  type LiveList,
  pageRead,
  rowsTold,
} from "./live-list.ts";
import { isUnauthorized, noteRefusal } from "./session.ts";

export interface ListSource<Row extends ListRow> {
  /** The time that the daemon orders its list by. */
  timeOf(row: Row): number;
  /** Undefined = the feed begins here. */
  changes(signal: AbortSignal): AsyncIterable<{ readonly id: string; readonly row: Row | null } | undefined>;
  page(
    cursor: string | null,
    signal: AbortSignal,
  ): Promise<{ items: readonly Row[]; nextCursor: string | null }>;
}

export interface FollowedList<Row extends ListRow> {
  readonly list: Signal<LiveList<Row>>;
  /** What went wrong the last time that a page was read; null while nothing did. */
  readonly failure: Signal<unknown>;
  readonly isLoading: Signal<boolean>;
  /** Reads the next page, where there is one; the first one again where that failed. */
  loadMore(): Promise<void>;
  /** Reads the first page, in place of all that was read; what the feed told since it was connected stays. */
  readAgain(): Promise<void>;
  /** Returns how to stop. */
  start(): () => void;
}

const gatheringMs = 50;
const gatheredCountMax = 500;

export function followList<Row extends ListRow>(source: ListSource<Row>): FollowedList<Row> {
  const nothing = emptyList(source.timeOf);
  const list: Signal<LiveList<Row>> = signal(nothing);
  const failure = signal<unknown>(null);
  const isLoading = signal(false);
  let leaving = new AbortController();
  /** The first page that was asked for last: what was asked for before it is of an earlier list. */
  let current = 0;
  let isFirstMissing = false;
  const waiting = new Map<string, Row | null>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function read(isFirst: boolean): Promise<void> {
    const { signal: gone } = leaving;
    const cursor = isFirst ? null : list.value.nextCursor;
    if (isFirst) {
      current += 1;
      isFirstMissing = true;
    }
    const mine = current;
    isLoading.value = true;
    try {
      const page = await source.page(cursor, gone);
      if (gone.aborted || mine !== current) return;
      list.value = pageRead(list.value, page, isFirst);
      if (isFirst) isFirstMissing = false;
      failure.value = null;
    } catch (error) {
      if (!gone.aborted && mine === current) failure.value = error;
    } finally {
      if (mine === current) isLoading.value = false;
    }
  }

  function begin(): void {
    list.value = feedStarted(list.value);
    void read(true);
  }

  function takeIn(): void {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.size === 0) return;
    list.value = rowsTold(list.value, waiting);
    waiting.clear();
    if (isOvergrown(list.value)) begin();
  }

  async function follow(gone: AbortSignal): Promise<void> {
    try {
      for await (const change of source.changes(gone)) {
        // One that was left may have had its next change under way.
        if (gone.aborted) return;
        if (change === undefined) {
          takeIn();
          begin();
          continue;
        }
        waiting.set(change.id, change.row);
        // A tab that nobody looks at has slow timers.
        if (waiting.size >= gatheredCountMax) takeIn();
        else timer ??= setTimeout(takeIn, gatheringMs);
      }
    } catch (error) {
      if (gone.aborted) return;
      noteRefusal(error);
      if (!isUnauthorized(error)) failure.value = error;
    }
  }

  return {
    list,
    failure,
    isLoading,
    loadMore: async () => {
      if (!isLoading.value && (isFirstMissing || list.value.nextCursor !== null)) await read(isFirstMissing);
    },
    readAgain: () => read(true),
    start: () => {
      leaving = new AbortController();
      void follow(leaving.signal);
      return () => {
        leaving.abort();
        clearTimeout(timer);
        timer = undefined;
        waiting.clear();
        list.value = nothing;
      };
    },
  };
}
