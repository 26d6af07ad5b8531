// Ends turns that nobody runs and nobody continues: the daemon that ran them is gone, or its store refused their end.
import {
  type AssistantPart,
  addUsage,
  type Entry,
  interruptedResult,
  noUsage,
  type PendingStep,
  type StepComplete,
  type ToolMessage,
  type TransientEvent,
  type TurnDone,
  type TurnFailure,
  TurnRefusedError,
  UnknownConversationError,
} from "@lathe/kernel";
import type { LiveConversation } from "./live-conversation.ts";
import type { Recorder, RunningTurn } from "./recorder.ts";

export interface InterruptedEnd {
  readonly nowMs: number;
  /** `aborted` where somebody has asked the turn to stop. */
  readonly finishReason: "interrupted" | "aborted";
  /** Why the turn could not go on; absent where it was not to. */
  readonly cause?: unknown;
}

/**
 * Records that the turn has ended where it was cut off, and returns the seal, to be shown. Every step that was recorded
 * before stays as it is, and what is known of the step in flight becomes its last one: the words that were said, the calls
 * with results that say that nobody knows. Undefined where the conversation is gone: then the turn is forgotten.
 */
export async function sealInterrupted(
  turn: RunningTurn,
  live: LiveConversation,
  recorder: Recorder,
  end: InterruptedEnd,
): Promise<Entry | undefined> {
  try {
    const said = await recorder.takeOver(turn);
    const cut = cutStep(turn, said);
    const { entries, seal } = await recorder.record(turn, [...cut, doneOf(turn, cut, end)]);
    live.publishEntries(entries.filter((entry) => entry !== seal));
    return seal;
  } catch (failure) {
    if (!(failure instanceof UnknownConversationError)) throw failure;
    await recorder.forget(turn);
    return undefined;
  }
}

function doneOf(
  turn: RunningTurn,
  cut: readonly StepComplete[],
  { nowMs, finishReason, cause }: InterruptedEnd,
): TurnDone {
  const { conversationId, turnId, snapshot } = turn;
  const { stepCount = 0, usage = noUsage, contextSize = null, startedAtMs = nowMs } = snapshot.turn ?? {};
  const last = cut.at(-1);
  return {
    type: "done",
    conversationId,
    turnId,
    finishReason,
    durationMs: Math.max(0, nowMs - startedAtMs),
    stepCount: stepCount + cut.length,
    usage: last?.usage == null ? usage : addUsage(usage, last.usage),
    contextSize: last?.contextSize ?? contextSize,
    // What anything else says may hold anything.
    ...(cause instanceof TurnRefusedError && finishReason === "interrupted"
      ? { failure: { kind: failureKinds[cause.code], message: cause.message } }
      : {}),
  };
}

const failureKinds: Readonly<Record<TurnRefusedError["code"], TurnFailure["kind"]>> = {
  "unknown-model": "model-not-found",
  "no-model": "model-not-found",
  "unknown-agent": "internal",
  "unknown-price": "internal",
  "turn-in-progress": "internal",
  draining: "internal",
};

/** The step in flight as far as it is known; none where nothing is. */
function cutStep(turn: RunningTurn, said: readonly TransientEvent[]): readonly StepComplete[] {
  const { conversationId, turnId, snapshot } = turn;
  const { pending } = snapshot;
  if (pending !== null) return [unansweredStep(turn, pending)];
  const started = said.findLast((event) => event.type === "step-start");
  const content = wordsOf(said);
  if (started === undefined || content.length === 0) return [];
  const { stepId, index, provider, model } = started;
  return [
    {
      type: "step-complete",
      conversationId,
      turnId,
      stepId,
      index,
      provider,
      model,
      finishReason: "aborted",
      message: { role: "assistant", provider, model, content, interrupted: true },
      toolResults: [],
      toolCalls: [],
      usage: null,
      contextSize: null,
      metrics: {
        startedAtMs: snapshot.turn?.startedAtMs ?? 0,
        timeToFirstTokenMs: null,
        decodeMs: null,
        totalMs: 0,
      },
    },
  ];
}

function unansweredStep({ conversationId, turnId }: RunningTurn, pending: PendingStep): StepComplete {
  const { metrics, ...known } = pending;
  const calls = pending.message.content.filter((part) => part.type === "tool-call");
  const toolResults = calls.map(
    ({ callId, name }): ToolMessage => ({
      role: "tool",
      callId,
      toolName: name,
      content: interruptedResult,
      isError: true,
    }),
  );
  const finishReason = "tool-calls";
  const totalMs = (metrics.timeToFirstTokenMs ?? 0) + (metrics.decodeMs ?? 0);
  return {
    type: "step-complete",
    conversationId,
    turnId,
    ...known,
    finishReason,
    toolResults,
    toolCalls: [],
    metrics: { ...metrics, totalMs },
  };
}

/** Text and reasoning in the order in which they came; calls that were being written are left out. */
function wordsOf(said: readonly TransientEvent[]): readonly AssistantPart[] {
  const parts: { type: "text" | "reasoning"; text: string }[] = [];
  for (const event of said) {
    if (event.type !== "text-delta" && event.type !== "reasoning-delta") continue;
    const type = event.type === "text-delta" ? "text" : "reasoning";
    const last = parts.at(-1);
    if (last?.type === type) last.text += event.text;
    else parts.push({ type, text: event.text });
  }
  return parts.map(({ type, text }) => ({ type, text: text.toWellFormed() }));
}
