import { type ContributionPoint, contributionPoint, type Token, token } from "../token.ts";
import type { ConversationEvent, Entry } from "./events.ts";
import type { JsonValue } from "./json.ts";
import type { PreparedChanges } from "./storage.ts";
import type { Usage } from "./usage.ts";
import type { BudgetLimits, WorkflowEntry } from "./workflow-events.ts";

/** One row of what a run has written: of the conversation that it writes to, or of a log of its own. */
export type RunEntry = Entry | WorkflowEntry;

/** Everything that a subscriber of a run can receive. */
export type RunEvent = ConversationEvent | WorkflowEntry;

/** One execution of something: a turn, a workflow, a plan, a background task. */
export interface Run {
  readonly id: string;
  /** Name of the run kind that executes it. */
  readonly kind: string;
  /** Id of the principal that it belongs to. */
  readonly owner: string;
  /**
   * What it is about, in one line: the name of a workflow, the beginning of a turn's message, the label of a workflow's
   * agent. Null where that is not known, as with runs of before there were titles. Written by models and callers.
   */
  readonly title: string | null;
  /** The run that started it; null = a caller did. */
  readonly parentId: string | null;
  readonly status: RunStatus;
  readonly agent: string | null;
  readonly conversationId: string | null;
  readonly turnId: string | null;
  /** Position of its first entry in the log that it writes to; null where that is not known. */
  readonly firstSeq: number | null;
  /** Position of its last entry, once it is over; null where that is not known. */
  readonly lastSeq: number | null;
  /** Milliseconds since 1970. */
  readonly createdAtMs: number;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  /** What it used, its children included; null while that is not known. */
  readonly usage: Usage | null;
  /** What it may use, with all that it starts, and has used so far; null = it has no budget of its own. */
  readonly budget: RunSpending | null;
  /** What it came to: for a turn the text of its last answer. */
  readonly result: JsonValue;
  /**
   * Why it failed; with a run that succeeded, why its result is not whole (`length`, `max-steps`, `content-filter`).
   * Null where there is nothing to say. Safe to show.
   */
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly schemaWarnings: readonly string[];
}

/** A budget, and what was used of it: more than the limits by less than one step for each agent at work, at most. */
export interface RunSpending {
  readonly limits: BudgetLimits;
  /** Input and output together, of every model call that has told what it used. */
  readonly spentTokens: number;
  /** Of what has a known price. */
  readonly spentUsd: number;
}

export type RunStatus =
  | "queued"
  | "running"
  /** For somebody's answer. */
  | "waiting"
  /** It was asked to stop and has not stopped yet. No row holds it: what is stored is that it was asked. */
  | "stopping"
  | "succeeded"
  | "failed"
  /** Somebody asked for it; not a failure. */
  | "stopped"
  /** The daemon ended in the middle of it, and it was not continued. */
  | "interrupted";

export interface NewRun {
  readonly id: string;
  readonly kind: string;
  readonly owner: string;
  /** As in `Run`, without secrets, 200 characters (UTF-16 units) at most; null where absent. */
  readonly title?: string | null;
  readonly parentId: string | null;
  readonly agent: string | null;
  readonly conversationId: string | null;
  readonly turnId: string | null;
  /** As in `Run`: what is begun knows where it will stand, since its commit is checked. */
  readonly firstSeq?: number;
  /** `running` where absent. */
  readonly status?: "queued" | "running";
  /** What it may use, with all that it starts; without a budget of its own where absent. */
  readonly budget?: BudgetLimits;
}

