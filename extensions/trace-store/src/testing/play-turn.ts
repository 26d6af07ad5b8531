// Writes the spans of a turn as the kernel does.
import type { Body, BodyItem, Logger, Span, ToolOutcome } from "@lathe/kernel";

export interface PlayedCall {
  readonly callId: string;
  readonly tool: string;
  readonly input?: string;
  readonly output?: string;
  readonly outcome?: ToolOutcome;
  /** Called between the begin and the end of the call. */
  readonly meanwhile?: () => void;
}

export interface PlayedStep {
  readonly calls?: readonly PlayedCall[];
  /** What the transcript gains before the step. */
  readonly says?: readonly object[];
  readonly head?: object;
  readonly request?: string;
  readonly response?: readonly Uint8Array[];
  readonly inputTokens?: number;
}

export interface PlayedTurn {
  readonly turnId: string;
  readonly conversationId: string;
  readonly steps: readonly PlayedStep[];
  /** Shared by the turns of a conversation. */
  readonly transcript?: object[];
  readonly requestItems?: BodyItem[];
}

/** The whole turn, from the begin of its root to its end. */
export function playTurn(logger: Logger, turn: PlayedTurn): void {
  const root = openTurn(logger, turn);
  turn.steps.forEach((step, index) => {
    playStep(root, turn, step, index);
  });
  root.close("ok", { finishReason: "stop", stepCount: turn.steps.length });
}

export function openTurn(logger: Logger, { turnId, conversationId }: PlayedTurn): Span {
  return logger.openSpan("turn", { conversationId, turnId, runId: "run_1", agent: "default", model: "a/b" });
}

export function playStep(root: Span, turn: PlayedTurn, step: PlayedStep, index: number): void {
  const span = root.openSpan("step", { stepId: `${turn.turnId}#${index}`, index });
  const transcript = turn.transcript ?? [];
  transcript.push(...(step.says ?? []));
  const prompt = span.openSpan("prompt");
  prompt.body("prompt", {
    head: JSON.stringify(
      step.head ?? { provider: "a", model: "b", settings: {}, system: "Be brief.", tools: [] },
    ),
    items: transcript,
    itemCount: transcript.length,
    tail: "",
  });
  prompt.close("ok", { messageCount: transcript.length });
  const request = span.openSpan("provider-request", { provider: "a", model: "b", attempt: 1 });
  if (step.request !== undefined) {
    const items = turn.requestItems ?? [];
    items.push(new TextEncoder().encode(step.request));
    request.body("request", { head: '{"messages":[', items, itemCount: items.length, tail: "]}" });
  }
  const early = (step.calls ?? []).map((call) => openCall(span, call));
  if (step.response !== undefined) {
    const items = [...step.response];
    request.body("response", { head: "", items, itemCount: items.length, tail: "" });
  }
  const inputTokens = step.inputTokens ?? 10;
  const usage = {
    inputTokens,
    outputTokens: 5,
    cacheReadTokens: 2,
    cacheWriteTokens: null,
    reasoningTokens: 1,
  };
  request.close("ok", { timeToFirstTokenMs: 3, decodeMs: 4, ...usage, finishReason: "stop" });
  (step.calls ?? []).forEach((call, at) => {
    closeCall(early[at] as Span, call);
  });
  span.close("ok", { finishReason: early.length > 0 ? "tool-calls" : "stop" });
}

export function openCall(step: Span, { callId, tool, input = "{}" }: PlayedCall): Span {
  const span = step.openSpan("tool-call", { callId, tool });
  span.body("input", textBody(input));
  return span;
}

export function closeCall(span: Span, { output = "done", outcome = "ok", meanwhile }: PlayedCall): void {
  meanwhile?.();
  span.body("output", textBody(output));
  const spanOutcome = outcome === "ok" ? "ok" : outcome === "aborted" ? "aborted" : "error";
  span.close(spanOutcome, { outcome, outputLength: output.length });
}

export function textBody(head: string): Body {
  return { head, items: [], itemCount: 0, tail: "" };
}
