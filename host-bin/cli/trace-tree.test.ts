import type { PromptDiff, SpanTrace, ToolCallTrace } from "@lathe/wire";
import { expect, test } from "vitest";
import { callLines } from "./call-lines.ts";
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

const usage = {
  inputTokens: 12_000,
  outputTokens: 4,
  cacheReadTokens: 9_000,
  cacheWriteTokens: 0,
  reasoningTokens: null,
};
const log = { source: "x", atMs: 0, level: "warn", message: "Slow.", attributes: {} } as const;
const spans: readonly SpanTrace[] = [
  span(0, "turn", {
    attributes: { agent: "default", model: "openai/gpt-5", finishReason: "interrupted", ...usage },
    durationMs: 61_000,
    outcome: "interrupted",
  }),
  span(1, "step", { attributes: { index: 0, finishReason: "tool-calls" }, durationMs: 1_500 }),
  span(2, "prompt", { attributes: { messageCount: 3, toolCount: 8 }, durationMs: 0.25 }),
  span(2, "provider-request", {
    attributes: { provider: "openai", model: "gpt-5", attempt: 1, failure: "rate-limit", status: 429 },
    outcome: "error",
  }),
  span(2, "provider-request", {
    attributes: { provider: "openai", model: "gpt-5", attempt: 2, ...usage, timeToFirstTokenMs: 300 },
    logs: [log, { ...log, level: "info", message: "Not shown." }],
  }),
  span(2, "tool-call", { attributes: { tool: "run_command", outcome: "timeout" }, outcome: "error" }),
  span(3, "child-process", { durationMs: 9 }),
  span(2, "tool-call", { attributes: { tool: "read_file", outcome: "aborted", ran: false } }),
  span(1, "step", { attributes: { index: 1 }, durationMs: null, outcome: "interrupted" }),
  span(2, "prompt", { durationMs: 0.25 }),
];

test("T9: a turn is a tree with durations, tokens and outcomes, and what never ended is told", () => {
  const lines = traceLines({ turnId: "trn_1", conversationId: "cnv_1", spans, cut: true }, 80);
  expect(lines).toEqual([
    "turn trn_1",
    "of cnv_1",
    "began 1970-01-01T00:00:00.000Z",
    "     took  outcome         in  cached  out  span",
    "1 min 1 s  interrupted  12000    9000    4  turn interrupted default openai/g...",
    "   1.50 s  ok                               ├─ step 0 tool-calls",
    "   0.3 ms  ok                               │  ├─ prompt 3 messages",
    "    12 ms  error                            │  ├─ request rate-limit 429 open...",
    "    12 ms  ok           12000    9000    4  │  ├─ request attempt 2 openai/gp...",
    "                                            │  │     ! warn: Slow.",
    "    12 ms  timeout                          │  ├─ run_command",
    "   9.0 ms  ok                               │  │  └─ child-process",
    "    12 ms  aborted                          │  └─ read_file not run",
    "           interrupted                      └─ step 1",
    "   0.3 ms  ok                                  └─ prompt",
    "There are more spans than are shown.",
  ]);
});

test("columns that hold nothing are left out, and a wide terminal shows more", () => {
  const local = spans.filter(({ attributes }) => attributes.inputTokens === undefined);
  const lines = traceLines({ turnId: "trn_1", conversationId: null, spans: local, cut: false }, 120);
  expect(lines).toContain(" 12 ms  error        │  ├─ request rate-limit 429 openai/gpt-5");
  expect(traceLines({ turnId: "trn_1", conversationId: null, spans: [], cut: false }, 80)).toEqual([
    "turn trn_1",
    "span",
  ]);
});

const words = (text: string): string => `{"role":"user","content":"${text}"}`;
const diff: PromptDiff = {
  from: { stepIndex: 0, spanId: "s", length: 1_000, messageCount: 2 },
  to: { stepIndex: 2, spanId: "s", length: 2_000, messageCount: 4 },
  firstDifferenceAt: 990,
  head: [{ part: "tools.look", change: "added", before: null, after: '{"name":"look"}' }],
  sameMessageCount: 1,
  messages: [
    {
      index: 1,
      change: "changed",
      role: "user",
      before: words(`${"same ".repeat(40)}one`),
      after: words(`${"same ".repeat(40)}other`),
    },
    { index: 2, change: "added", role: "tool", before: null, after: words("x".repeat(200)) },
    { index: 3, change: "removed", role: null, before: "7", after: null },
  ],
  cut: true,
};

