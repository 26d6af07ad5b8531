// Time that goes by, for eyes alone: nothing of it is announced.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { duration } from "../../kit/amounts.ts";

const tickMs = 500;

/** How long it has been since a point in time (milliseconds since 1970), from one second on. */
export function Elapsed({ sinceMs }: { readonly sinceMs: number }): JSX.Element | null {
  const nowMs = useSignal(Date.now());
  useEffect(() => {
    const timer = setInterval(() => {
      nowMs.value = Date.now();
    }, tickMs);
    return () => clearInterval(timer);
  }, [nowMs]);
  const seconds = Math.floor((nowMs.value - sinceMs) / 1_000);
  return seconds < 1 ? null : <span class="turn-clock">{duration(seconds * 1_000)}</span>;
}
