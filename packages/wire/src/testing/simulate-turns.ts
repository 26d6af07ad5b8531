// Plays turns from plans, as the daemon would publish them. Pure, so that a test can shrink a plan that fails.
import type {
  AssistantPart,
  ConversationEvent,
  DurableEvent,
  Entry,
  ProviderFailure,
  ToolMessage,
  ToolOutcome,
  TransientEvent,
  TurnFinishReason,
  Usage,
} from "@lathe/kernel";

export interface TurnPlan {
  readonly text: string;
  readonly steps: readonly StepPlan[];
  readonly finishReason: TurnFinishReason;
  /** Number of the turn that the conversation is restored to before this one begins; taken modulo those there are. */
  readonly restoredTo?: number | null;
}

export interface StepPlan {
  /** What the model streams, in order; calls are named by number and may be written piece by piece, interleaved. */
  readonly pieces: readonly Piece[];
  readonly retries: readonly ProviderFailure["kind"][];
  readonly fallback: boolean;
  /** `lost`: the daemon ended in the middle of it. `cut`: an abort took its calls away. */
  readonly ending: "complete" | "cut" | "lost";
  readonly usage: Usage | null;
  /** How the calls end, one after the other; taken in turns. */
  readonly outcomes: readonly (ToolOutcome | "never-ran")[];
  readonly steering: string | null;
}

export type Piece =
  | { readonly kind: "text" | "reasoning"; readonly text: string }
  | { readonly kind: "call"; readonly call: number; readonly text: string };

const conversationId = "cnv_1";

/** The events of these turns, live, in the order in which a subscriber who never leaves receives them. */
export function simulateTurns(plans: readonly TurnPlan[]): readonly ConversationEvent[] {
  const events: ConversationEvent[] = [];
  let seq = 0;
  const sealedAt = new Map<string, number>();
  const commit = (event: DurableEvent): void => {
    seq += 1;
    events.push({ ...event, seq, atMs: 1_000 + seq } as Entry);
  };
  plans.forEach((plan, number) => {
    const turn = { conversationId, turnId: `trn_${number}` };
    if (plan.restoredTo != null && number > 0) {
      const turnId = `trn_${plan.restoredTo % number}`;
      commit({ conversationId, turnId, type: "restored", toSeq: sealedAt.get(turnId) ?? 0 });
    }
    commit({ ...turn, type: "user-message", content: [{ type: "text", text: plan.text }] });
    commit({ ...turn, type: "turn-start", runId: `run_${number}`, agent: "assistant", model: "demo/one" });
    plan.steps.forEach((step, index) => {
      const place = { ...turn, stepId: `${turn.turnId}#${index}` };
      events.push(...transientEvents(place, index, step));
      if (step.ending === "lost") return;
      commit(stepComplete(place, index, step));
      if (step.steering !== null)
        commit({ ...place, type: "steering", content: [{ type: "text", text: step.steering }] });
    });
    commit({
      ...turn,
      type: "done",
      finishReason: plan.finishReason,
      stepCount: plan.steps.filter((step) => step.ending !== "lost").length,
      durationMs: 12,
      usage: nothingReported,
      contextSize: null,
      ...(plan.finishReason === "error"
        ? { failure: { kind: "server", message: "It broke." } as const }
        : {}),
    });
    commit({ ...turn, type: "turn-sealed" });
    sealedAt.set(turn.turnId, seq);
  });
  return events;
}

const nothingReported: Usage = {
  inputTokens: null,
  outputTokens: null,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  reasoningTokens: null,
};

interface Place {
  readonly conversationId: string;
  readonly turnId: string;
  readonly stepId: string;
}