test("T4: two prompts are compared by what is different in them", () => {
  expect(diffLines(diff, 80)).toEqual([
    "step 0: 1000 characters, 2 messages",
    "step 2: 2000 characters, 4 messages",
    "Characters that are the same at the beginning: 990 (49% of step 2).",
    "Messages that are the same at the beginning: 1.",
    "+ tools.look",
    '  + {"name":"look"}',
    "~ message 1 (user)",
    '  - ...same same same one"}',
    '  + ...same same same other"}',
    "+ message 2 (tool)",
    `  + {"role":"user","content":"${"x".repeat(47)}...`,
    "- message 3 (no role)",
    "  - 7",
    "There are more changes than are shown.",
  ]);
  const same = { ...diff, firstDifferenceAt: null, head: [], messages: [], cut: false };
  expect(diffLines(same, 80).at(-1)).toBe("The prompts are equal.");
});

const call: ToolCallTrace = {
  conversationId: "cnv_1",
  turnId: "trn_1",
  stepId: "trn_1#0",
  callId: "call_1",
  spanId: "s",
  tool: "run_command",
  outcome: "error",
  startedAtMs: 0,
  finishedAtMs: 12,
  durationMs: 12,
  input: { beginning: '{"command":"npm test"}', length: 22 },
  output: { beginning: "It failed.", length: 10 },
  error: "It failed.",
  usage: null,
};

test("T8: calls are a table, with what was asked and what went wrong below each", () => {
  const going = { ...call, tool: "look", outcome: null, durationMs: null, input: null, error: null };
  expect(callLines([call, going], 80)).toEqual([
    "1970-01-01T00:00:00.000Z     12 ms  error      run_command  trn_1",
    '    {"command":"npm test"}',
    "    ! It failed.",
    "1970-01-01T00:00:00.000Z            not ended  look         trn_1",
  ]);
});

test("no line is wider than the terminal, whatever the names and texts are", () => {
  const long = "long ".repeat(5_000);
  const wide = spans.map((one) => ({
    ...one,
    name: `${one.name}${long}`,
    logs: [{ ...log, message: long }],
  }));
  const beginning = { beginning: long, length: long.length };
  for (const width of [80, 100, 200]) {
    const lines = [
      ...traceLines({ turnId: long, conversationId: long, spans: wide, cut: true }, width),
      ...diffLines({ ...diff, head: [{ part: long, change: "changed", before: long, after: "" }] }, width),
      ...callLines([{ ...call, input: beginning, error: long }], width).slice(1),
    ];
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(width);
  }
});

test("H7s: what models and tools named does not steer the terminal", () => {
  const hostile = "run\u001b[2J\u202ereversed\r\nforged line\u009b2J";
  const hostileSpans = [
    span(0, hostile),
    span(1, "tool-call", {
      attributes: { tool: hostile, outcome: hostile },
      logs: [{ source: "x", atMs: 0, level: "error", message: hostile, attributes: {} }],
    }),
  ];
  const beginning = { beginning: hostile, length: hostile.length };
  const lines = [
    ...traceLines({ turnId: hostile, conversationId: hostile, spans: hostileSpans, cut: false }, 80),
    ...diffLines(
      {
        ...diff,
        head: [{ part: hostile, change: "changed", before: hostile, after: hostile }],
        messages: [{ index: 0, change: "added", role: hostile, before: null, after: hostile }],
        cut: false,
      },
      80,
    ),
    ...callLines([{ ...call, tool: hostile, turnId: hostile, input: beginning, error: hostile }], 80),
  ];
  for (const line of lines) expect(line).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
  expect(lines.length).toBe(7 + 4 + 3 + 2 + 3);
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
