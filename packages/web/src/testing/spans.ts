// Spans for tests of the trace.
import type { SpanTrace } from "@lathe/wire";

/** A span of 10 ms without anything special; what is given replaces it. */
export function spanOf(spanId: string, given: Partial<SpanTrace> = {}): SpanTrace {
  return {
    traceId: "trace",
    spanId,
    parentSpanId: null,
    depth: 0,
    source: "agents",
    name: "step",
    startedAtMs: 1_000,
    durationMs: 10,
    outcome: "ok",
    attributes: {},
    bodies: [],
    logs: [],
    ...given,
  };
}

/** A turn with two steps: the first asks and calls two tools, one of which fails; the second goes on. */
export function turnSpans(): readonly SpanTrace[] {
  const below = (spanId: string, parentSpanId: string, depth: number, given: Partial<SpanTrace>): SpanTrace =>
    spanOf(spanId, { parentSpanId, depth, ...given });
  return [
    spanOf("turn", { name: "turn", durationMs: null, outcome: "open", attributes: { agent: "default" } }),
    below("step-0", "turn", 1, { durationMs: 600, attributes: { index: 0, finishReason: "tool-calls" } }),
    below("prompt-0", "step-0", 2, { name: "prompt", bodies: [{ name: "prompt", length: 40 }] }),
    below("request-0", "step-0", 2, {
      name: "provider-request",
      durationMs: 400,
      attributes: {
        provider: "scripted",
        model: "demo",
        attempt: 1,
        timeToFirstTokenMs: 100,
        inputTokens: 1_000,
        cacheReadTokens: 600,
        cacheWriteTokens: 300,
        outputTokens: 20,
        reasoningTokens: 5,
      },
      bodies: [{ name: "request", length: 90 }],
    }),
    below("tool-a", "step-0", 2, {
      name: "tool-call",
      startedAtMs: 1_400,
      durationMs: 30,
      attributes: { tool: "read_file", outcome: "ok" },
    }),
    below("tool-b", "step-0", 2, {
      name: "tool-call",
      startedAtMs: 1_400,
      durationMs: 200,
      outcome: "error",
      attributes: { tool: "run_command", outcome: "timeout" },
    }),
    below("step-1", "turn", 1, {
      startedAtMs: 1_600,
      durationMs: null,
      outcome: "open",
      attributes: { index: 1 },
    }),
  ];
}
