// Tells of a row that somebody else keeps up to date: when it becomes known, and when it changes.
import { type ReadonlySignal, untracked, useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";

/** `isFirst`: the value is the first that is known. Undefined = not known (any more), which is not told. */
export function useChange<Value>(
  value: ReadonlySignal<Value | undefined>,
  tell: (isFirst: boolean) => void,
): void {
  const known = useRef<Value>(undefined);
  useSignalEffect(() => {
    const now = value.value;
    if (now === undefined || now === known.current) return;
    const isFirst = known.current === undefined;
    known.current = now;
    untracked(() => tell(isFirst));
  });
}
