// Where the bar of a span begins and ends, as shares of the time that the whole turn took.
//
// Invariants
//   B1  Every segment lies within 0 and 1, and segments of one span follow each other without a gap.
import type { SpanTrace } from "@lathe/wire";
import { kindOf } from "./span-words.ts";

export interface TimeSpan {
  readonly startMs: number;
  readonly endMs: number;
}

export type SegmentKind = "first-token" | "decode" | "request" | "tool" | "other";

export interface Segment {
  readonly kind: SegmentKind;
  /** From 0 to 1, of the turn. */
  readonly start: number;
  readonly length: number;
}

/** From the first begin to the last end. What is open goes on until `nowMs`, unless something is later even so. */
export function timeOf(spans: readonly SpanTrace[], nowMs: number): TimeSpan {
  let startMs = Number.POSITIVE_INFINITY;
  let endMs = Number.NEGATIVE_INFINITY;
  for (const span of spans) {
    startMs = Math.min(startMs, span.startedAtMs);
    endMs = Math.max(endMs, endOf(span, nowMs));
  }
  return startMs <= endMs ? { startMs, endMs } : { startMs: nowMs, endMs: nowMs };
}

/** One segment, or two where a provider said when its first token came. */
export function segmentsOf(span: SpanTrace, turn: TimeSpan, nowMs: number): readonly Segment[] {
  const endMs = endOf(span, nowMs);
  const kind = kindOf(span);
  const whole = (of: SegmentKind) => [segment(of, span.startedAtMs, endMs, turn)];
  if (kind === "tool") return whole("tool");
  if (kind !== "request") return whole("other");
  const { timeToFirstTokenMs } = span.attributes;
  if (typeof timeToFirstTokenMs !== "number") return whole("request");
  const firstTokenMs = Math.min(endMs, span.startedAtMs + Math.max(0, timeToFirstTokenMs));
  return [
    segment("first-token", span.startedAtMs, firstTokenMs, turn),
    segment("decode", firstTokenMs, endMs, turn),
  ];
}

/** Of a span that never ended nobody knows the end: it is shown as a moment. */
function endOf({ startedAtMs, durationMs, outcome }: SpanTrace, nowMs: number): number {
  if (durationMs !== null) return startedAtMs + durationMs;
  return outcome === "open" ? Math.max(startedAtMs, nowMs) : startedAtMs;
}

function segment(kind: SegmentKind, startMs: number, endMs: number, turn: TimeSpan): Segment {
  const length = turn.endMs - turn.startMs;
  if (length <= 0) return { kind, start: 0, length: 1 };
  const start = share((startMs - turn.startMs) / length);
  return { kind, start, length: Math.max(0, share((endMs - turn.startMs) / length) - start) };
}

function share(value: number): number {
  return Math.min(1, Math.max(0, value));
}