export interface RunEnding {
  readonly status: "succeeded" | "failed" | "stopped" | "interrupted";
  /** As in `Run`. */
  readonly lastSeq?: number;
  readonly usage: Usage | null;
  /** As in `Run`; where absent, what `noteSpending` was told last. */
  readonly budget?: RunSpending;
  readonly result: JsonValue;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** The registry of runs, for those who execute them. */
export interface Runs {
  /** Changes that note a new run: to be joined to the commit that admits it. */
  begin(run: NewRun): PreparedChanges;
  /**
   * Changes that note what a run that is not over is doing from now on; `running` gives it its `startedAtMs` where it has
   * none. Undefined where there is no such run, it is over, or it does that already.
   */
  note(runId: string, status: "queued" | "running" | "waiting"): Promise<PreparedChanges | undefined>;
  /**
   * Changes that note that somebody has asked the run to stop: to be committed before whoever asked is answered. That
   * holds for as long as the run is known, and for everything that it has started or starts.
   */
  askToStop(runId: string): PreparedChanges;
  /**
   * Whether the run, or one above it that it was started by, was asked to stop. One that was, and is not over, is not
   * gone on with by the next daemon: whoever executes its kind ends it as `stopped`.
   */
  wasAskedToStop(runId: string): Promise<boolean>;
  /**
   * Changes that note how it ended: to be joined to the commit of its end. Undefined where there is no such run, and
   * where it is over already. One that was asked to stop is never noted as `interrupted`: it has `stopped`, without an
   * error.
   */
  end(runId: string, ending: RunEnding): Promise<PreparedChanges | undefined>;
  /**
   * Tells what a run that is not over has used, when its executor has made that durable: it is shown from now on, and not
   * stored before the run ends. After a restart it is told again. Nothing happens where there is no such run.
   */
  noteSpending(runId: string, budget: RunSpending): void;
  get(runId: string): Promise<Run | undefined>;
  /** The runs of a kind that are not over, oldest first. Does not look at the others, however many there are. */
  active(kind: string): Promise<readonly Run[]>;
}

export const RunsService: Token<Runs> = token<Runs>("runs");

/** What a caller asks for. The kind checks `input` and throws RunInputError. */
export interface RunRequest {
  readonly input: JsonValue;
  readonly agent?: string;
  readonly conversationId?: string;
  /** What the run may use, with all that it starts. Only for kinds that say that they take it; absent = what it wants. */
  readonly budget?: BudgetLimits;
}

export interface RunStartOptions {
  readonly owner: string;
  readonly parentId: string | null;
  /** Id that the run must get. */
  readonly runId: string;
  /** To be committed with the run's beginning. */
  readonly joined: readonly PreparedChanges[];
}

/** One kind of run, contributed under its name. */
export interface RunKind {
  /**
   * Whether a budget that a caller names comes to `start` as `RunRequest.budget`, beside any input. Where not, it is a part
   * of the input, as the other fields of a workflow's request are.
   */
  readonly takesBudget?: boolean;
  /**
   * Starts a run, and settles when its beginning is durable; it goes on whoever goes away. Throws RunInputError,
   * AppendConflictError where a check of `joined` does not hold (then nothing was started), and what the store throws.
   */
  start(request: RunRequest, options: RunStartOptions): Promise<void>;
  /** Asks the run, and everything that it started, to stop; settles when it has. Nothing happens where it is over. */
  stop(run: Run): Promise<void>;
  /**
   * Delivers the run's entries after a position, each once and in order, then what happens live, until the run is over
   * and nothing more comes: then `onEnd("over")`. As `Turns.subscribe` otherwise.
   */
  subscribe(run: Run, afterSeq: number, subscriber: RunSubscriber): () => void;
  /** Position of the run's last entry so far; 0 = there is none. */
  lastSeq(run: Run): Promise<number>;
  /** Entries of the run after a position, in order, at most `limit` (1 to 1,000). */
  entries(
    run: Run,
    page: { readonly afterSeq: number; readonly limit: number },
  ): Promise<readonly RunEntry[]>;
  /**
   * Removes what the kind itself keeps of a run that is over, and the conversations that the run has begun for its own
   * work; the runs that it started have been deleted by then. The registry's own row is the registry's. Called again
   * where it did not come to its end.
   */
  delete?(run: Run): Promise<void>;
}

export interface RunSubscriber {
  /** As in `Subscriber`. */
  ready?(): Promise<void> | undefined;
  onEvent(event: RunEvent, json: () => string): void;
  onEnd(reason: "over" | "deleted" | "failed"): void;
}

/** What was asked for cannot be run; the message says what to change. */
export class RunInputError extends Error {
  readonly status: 404 | 409 | 422 | 403 | 503;
  readonly code: string;
  /** Dotted path of the field of the request, for example `input.text`; empty = the whole request. */
  readonly field: string;

  constructor(status: RunInputError["status"], code: string, field: string, message: string) {
    super(message);
    this.name = "RunInputError";
    this.status = status;
    this.code = code;
    this.field = field;
  }
}

export const RunKinds: ContributionPoint<RunKind> = contributionPoint<RunKind>("run-kinds");