function transientEvents(place: Place, index: number, step: StepPlan): readonly TransientEvent[] {
  const events: TransientEvent[] = [{ ...place, type: "step-start", index, provider: "demo", model: "one" }];
  step.retries.forEach((reason, failed) => {
    const wait = { attempt: failed + 1, delayMs: 5_000, message: "Later.", budgetLeftMs: 1_000 };
    events.push({ ...place, type: "provider-retry", reason, ...wait });
  });
  if (step.fallback)
    events.push({
      ...place,
      type: "model-fallback",
      fromModel: "demo/one",
      toModel: "demo/two",
      reason: "server",
    });
  for (const piece of step.pieces) {
    if (piece.kind !== "call") events.push({ ...place, type: `${piece.kind}-delta`, text: piece.text });
    else events.push({ ...place, ...named(piece.call), type: "tool-call-delta", argumentsText: piece.text });
  }
  if (step.usage !== null) events.push({ ...place, type: "usage", usage: step.usage, contextSize: 7 });
  if (step.ending === "complete") events.push(...toolEvents(place, step));
  return events;
}

/** All calls begin, then they end in the opposite order, then come their results in order: as parallel tools may. */
function toolEvents(place: Place, step: StepPlan): readonly TransientEvent[] {
  const calls = callsOf(step).map(({ call, text }, at) => ({
    inCall: { ...place, ...named(call) },
    input: { text },
    outcome: outcomeAt(step, at),
  }));
  const ran = calls.filter(({ outcome }) => outcome !== "never-ran");
  return [
    ...calls.map(({ inCall, input }) => ({ ...inCall, type: "tool-call", input }) as const),
    ...ran.map(
      ({ inCall, input }) => ({ ...inCall, type: "tool-trace-start", input, startedAtMs: 1 }) as const,
    ),
    ...ran.toReversed().map(({ inCall, outcome }): TransientEvent => {
      const ended = outcome as ToolOutcome;
      return { ...inCall, type: "tool-trace-finish", outcome: ended, durationMs: 3, output: "raw" };
    }),
    ...calls.map(({ inCall, outcome }) => {
      return { ...inCall, type: "tool-result", content: "shown", isError: outcome !== "ok" } as const;
    }),
  ];
}

function stepComplete(place: Place, index: number, step: StepPlan): DurableEvent {
  const calls = step.ending === "complete" ? callsOf(step) : [];
  const content = contentOf(step);
  const toolResults = calls.map(({ call }, at): ToolMessage => {
    const { callId, name: toolName } = named(call);
    return { role: "tool", callId, toolName, content: "shown", isError: outcomeAt(step, at) !== "ok" };
  });
  const message = { role: "assistant", provider: "demo", model: "one", content } as const;
  return {
    ...place,
    type: "step-complete",
    index,
    provider: "demo",
    model: "one",
    finishReason: step.ending === "cut" ? "aborted" : "stop",
    ...(content.length === 0 ? {} : { message }),
    toolResults,
    toolCalls: calls.flatMap(({ call }, at) => {
      const outcome = outcomeAt(step, at);
      return outcome === "never-ran"
        ? []
        : [{ callId: named(call).callId, outcome, startedAtMs: 1, durationMs: 3 }];
    }),
    usage: step.usage,
    contextSize: step.usage === null ? null : 7,
    metrics: { startedAtMs: 1, timeToFirstTokenMs: null, decodeMs: null, totalMs: 2 },
  };
}

function contentOf(step: StepPlan): readonly AssistantPart[] {
  const parts: AssistantPart[] = [];
  for (const piece of step.pieces) {
    if (piece.kind !== "call") parts.push({ type: piece.kind, text: piece.text });
  }
  if (step.ending === "cut") return parts;
  parts.push({ type: "opaque", providerData: "sealed" });
  for (const { call, text } of callsOf(step))
    parts.push({ type: "tool-call", ...named(call), argumentsText: JSON.stringify({ text }) });
  return parts;
}

/** Each call once, with its whole text, in the order of the first pieces. */
function callsOf(step: StepPlan): readonly { readonly call: number; readonly text: string }[] {
  const texts = new Map<number, string>();
  for (const piece of step.pieces) {
    if (piece.kind === "call") texts.set(piece.call, (texts.get(piece.call) ?? "") + piece.text);
  }
  return [...texts].map(([call, text]) => ({ call, text }));
}

function outcomeAt(step: StepPlan, at: number): ToolOutcome | "never-ran" {
  return step.outcomes[at % step.outcomes.length] ?? "ok";
}

function named(call: number): { readonly callId: string; readonly name: string } {
  return { callId: `call_${call}`, name: `tool_${call}` };
}
