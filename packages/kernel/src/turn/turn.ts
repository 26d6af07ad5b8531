// What a turn is given (the plan: values) and what it may call (the desk: everything it must not do itself).
// A desk that throws where it does not say so ends the turn as an `internal` error.
import type { DurableEvent, TransientEvent } from "../contracts/events.ts";
import type { ExecBackend } from "../contracts/exec-backend.ts";
import type { JsonValue } from "../contracts/json.ts";
import type { UserMessage } from "../contracts/message.ts";
import type { ModelSettings, Provider, ToolDeclaration } from "../contracts/provider.ts";
import type { Redactor } from "../contracts/redaction.ts";
import type { RetryStrategy } from "../contracts/retry.ts";
import type { PendingStep, RetryProgress } from "../contracts/snapshots.ts";
import type { Tool } from "../contracts/tool.ts";
import type { Usage } from "../contracts/usage.ts";
import type { Logger, Span } from "../logging/span.ts";
import type { Transcript } from "./transcript.ts";

export interface TurnPlan {
  readonly conversationId: string;
  readonly turnId: string;
  readonly system: string;
  /** The conversation so far, the new user message at its end. The turn appends to it. */
  readonly transcript: Transcript;
  /** Tried in order: the next one takes over where a model fails for good before it said anything. Not empty. */
  readonly models: readonly ModelChoice[];
  readonly tools: ReadonlyMap<string, Tool>;
  /** What the model is told of the tools, sorted by name; the same array for as long as the tools are the same. */
  readonly declarations: readonly ToolDeclaration[];
  readonly workplace: Workplace;
  readonly limits: TurnLimits;
  readonly retry: RetryStrategy;
  /** Aborts the turn. */
  readonly signal: AbortSignal;
  /** Where a turn that was cut off goes on; absent = it begins. */
  readonly resume?: ResumePoint;
}

/** Where a turn was cut off: what its complete steps came to, and what is known of the step after them. */
export interface ResumePoint {
  readonly stepCount: number;
  readonly usage: Usage;
  readonly contextSize: number | null;
  /** Milliseconds since 1970. */
  readonly startedAtMs: number;
  /** The next step where its answer was whole: it is not asked for again. */
  readonly pending: PendingStep | null;
  /** What the retries of the next step have used up. */
  readonly retry: RetryProgress | null;
}

export interface ModelChoice {
  readonly provider: Provider;
  /** The provider's own name of the model. */
  readonly model: string;
  readonly settings: ModelSettings;
}

/** Where the tools of this turn work. */
export interface Workplace {
  readonly cwd: string;
  readonly computer: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly exec: ExecBackend;
}

export interface TurnLimits {
  /** 0 = no limit. */
  readonly stepCountMax: number;
  /** Calls of one step that run at the same time. */
  readonly toolConcurrencyMax: number;
  /** Calls of one step; those beyond it are answered with an error and not run. */
  readonly toolCallCountMax: number;
  /** UTF-16 units of one tool result; what is longer is cut, with a notice. */
  readonly toolOutputLengthMax: number;
  /** UTF-16 units of everything that one answer holds: text, reasoning, calls, replay data. More fails the step. */
  readonly answerLengthMax: number;
  /** A provider that is silent for so long has failed. */
  readonly idleMs: number;
}

export const defaultTurnLimits: TurnLimits = {
  stepCountMax: 0,
  toolConcurrencyMax: 8,
  toolCallCountMax: 128,
  toolOutputLengthMax: 131_072,
  answerLengthMax: 4_194_304,
  idleMs: 120_000,
};

export interface TurnDesk {
  /** Shows a transient event. Must not throw. */
  emit(event: TransientEvent): void;
  /**
   * Takes durable events, stores them in order and shows each after its commit. Those of one call share a commit. It
   * may settle earlier, so that the turn runs ahead of the disk; with the turn's `done` it settles when everything is
   * stored. It is never called again before it has settled. Where it rejects, for these events or for earlier ones,
   * `runTurn` rejects with the same error.
   */
  record(events: readonly DurableEvent[]): Promise<void>;
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds that never go back. */
  monotonic(): number;
  newId(prefix: string): string;
  /** Resolves after `ms`, or as soon as the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Calls back once after `ms` unless released before. */
  after(ms: number, callback: () => void): () => void;
  readonly logger: Logger;
  /** The span of the turn; the caller closes it. */
  readonly span: Span;

  /**
   * Asked before each call that would run; the tool's time limit does not count the wait. Absent = everything is
   * allowed. Where it rejects, the call is not run and the model is told so.
   */
  approve?(call: CallForApproval): Promise<Approval>;
  /**
   * Input that waits to be heard, taken at a tool boundary. It becomes the turn's to store, unless the signal has aborted
   * before the promise settled, or it rejected: then all of it must wait on.
   */
  drainSteering?(signal: AbortSignal): Promise<readonly UserMessage[]>;
  readonly budget?: Budget;
  /** Takes secrets out of everything that the turn shows or records; absent = nothing is a secret. */
  readonly redactor?: Redactor;
  /**
   * Told of a step whose answer is whole, before its calls run. Where `mustBeStored` (a call changes something and cannot
   * be repeated) the calls wait until it settles, which is when the step and everything before it is stored; a rejection
   * then ends the turn as one of `record` does.
   */
  beforeCalls?(step: PendingStep, mustBeStored: boolean): Promise<void>;
  /** Told when an attempt has failed and a wait begins. */
  onRetry?(progress: RetryProgress): void;
}

export interface CallForApproval {
  readonly callId: string;
  readonly tool: Tool;
  readonly input: JsonValue;
  readonly signal: AbortSignal;
}

export type Approval = { readonly kind: "allowed" } | { readonly kind: "denied"; readonly reason: string };

/** What the turn may use; it is shared with others, who use it at the same time. */
export interface Budget {
  /**
   * Asked before each step whose answer is not there yet, and holds a part of what is left for it. False ends the turn as
   * `over-budget`. What a step holds is given back by the next `reserve`, and by `release`.
   */
  reserve(): boolean;
  /** Told after each model call that reported its usage, before its step ends. Not told again after a crash. */
  spend(usage: Usage, model: { readonly provider: string; readonly model: string }): void;
  /** Told once, when the turn asks for no more steps. */
  release(): void;
}
