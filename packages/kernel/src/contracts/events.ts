// What happens in a turn, as clients see it. A transient event is shown once and never stored; a durable one becomes
// an entry of the conversation's log and is shown only after its commit, with the `seq` that the commit gave it.
import type { JsonValue } from "./json.ts";
import type { AssistantMessage, TextPart, ToolMessage } from "./message.ts";
import type { ProviderFailure } from "./provider.ts";
import type { Snapshot } from "./snapshots.ts";
import type { Usage } from "./usage.ts";

interface InTurn {
  readonly conversationId: string;
  readonly turnId: string;
}

interface InStep extends InTurn {
  /** `turnId#index`, the index counted from 0. */
  readonly stepId: string;
}

interface InCall extends InStep {
  readonly callId: string;
  readonly name: string;
}

export type StepStart = InStep & {
  readonly type: "step-start";
  readonly index: number;
  readonly provider: string;
  readonly model: string;
};
export type TextDelta = InStep & { readonly type: "text-delta"; readonly text: string };
export type ReasoningDelta = InStep & { readonly type: "reasoning-delta"; readonly text: string };
/** The first delta of a call has an empty text: it shows that the call begins. */
export type ToolCallDelta = InCall & { readonly type: "tool-call-delta"; readonly argumentsText: string };
export type ToolCallReady = InCall & { readonly type: "tool-call"; readonly input: JsonValue };
export type ToolTraceStart = InCall & {
  readonly type: "tool-trace-start";
  readonly input: JsonValue;
  /** Milliseconds since 1970. */
  readonly startedAtMs: number;
};
export type ToolTraceFinish = InCall & {
  readonly type: "tool-trace-finish";
  readonly outcome: ToolOutcome;
  readonly durationMs: number;
  /** As the model reads it. */
  readonly output: string;
};
export type ToolResult = InCall & {
  readonly type: "tool-result";
  readonly content: string;
  readonly isError: boolean;
};
export type UsageReport = InStep & {
  readonly type: "usage";
  readonly usage: Usage;
  /** Input and output tokens of this step, the size of the context after it. `null` = not reported. */
  readonly contextSize: number | null;
};
export type ProviderRetry = InStep & {
  readonly type: "provider-retry";
  /** Attempts that have failed so far, from 1. */
  readonly attempt: number;
  readonly delayMs: number;
  readonly reason: ProviderFailure["kind"];
  readonly message: string;
  /** How much more may be waited in this step, after this wait. */
  readonly budgetLeftMs: number;
};
export type ModelFallback = InStep & {
  readonly type: "model-fallback";
  readonly fromModel: string;
  readonly toModel: string;
  readonly reason: ProviderFailure["kind"];
};

export type TransientEvent =
  | StepStart
  | TextDelta
  | ReasoningDelta
  | ToolCallDelta
  | ToolCallReady
  | ToolTraceStart
  | ToolTraceFinish
  | ToolResult
  | UsageReport
  | ProviderRetry
  | ModelFallback;

/** How one tool call ended. A call that was never run because the turn ended first has no outcome at all. */
export type ToolOutcome =
  | "ok"
  | "error"
  | "timeout"
  | "aborted"
  | "invalid-input"
  | "unknown-tool"
  | "denied"
  /** The daemon ended while it ran: whether it took effect is unknown, and it was not run again. */
  | "interrupted";

