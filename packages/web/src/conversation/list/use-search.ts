// What the daemon finds of what is not loaded yet, while one types.
import type { Conversation } from "@lathe/kernel";
import { conversationsList } from "@lathe/wire/operations";
import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ask } from "../../state/daemon.ts";

export interface Found {
  readonly items: readonly Conversation[];
  /** Where the search goes on; null at its end. */
  readonly nextCursor: string | null;
  readonly isAsking: boolean;
  readonly failure: unknown;
}

export interface Search {
  readonly found: ReadonlySignal<Found>;
  readonly more: () => void;
}

const nothing: Found = { items: [], nextCursor: null, isAsking: false, failure: null };
const pauseMs = 250;
const pageCount = 50;

/** Asks when nothing was typed for a moment. What is found for an earlier text is dropped. */
export function useSearch(text: string): Search {
  const found = useSignal(nothing);
  const leaving = useRef<AbortController>(undefined);
  const read = async (cursor: string | null): Promise<void> => {
    const signal = leaving.current?.signal;
    if (signal === undefined) return;
    found.value = { ...found.value, isAsking: true, failure: null };
    try {
      const input = { search: text, limit: pageCount, ...(cursor === null ? {} : { cursor }) };
      const { items, nextCursor } = await ask(conversationsList, input, { signal });
      const before = cursor === null ? [] : found.value.items;
      if (!signal.aborted)
        found.value = { items: [...before, ...items], nextCursor, isAsking: false, failure: null };
    } catch (failure) {
      if (!signal.aborted) found.value = { ...found.value, isAsking: false, failure };
    }
  };
  useEffect(() => {
    const mine = new AbortController();
    leaving.current = mine;
    found.value = { ...nothing, isAsking: text !== "" };
    const timer = text === "" ? undefined : setTimeout(() => void read(null), pauseMs);
    return () => {
      clearTimeout(timer);
      mine.abort();
    };
  }, [text]);
  return { found, more: () => void read(found.peek().nextCursor) };
}
