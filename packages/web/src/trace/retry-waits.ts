// How long a step waited before it asked again: time that no span of it accounts for.
import type { SpanTrace } from "@lathe/wire";
import { kindOf } from "./span-words.ts";

/** Shorter ones are the work between two requests rather than a wait. */
const waitMsMin = 50;

/** Milliseconds by the span id of the request that was made after the wait. */
export function retryWaits(spans: readonly SpanTrace[]): ReadonlyMap<string, number> {
  const waits = new Map<string, number>();
  const endedAtMs = new Map<string | null, number>();
  for (const span of spans) {
    if (kindOf(span) !== "request") continue;
    const { spanId, parentSpanId, startedAtMs, durationMs } = span;
    const waitedMs = startedAtMs - (endedAtMs.get(parentSpanId) ?? startedAtMs);
    if (waitedMs >= waitMsMin) waits.set(spanId, waitedMs);
    if (durationMs === null) endedAtMs.delete(parentSpanId);
    else endedAtMs.set(parentSpanId, startedAtMs + durationMs);
  }
  return waits;
}
