// What a client shows of a conversation. Values only; `foldEvents` makes the next one from the last and an event.
import type {
  JsonValue,
  ModelFallback,
  ProviderRetry,
  StepFinishReason,
  StepMetrics,
  TextPart,
  ToolOutcome,
  TurnDone,
  Usage,
} from "@lathe/kernel";

export interface ConversationView {
  /** Position of the last entry that was folded in; what a client resumes from. */
  readonly lastSeq: number;
  /** The first entry that is missing, where one was skipped; null while nothing is. */
  readonly missedSeq: number | null;
  /** The turns that are over and that the conversation goes on from, oldest first. Keeps its identity while a turn goes on. */
  readonly turns: readonly TurnView[];
  /** The turns that a restore left behind, in the order in which they began. */
  readonly undone: readonly TurnView[];
  /** The turn in progress, from its user message until it is sealed. */
  readonly current: TurnView | null;
}

export interface TurnView {
  readonly turnId: string;
  /** The turn that it goes on from; null where that is none, or before the view begins. */
  readonly afterTurnId: string | null;
  /** Position of its first entry in the view; null while there is none. */
  readonly firstSeq: number | null;
  readonly status: "running" | "done" | "sealed";
  /** Null until the turn has started, or where the view begins in its middle; so for agent and model. */
  readonly runId: string | null;
  readonly agent: string | null;
  /** `provider/model`. */
  readonly model: string | null;
  readonly userMessage: readonly TextPart[];
  /** Time of the turn's first entry, in milliseconds since 1970; null where the view begins after it. */
  readonly startedAtMs: number | null;
  readonly steps: readonly StepView[];
  /** Input that reached the running turn, in order; each is shown after the step that it names. */
  readonly steering: readonly { readonly stepId: string; readonly content: readonly TextPart[] }[];
  /** How it ended; null while it runs. */
  readonly done: Omit<TurnDone, "type" | "conversationId" | "turnId"> | null;
}

/**
 * One step. Until `complete` it holds what was seen so far; then only what the log says, and no notice is left.
 */
export interface StepView {
  readonly stepId: string;
  readonly index: number;
  readonly provider: string;
  readonly model: string;
  readonly complete: boolean;
  /** In the order in which the model began them. */
  readonly parts: readonly PartView[];
  /** The wait in progress, or the last one while nothing has come after it. */
  readonly retry: Omit<ProviderRetry, "type" | "conversationId" | "turnId" | "stepId"> | null;
  readonly fallback: Omit<ModelFallback, "type" | "conversationId" | "turnId" | "stepId"> | null;
  readonly finishReason: StepFinishReason | null;
  readonly usage: Usage | null;
  readonly contextSize: number | null;
  readonly metrics: StepMetrics | null;
}

export type PartView = ProseView | ToolCallView;

export interface ProseView {
  readonly type: "text" | "reasoning";
  readonly text: string;
}

export interface ToolCallView {
  readonly type: "tool-call";
  readonly callId: string;
  readonly name: string;
  /** `writing` by the model, `ready` to run, `running`, `done`; `not-run` where the turn ended before it had a result. */
  readonly status: "writing" | "ready" | "running" | "done" | "not-run";
  /** What the model wrote so far. */
  readonly argumentsText: string;
  /** Null while the model writes it. */
  readonly input: JsonValue;
  /** As the model reads it; null until there is one. */
  readonly output: string | null;
  readonly isError: boolean | null;
  /** Null where the call has not ended or was never run. */
  readonly outcome: ToolOutcome | null;
  readonly startedAtMs: number | null;
  readonly durationMs: number | null;
}

/** The view of a client that holds the log up to `lastSeq` elsewhere, or nothing of it. */
export function startView(lastSeq = 0): ConversationView {
  return { lastSeq, missedSeq: null, turns: [], undone: [], current: null };
}

/** All turns, oldest first, the one in progress last. */
export function turnsOf(view: ConversationView): readonly TurnView[] {
  return view.current === null ? view.turns : [...view.turns, view.current];
}
