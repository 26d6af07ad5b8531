// The logs of two conversations from where they part, followed for as long as they are shown.
import { conversationsEntries, conversationsStream } from "@lathe/wire/operations";
import { useSignalEffect } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { ask, daemon } from "../state/daemon.ts";
import { ComparedLog } from "./compared-log.ts";

/** Entries that are read at once of each. */
const pageCount = 200;

/** `sinceSeq` stays the same for as long as the component is shown. `onProgress`: a step or a turn is over, or begins. */
export function useLogs(
  ids: readonly [string, string],
  sinceSeq: number,
  onProgress: () => void,
): readonly [ComparedLog, ComparedLog] {
  const [logs] = useState(() => [openLog(ids[0], sinceSeq), openLog(ids[1], sinceSeq)] as const);
  useEffect(() => {
    const stops = logs.map((log) => log.start());
    return () => {
      for (const stop of stops) stop();
    };
  }, [logs]);
  const seen = useRef<number>(undefined);
  useSignalEffect(() => {
    const [log, other] = logs;
    const areWhole = [log, other].every(({ reach }) => reach.value.kind === "end");
    const lastSeq = log.lastSeq.value + other.lastSeq.value;
    // What is read page by page was there already when the sums were made.
    if (areWhole && seen.current !== undefined && seen.current !== lastSeq) onProgress();
    if (areWhole) seen.current = lastSeq;
  });
  return logs;
}

function openLog(id: string, sinceSeq: number): ComparedLog {
  return new ComparedLog(sinceSeq, {
    read: (seq, signal) => ask(conversationsEntries, { id, sinceSeq: seq, limit: pageCount }, { signal }),
    follow: (after, signal) => daemon.follow(conversationsStream, { id }, { after, signal }),
    later: (show) => {
      const frame = requestAnimationFrame(show);
      return () => cancelAnimationFrame(frame);
    },
  });
}
