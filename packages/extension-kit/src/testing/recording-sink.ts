import type { LogSink, SpanRecord } from "@lathe/kernel";

export interface RecordingSink extends LogSink {
  /** Everything that was written, in order. It grows. */
  readonly records: readonly SpanRecord[];
}

/** A sink that keeps what it is given. */
export function recordingSink(): RecordingSink {
  const records: SpanRecord[] = [];
  return { records, write: (record) => void records.push(record) };
}
