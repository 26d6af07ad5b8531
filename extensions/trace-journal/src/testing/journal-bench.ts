// A journal whose disk and time are in the test's hands.

import { type FakeTimers, fakeClock, fakeTimers } from "@lathe/extension-kit/testing";
import type { LogLevel, SpanRecord } from "@lathe/kernel";
import { Journal, type JournalSettings } from "../core/journal.ts";
import { parseLine } from "../core/record-lines.ts";

export const settings: JournalSettings = {
  records: ["log"],
  flushMs: 50,
  batchBytes: 65_536,
  queueRecordCountMax: 1_000,
  queueBytesMax: 1_000_000,
  recordBytesMax: 100_000,
  retryMs: 1_000,
  reportMs: 60_000,
  closeMs: 2_000,
};

export interface Append {
  readonly lines: string;
  finish(): void;
  fail(code: string): void;
}

export interface JournalBench {
  readonly journal: Journal;
  readonly timers: FakeTimers;
  /** Every append so far. Each waits until the test ends it, unless `answer` is set. */
  readonly appends: readonly Append[];
  /** How appends end by themselves: "ok", an error's code, or undefined for "when the test says so". */
  answer: string | undefined;
  readonly reports: readonly Report[];
  readonly closeCount: () => number;
  /** The records that appends have carried, also those that failed. */
  readonly carried: () => readonly SpanRecord[];
}

export interface Report {
  readonly level: LogLevel;
  readonly message: string;
  readonly attributes: unknown;
}

export function createJournalBench(changed: Partial<JournalSettings> = {}): JournalBench {
  const appends: Append[] = [];
  const reports: Report[] = [];
  let closeCount = 0;
  const clock = fakeClock();
  const timers = fakeTimers(clock);
  const journal = new Journal(
    { ...settings, ...changed },
    {
      clock,
      timers,
      logger: {
        source: "trace-journal",
        log: (level, message, attributes) => void reports.push({ level, message, attributes }),
        openSpan: () => {
          throw new Error("The journal opens no spans.");
        },
      },
      append: (lines) => begin(lines),
      close: async () => void closeCount++,
    },
  );
  const bench: JournalBench = {
    journal,
    timers,
    appends,
    answer: "ok",
    reports,
    closeCount: () => closeCount,
    carried: () => appends.flatMap(({ lines }) => recordsOf(lines)),
  };
  function begin(lines: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const fail = (code: string): void => reject(Object.assign(new Error("The disk says no."), { code }));
    appends.push({ lines, finish: resolve, fail });
    if (bench.answer === "ok") resolve();
    else if (bench.answer !== undefined) fail(bench.answer);
    return promise;
  }
  return bench;
}

export function recordsOf(lines: string): readonly SpanRecord[] {
  return lines.split("\n").slice(0, -1).map(recordOf);
}

function recordOf(line: string): SpanRecord {
  const record = parseLine(line);
  if (record === undefined) throw new Error(`This line is not a record: ${line}`);
  return record;
}
