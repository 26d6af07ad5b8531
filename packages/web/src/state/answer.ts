// What was asked for and is shown when it comes: for panes that read something once, or again.
import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useCallback, useEffect, useRef } from "preact/hooks";

export type Answer<Value> =
  | { readonly kind: "asking" }
  | { readonly kind: "answered"; readonly value: Value; readonly isStale: boolean }
  | { readonly kind: "failed"; readonly failure: unknown };

export interface Asked<Value> {
  readonly answer: ReadonlySignal<Answer<Value>>;
  /** Asks again; until it comes, the last answer stays, marked as stale. */
  readonly again: () => void;
}

/** Asks when `key` changes, and leaves what was asked before. An answer that comes too late is dropped. */
export function useAnswer<Value>(key: string, askFor: (signal: AbortSignal) => Promise<Value>): Asked<Value> {
  const answer = useSignal<Answer<Value>>({ kind: "asking" });
  const leaving = useRef<AbortController>(undefined);
  const latest = useRef(askFor);
  latest.current = askFor;
  const begin = useCallback((): void => {
    leaving.current?.abort();
    const mine = new AbortController();
    leaving.current = mine;
    latest.current(mine.signal).then(
      (value) => {
        if (!mine.signal.aborted) answer.value = { kind: "answered", value, isStale: false };
      },
      (failure: unknown) => {
        if (!mine.signal.aborted) answer.value = { kind: "failed", failure };
      },
    );
  }, [answer]);
  // The key stands for all that the question is made of.
  useEffect(() => {
    answer.value = { kind: "asking" };
    begin();
    return () => leaving.current?.abort();
  }, [key, begin, answer]);
  const again = useCallback((): void => {
    const { value } = answer;
    answer.value = value.kind === "answered" ? { ...value, isStale: true } : { kind: "asking" };
    begin();
  }, [begin, answer]);
  return { answer, again };
}
