// Records as they are stored: short rows of values, since there are many of them. A span that opened and closed within
// one batch is one record.
import type { Attributes, JsonValue, LogLevel, SpanOutcome, SpanRecord } from "@lathe/kernel";
import type { BodyReference } from "./body-shelf.ts";
import type { Part } from "./keys.ts";

export type StoredRecord =
  | readonly [
      "o",
      source: string,
      spanId: string,
      parent: string | null,
      name: string,
      atMs: number,
      Attributes,
    ]
  | readonly ["c", ...ClosedSpan]
  | readonly ["w", ...ClosedSpan, atBegin: Attributes]
  | readonly ["l", source: string, spanId: string, atMs: number, LogLevel, message: string, Attributes]
  | readonly ["b", spanId: string, name: string, ...StoredBody];

/** In a `w` its time is that of its begin, and it has the attributes of both ends: to merge them is the reader's. */
type ClosedSpan = readonly [
  source: string,
  spanId: string,
  parent: string | null,
  name: string,
  atMs: number,
  durationMs: number,
  outcome: SpanOutcome,
  attributes: Attributes,
];

export type StoredBody = readonly [
  length: number,
  headLength: number,
  before: readonly Part[],
  list: number,
  itemCount: number,
  after: readonly Part[],
];

/** The row of one trace and one batch. */
export interface TraceRow {
  /** Null = not known. */
  readonly conversationId: string | null;
  readonly traceId: string;
  /** Numbers of the tool calls that began in it. */
  readonly calls: readonly number[];
  readonly records: readonly StoredRecord[];
}

type StoredRow = readonly [
  conversationId: string | null,
  traceId: string,
  calls: readonly number[],
  ...records: readonly StoredRecord[],
];

export function encodeRow({ conversationId, traceId, calls, records }: TraceRow): JsonValue {
  return [conversationId, traceId, calls, ...records] as unknown as JsonValue;
}

export function decodeRow(value: JsonValue): TraceRow {
  const [conversationId, traceId, calls, ...records] = value as unknown as StoredRow;
  return { conversationId, traceId, calls, records };
}

export function encodeRecord(record: SpanRecord): StoredRecord {
  const { source, atMs, attributes } = record;
  if (record.kind === "log")
    return ["l", source, record.spanId ?? "", atMs, record.level, record.message, attributes];
  const { spanId, parentSpanId, name } = record;
  if (record.kind === "open") return ["o", source, spanId, parentSpanId, name, atMs, attributes];
  const { durationMs, outcome } = record;
  return ["c", source, spanId, parentSpanId, name, atMs, wholeMicroseconds(durationMs), outcome, attributes];
}

/** A span of which both ends are at hand. */
export function encodeWhole(
  opened: Extract<StoredRecord, readonly ["o", ...unknown[]]>,
  closed: Extract<SpanRecord, { readonly kind: "close" }>,
): StoredRecord {
  const [, source, spanId, parent, name, atMs, attributes] = opened;
  const { durationMs, outcome } = closed;
  const tookMs = wholeMicroseconds(durationMs);
  return ["w", source, spanId, parent, name, atMs, tookMs, outcome, closed.attributes, attributes];
}

/** No clock is better than that, and shorter numbers are written and read faster. */
export function wholeMicroseconds(durationMs: number): number {
  return Math.max(0, Math.round(durationMs * 1_000) / 1_000);
}

export function encodeBody(spanId: string, name: string, body: BodyReference): StoredRecord {
  const { length, headLength, before, list, itemCount, after } = body;
  return ["b", spanId, name, length, headLength, before, list, itemCount, after];
}
