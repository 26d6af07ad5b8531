// Clocks: they tick once a second, all of them together, and only while one is shown. Not told to screen readers.
import { type Signal, signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { duration } from "../kit/amounts.ts";

const tickMs = 1_000;
const nowMs: Signal<number> = signal(Date.now());
let shownCount = 0;
let timer: ReturnType<typeof setInterval> | undefined;

function useNow(): number {
  useEffect(() => {
    shownCount += 1;
    nowMs.value = Date.now();
    timer ??= setInterval(() => {
      nowMs.value = Date.now();
    }, tickMs);
    return () => {
      shownCount -= 1;
      if (shownCount > 0) return;
      clearInterval(timer);
      timer = undefined;
    };
  }, []);
  return nowMs.value;
}

/** How long something has been going on. `sinceMs`: milliseconds since 1970. */
export function RunningTime({ sinceMs }: { readonly sinceMs: number }): JSX.Element {
  const seconds = Math.max(0, Math.floor((useNow() - sinceMs) / tickMs));
  return (
    <span class="run-clock" role="timer">
      {duration(seconds === 0 ? 0 : seconds * tickMs)}
    </span>
  );
}

/** How long there is until a point in time; nothing is left after it. */
export function TimeLeft({ untilMs }: { readonly untilMs: number }): JSX.Element {
  const seconds = Math.max(0, Math.ceil((untilMs - useNow()) / tickMs));
  return (
    <span class="run-clock" role="timer">
      {duration(seconds * tickMs)}
    </span>
  );
}
