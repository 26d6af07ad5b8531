import type { BodyRecord, SpanRecord } from "@lathe/kernel";

/** What the sink is given, in the order in which it was given. */
export type TraceEntry = SpanRecord | BodyRecord;

export function isBody(entry: TraceEntry): entry is BodyRecord {
  return "body" in entry;
}
