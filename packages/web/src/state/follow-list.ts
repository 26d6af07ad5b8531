// Keeps a live list up to date while somebody is signed in.

import { type Signal, signal } from "@preact/signals";
import { emptyList, feedStarted, type ListRow, type LiveList, pageRead, rowTold } from "./live-list.ts";
import { isUnauthorized, noteRefusal } from "./session.ts";

export interface ListSource<Row extends ListRow> {
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
  /** Reads the next page, where there is one. */
  loadMore(): Promise<void>;
  /** Reads the first page, in place of all that was read; what the feed told since it was connected stays. */
  readAgain(): Promise<void>;
  /** Returns how to stop. */
  start(): () => void;
}

export function followList<Row extends ListRow>(source: ListSource<Row>): FollowedList<Row> {
  const list: Signal<LiveList<Row>> = signal(emptyList);
  const failure = signal<unknown>(null);
  const isLoading = signal(false);
  let leaving = new AbortController();
  /** The first page that was asked for last: what was asked for before it is of an earlier list. */
  let current = 0;

  async function read(isFirst: boolean): Promise<void> {
    const { signal: gone } = leaving;
    const cursor = isFirst ? null : list.value.nextCursor;
    if (isFirst) current += 1;
    const mine = current;
    isLoading.value = true;
    try {
      const page = await source.page(cursor, gone);
      if (gone.aborted || mine !== current) return;
      list.value = pageRead(list.value, page, isFirst);
      failure.value = null;
    } catch (error) {
      if (!gone.aborted && mine === current) failure.value = error;
    } finally {
      if (mine === current) isLoading.value = false;
    }
  }

  async function follow(gone: AbortSignal): Promise<void> {
    try {
      for await (const change of source.changes(gone)) {
        if (change === undefined) {
          list.value = feedStarted(list.value);
          void read(true);
        } else list.value = rowTold(list.value, change.id, change.row);
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
      if (!isLoading.value && list.value.nextCursor !== null) await read(false);
    },
    readAgain: () => read(true),
    start: () => {
      leaving = new AbortController();
      void follow(leaving.signal);
      return () => {
        leaving.abort();
        list.value = emptyList;
      };
    },
  };
}
