// A tool call as it is stored: a short row of values.
import type { JsonValue, ToolOutcome, Usage } from "@lathe/kernel";
import type { BodyPreview, ToolCallTrace } from "@lathe/wire";

type StoredPreview = readonly [beginning: string, length: number] | null;
type StoredUsage = readonly [
  input: number | null,
  output: number | null,
  cacheRead: number | null,
  cacheWrite: number | null,
  reasoning: number | null,
];

type StoredCall = readonly [
  conversationId: string | null,
  turnId: string,
  stepId: string | null,
  callId: string,
  spanId: string,
  tool: string,
  outcome: ToolOutcome | null,
  startedAtMs: number,
  finishedAtMs: number | null,
  durationMs: number | null,
  input: StoredPreview,
  output: StoredPreview,
  usage: StoredUsage | null,
];

export type CallFacts = Omit<ToolCallTrace, "error">;

export function encodeCall(call: CallFacts): JsonValue {
  const { input, output, usage } = call;
  const stored: StoredCall = [
    call.conversationId,
    call.turnId,
    call.stepId,
    call.callId,
    call.spanId,
    call.tool,
    call.outcome,
    call.startedAtMs,
    call.finishedAtMs,
    call.durationMs,
    input === null ? null : [input.beginning, input.length],
    output === null ? null : [output.beginning, output.length],
    usage === null ? null : storedUsage(usage),
  ];
  return stored as unknown as JsonValue;
}

/** `mayBeOpen`: the process that wrote it is this one, so a call without an end can still get one. */
export function decodeCall(value: JsonValue, mayBeOpen: boolean): ToolCallTrace {
  const [conversationId, turnId, stepId, callId, spanId, tool, stored, ...rest] =
    value as unknown as StoredCall;
  const [startedAtMs, finishedAtMs, durationMs, input, output, usage] = rest;
  const outcome = stored ?? (mayBeOpen ? null : "interrupted");
  const shown = previewOf(output);
  return {
    conversationId,
    turnId,
    stepId,
    callId,
    spanId,
    tool,
    outcome,
    startedAtMs,
    finishedAtMs,
    durationMs,
    input: previewOf(input),
    output: shown,
    error: outcome === null || outcome === "ok" ? null : (shown?.beginning ?? null),
    usage: usage === null ? null : usageOf(usage),
  };
}

function storedUsage(usage: Usage): StoredUsage {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens } = usage;
  return [inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens];
}

function usageOf([
  inputTokens,
  outputTokens,
  cacheReadTokens,
  cacheWriteTokens,
  reasoningTokens,
]: StoredUsage): Usage {
  return { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens };
}

function previewOf(stored: StoredPreview): BodyPreview | null {
  return stored === null ? null : { beginning: stored[0], length: stored[1] };
}
