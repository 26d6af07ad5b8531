import { type Token, token } from "../token.ts";
import type { DurableEvent, StepComplete, StepMetrics } from "./events.ts";
import type { RunSpending } from "./runs.ts";
import type { PreparedChanges } from "./storage.ts";
import type { Usage } from "./usage.ts";

/**
 * Where one conversation stands: what a daemon needs to go on with it after a crash, and a client to show it. One small
 * row, rewritten with each step; its size does not grow with the history.
 */
export interface Snapshot {
  readonly conversationId: string;
  readonly state: SnapshotState;
  /** Position of the last entry that it counts. */
  readonly seq: number;
  /** The turn in progress, or the last one; null before the first. */
  readonly turn: SnapshotTurn | null;
  /** The step in flight whose answer is whole and whose calls have not all been answered. */
  readonly pending: PendingStep | null;
}

export type SnapshotState =
  | "idle"
  | "in_progress"
  /** A call waits for somebody to allow it. */
  | "awaiting_input"
  /** The last turn was cut off and not continued. */
  | "interrupted";

export interface SnapshotTurn {
  readonly turnId: string;
  readonly runId: string;
  readonly agent: string;
  /** `provider/model` that the turn began with. */
  readonly model: string;
  /** Position of the turn's first entry. */
  readonly startSeq: number;
  readonly startedAtMs: number;
  /** Complete steps so far, what they used together, and the context after the last of them. */
  readonly stepCount: number;
  readonly toolCallCount: number;
  readonly usage: Usage;
  readonly contextSize: number | null;
  /** How often the turn was continued since its last complete step. */
  readonly resumeCount: number;
  /** Attempts and waits of the step in flight; null where none has failed. */
  readonly retry: RetryProgress | null;
  /** What its run may use, and has used by the end of the last complete step; absent = it has no budget of its own. */
  readonly budget?: RunSpending;
}

/** How far the retries of a step have come, so that a restart does not begin their budget anew. */
export interface RetryProgress {
  readonly failedAttempts: number;
  readonly sleptMs: number;
}

/** A step whose answer is whole and paid for, and whose calls have not all been answered. */
export interface PendingStep
  extends Pick<StepComplete, "stepId" | "index" | "provider" | "model" | "usage" | "contextSize"> {
  readonly message: NonNullable<StepComplete["message"]>;
  readonly metrics: Omit<StepMetrics, "totalMs">;
}

/** Keeps the snapshots, and what the steps and turns of each conversation took. */
export interface Snapshots {
  get(conversationId: string): Promise<Snapshot | undefined>;

  /** Those whose turn is not over, in no order. Does not look at the others, however many there are. */
  unfinished(): Promise<readonly Snapshot[]>;

  /**
   * Changes that make this the conversation's snapshot and keep the metrics of the events: to be joined to the commit
   * of those events.
   */
  prepare(snapshot: Snapshot, events: readonly DurableEvent[]): PreparedChanges;

  /** Removes everything that is kept of a conversation. */
  forget(conversationId: string): Promise<void>;
}

export const SnapshotsService: Token<Snapshots> = token<Snapshots>("snapshots");
