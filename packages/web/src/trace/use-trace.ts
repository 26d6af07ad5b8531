// The trace of a turn as it is now: read again every 2 s for as long as a span of it is open, and when its run changes.
import { LatheProblem } from "@lathe/client";
import type { TurnTrace } from "@lathe/wire";
import { tracesGet } from "@lathe/wire/operations";
import { type ReadonlySignal, useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ask } from "../state/daemon.ts";
import { type Reading, startReading } from "../state/reading.ts";
import { isGoingOn, runFeed } from "../state/run-feed.ts";
import { useChange } from "../state/use-change.ts";

export interface ReadTrace {
  readonly trace: TurnTrace;
  /** When it was read, in milliseconds since 1970, by the clock of this browser. */
  readonly atMs: number;
}

export interface LiveTrace {
  /** Null until it was read. */
  readonly read: ReadonlySignal<ReadTrace | null>;
  /** Why the last reading failed; null where it did not. What was read before stays. */
  readonly failure: ReadonlySignal<unknown>;
  readonly again: () => void;
}

const againMs = 2_000;

export function useTrace(turnId: string): LiveTrace {
  const read = useSignal<ReadTrace | null>(null);
  const failure = useSignal<unknown>(null);
  const reading = useRef<Reading>(undefined);
  const run = useComputed(() => runFeed.list.value.items.find((item) => item.turnId === turnId));
  useEffect(() => {
    const started = startReading(async (signal) => {
      try {
        const trace = await ask(tracesGet, { turnId }, { signal });
        if (signal.aborted) return null;
        read.value = { trace, atMs: Date.now() };
        failure.value = null;
        return isOpen(trace) ? againMs : null;
      } catch (error) {
        if (!signal.aborted) failure.value = error;
        const mayComeYet = run.value !== undefined && isGoingOn(run.value);
        return mayComeYet || !(error instanceof LatheProblem) ? againMs : null;
      }
    });
    reading.current = started;
    return started.stop;
  }, [turnId, read, failure, run]);
  useChange(run, (isFirst) => {
    // It was read a moment ago, unless it was not there yet.
    if (!isFirst || failure.value !== null) reading.current?.now();
  });
  return { read, failure, again: () => reading.current?.now() };
}

function isOpen({ spans }: TurnTrace): boolean {
  return spans.some(({ outcome }) => outcome === "open");
}
