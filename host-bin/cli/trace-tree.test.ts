import type { SpanTrace } from "@lathe/wire";
import { expect, test } from "vitest";
import { durationText } from "./durations.ts";
import { diffLines } from "./prompt-diff-lines.ts";
import { traceLines } from "./trace-tree.ts";

function span(depth: number, name: string, changed: Partial<SpanTrace> = {}): SpanTrace {
  return {
    traceId: "t",
    spanId: "s",
    parentSpanId: null,
    depth,
    source: "agents",
    name,
    startedAtMs: 0,
    durationMs: 12,
    outcome: "ok",
    attributes: {},
    bodies: [],
    logs: [],
    ...changed,
  };
}

test("T9: a turn is a tree with durations, tokens and outcomes, and what never ended is told", () => {
  const log = { source: "x", atMs: 0, level: "warn", message: "Slow.", attributes: {} } as const;
  const usage = {
    inputTokens: 10,
    outputTokens: 4,
    cacheReadTokens: 6,
    cacheWriteTokens: 0,
    reasoningTokens: null,
  };
  const spans = [
    span(0, "turn", { attributes: { agent: "default", model: "a/b", finishReason: "stop" } }),
    span(1, "step", { attributes: { index: 0 }, durationMs: 1_500 }),
    span(2, "provider-request", {
      attributes: { provider: "a", model: "b", attempt: 2, ...usage, timeToFirstTokenMs: 3, decodeMs: 9 },
      logs: [log, { ...log, level: "info", message: "Not shown." }],
    }),
    span(2, "tool-call", { attributes: { tool: "run", outcome: "timeout" }, outcome: "error" }),
    span(1, "step", { attributes: { index: 1 }, durationMs: null, outcome: "interrupted" }),
    span(2, "prompt", { durationMs: 0.25 }),
  ];
  expect(traceLines({ turnId: "trn_1", conversationId: "cnv_1", spans, cut: true })).toEqual(
    [
      "trn_1 of cnv_1",
      "turn                                   ok           12 ms                                     default, a/b, stop",
      "├─ step 0                              ok           1.50 s",
      "│  ├─ provider-request a/b (attempt 2)  ok           12 ms   10 in (6 from the cache), 4 out  first token after 3.0 ms, then 9.0 ms",
      "│  │     ! Slow.                        warn",
      "│  └─ tool-call run                    error        12 ms                                     timeout",
      "└─ step 1                              interrupted",
      "   └─ prompt                           ok           0.3 ms",
      "There are more spans than are shown.",
    ].map((line) => expect.stringMatching(pattern(line))),
  );
});

/** The words of the line in their order; how wide the columns are is not the matter here. */
function pattern(line: string): RegExp {
  const words = line
    .trimEnd()
    .split(/\s+/)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^\\s*${words.filter((word) => word !== "").join("\\s+")}$`);
}

test("H7s: what models and tools named does not steer the terminal", () => {
  const hostile = "run\u001b[2J\u202ereversed\r\nforged line";
  const spans = [
    span(0, hostile),
    span(1, "tool-call", {
      attributes: { tool: hostile, outcome: hostile },
      logs: [{ source: "x", atMs: 0, level: "error", message: hostile, attributes: {} }],
    }),
  ];
  const lines = [
    ...traceLines({ turnId: hostile, conversationId: hostile, spans, cut: false }),
    ...diffLines({
      from: { stepIndex: 0, spanId: "s", length: 1, messageCount: 1 },
      to: { stepIndex: 1, spanId: "s", length: 1, messageCount: 1 },
      firstDifferenceAt: 3,
      head: [{ part: hostile, change: "changed", before: hostile, after: hostile }],
      sameMessageCount: 0,
      messages: [{ index: 0, change: "added", role: hostile, before: null, after: hostile }],
      cut: false,
    }),
  ];
  for (const line of lines) expect(line).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
  expect(lines.length).toBe(4 + 3 + 3 + 2);
});

test("a duration has the unit that fits", () => {
  expect([0, 0.04, 9.94, 10.2, 999.4, 1_234, 59_960, 61_000, 7_200_500].map(durationText)).toEqual([
    "0.0 ms",
    "0.0 ms",
    "9.9 ms",
    "10 ms",
    "999 ms",
    "1.23 s",
    "60.0 s",
    "1 min 1 s",
    "120 min 0 s",
  ]);
});
