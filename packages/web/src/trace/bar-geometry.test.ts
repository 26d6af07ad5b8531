import fc from "fast-check";
import { expect, test } from "vitest";
import { spanOf, turnSpans } from "../testing/spans.ts";
import { segmentsOf, timeOf } from "./bar-geometry.ts";

test("the time of a turn goes from its first begin to its last end, and to now while a span is open", () => {
  expect(timeOf(turnSpans(), 3_000)).toEqual({ startMs: 1_000, endMs: 3_000 });
  // A clock that is behind the daemon's takes nothing away.
  expect(timeOf(turnSpans(), 0)).toEqual({ startMs: 1_000, endMs: 1_600 });
  expect(timeOf([], 500)).toEqual({ startMs: 500, endMs: 500 });
});

test("a request is divided at its first token, and all else is one piece", () => {
  const turn = { startMs: 1_000, endMs: 2_000 };
  const [, , , request, tool] = turnSpans();
  expect(request && segmentsOf(request, turn, 2_000)).toEqual([
    { kind: "first-token", start: 0, length: 0.1 },
    { kind: "decode", start: 0.1, length: 0.30000000000000004 },
  ]);
  expect(tool && segmentsOf(tool, turn, 2_000)).toEqual([
    { kind: "tool", start: 0.4, length: expect.closeTo(0.03) },
  ]);
});

test("a request that still waits for its first token is one piece that grows", () => {
  const waiting = spanOf("request", { name: "provider-request", durationMs: null, outcome: "open" });
  const [first] = segmentsOf(waiting, { startMs: 1_000, endMs: 3_000 }, 2_000);
  expect(first).toEqual({ kind: "request", start: 0, length: 0.5 });
});

test("a span that never ended is a moment", () => {
  const cut = spanOf("cut", { durationMs: null, outcome: "interrupted", startedAtMs: 1_500 });
  expect(segmentsOf(cut, { startMs: 1_000, endMs: 2_000 }, 9_000)).toEqual([
    { kind: "other", start: 0.5, length: 0 },
  ]);
});

test("no piece leaves the bar, and pieces follow each other", () => {
  const ms = fc.integer({ min: 0, max: 10_000 });
  fc.assert(
    fc.property(ms, fc.option(ms), fc.option(ms), ms, ms, (startedAtMs, durationMs, first, from, length) => {
      const attributes = first === null ? {} : { timeToFirstTokenMs: first };
      const span = spanOf("any", { name: "provider-request", startedAtMs, durationMs, attributes });
      const segments = segmentsOf(span, { startMs: from, endMs: from + length }, 5_000);
      let end: number | undefined;
      for (const segment of segments) {
        expect(segment.start).toBeGreaterThanOrEqual(0);
        expect(segment.length).toBeGreaterThanOrEqual(0);
        expect(segment.start + segment.length).toBeLessThanOrEqual(1 + 1e-9);
        if (end !== undefined && length > 0) expect(segment.start).toBeCloseTo(end);
        end = segment.start + segment.length;
      }
    }),
  );
});