export type UserMessageAdded = InTurn & {
  readonly type: "user-message";
  readonly content: readonly TextPart[];
};
export type TurnStart = InTurn & {
  readonly type: "turn-start";
  readonly runId: string;
  readonly agent: string;
  /** `provider/model` that the turn begins with. */
  readonly model: string;
};
export type StepComplete = InStep & {
  readonly type: "step-complete";
  readonly index: number;
  readonly provider: string;
  readonly model: string;
  readonly finishReason: StepFinishReason;
  /** Absent where nothing is left of the answer: nothing came, or only tool calls that an abort took away. */
  readonly message?: AssistantMessage;
  /** One per tool call of the message, in its order. */
  readonly toolResults: readonly ToolMessage[];
  /** One per tool call that ran, in the order of the calls. */
  readonly toolCalls: readonly ToolCallMetrics[];
  readonly usage: Usage | null;
  readonly contextSize: number | null;
  readonly metrics: StepMetrics;
};
export type TurnDone = InTurn & {
  readonly type: "done";
  readonly finishReason: TurnFinishReason;
  readonly stepCount: number;
  readonly durationMs: number;
  /** The sum over the steps. */
  readonly usage: Usage;
  /** Input and output tokens of the last step that reported them; never a sum. */
  readonly contextSize: number | null;
  /** Why, where the finish reason is `error`, and where a turn that was `interrupted` could not go on. */
  readonly failure?: TurnFailure;
};
/** The store has accepted everything of the turn; the next message is welcome. */
export type TurnSealed = InTurn & { readonly type: "turn-sealed" };

/** Input that reached the running turn at a tool boundary, after the step named by `stepId`. */
export type Steering = InStep & { readonly type: "steering"; readonly content: readonly TextPart[] };

/** The conversation goes on from the end of an earlier turn: what came after that turn is history, and not context. */
export type ConversationRestored = InTurn & {
  readonly type: "restored";
  /** Position of the last entry of the turn that `turnId` names. */
  readonly toSeq: number;
};

export type DurableEvent =
  | UserMessageAdded
  | TurnStart
  | StepComplete
  | Steering
  | TurnDone
  | TurnSealed
  | ConversationRestored;

export type StepFinishReason = "stop" | "tool-calls" | "length" | "content-filter" | "error" | "aborted";
export type TurnFinishReason =
  | "stop"
  | "length"
  | "content-filter"
  | "max-steps"
  | "error"
  | "aborted"
  | "stuck"
  | "over-budget"
  /** The daemon ended in the middle of the turn. */
  | "interrupted";

export interface ToolCallMetrics {
  readonly callId: string;
  readonly outcome: ToolOutcome;
  readonly startedAtMs: number;
  readonly durationMs: number;
}

/** Durations of one step, from the last attempt's request on. `null` = the step never came so far. */
export interface StepMetrics {
  readonly startedAtMs: number;
  readonly timeToFirstTokenMs: number | null;
  /** From the first token to the end of the stream. */
  readonly decodeMs: number | null;
  /** Everything: waits, attempts, decoding and tools. */
  readonly totalMs: number;
}

/** A turn's failure, safe to show. `kind` is the provider's failure, or `internal` for a broken promise of Lathe. */
export interface TurnFailure {
  readonly kind: ProviderFailure["kind"] | "internal";
  readonly message: string;
}

/** One row of a conversation's log: a durable event, its position and its time. */
export type Entry<Event extends DurableEvent = DurableEvent> = Event extends DurableEvent
  ? Event & {
      /** 1, 2, 3 ... within the conversation, without a gap. */
      readonly seq: number;
      /** Milliseconds since 1970. */
      readonly atMs: number;
    }
  : never;

/**
 * The whole content so far of the step in flight, given to a client that joins in the middle: it replaces whatever
 * the client holds of that step. Transient.
 */
export type StepPartial = InStep & {
  readonly type: "step-partial";
  /** The transient events of the step so far, deltas of one part merged, in order. */
  readonly events: readonly TransientEvent[];
};

/** Where the conversation stands, given to a client first of all when it joins. Transient. */
export interface SnapshotShown {
  readonly type: "snapshot";
  readonly conversationId: string;
  readonly snapshot: Snapshot;
}

/** The client's position is not one of this log: it must forget what it holds, since everything follows. Transient. */
export interface StreamReset {
  readonly type: "reset";
  readonly conversationId: string;
  /** Position of the last entry that there is. */
  readonly lastSeq: number;
}

/** Everything that a subscriber of a conversation can receive. */
export type ConversationEvent = Entry | TransientEvent | StepPartial | SnapshotShown | StreamReset;
