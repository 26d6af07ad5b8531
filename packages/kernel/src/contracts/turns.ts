import { type Token, token } from "../token.ts";
import type { ConversationEvent, ConversationRestored, Entry } from "./events.ts";
import type { PreparedChanges } from "./storage.ts";
import type { BudgetLimits } from "./workflow-events.ts";

/** Admits input to conversations and drives their turns. A turn belongs to the daemon, not to who asked for it. */
export interface Turns {
  /**
   * Commits the user's message and the run, starts the turn, and settles when the commit is durable. It is welcome from
   * the moment on that the last turn's `turn-sealed` is shown, also from within the subscriber that is shown it.
   * Throws UnknownConversationError, TurnRefusedError, AppendConflictError where a check of `joined` does not hold (then
   * nothing was admitted), and what the store throws.
   */
  send(conversationId: string, input: TurnInput, options?: SendOptions): Promise<Admission>;

  /**
   * Asks the turn in progress to stop, with `turnId` only where it is this one; settles when it has sealed. A turn that
   * had to be given up, because its events could not be stored, is sealed now. False = nothing was running. Throws
   * UnknownConversationError, and what the store throws.
   */
  stop(conversationId: string, turnId?: string): Promise<boolean>;

  /**
   * Goes on from the end of an earlier turn of an idle conversation: appends `restored`, shows it to the subscribers, and
   * settles when it is durable. The turn may be one that an earlier restore left behind. Throws UnknownConversationError,
   * ForkPositionError where no turn of this id is over, TurnRefusedError, and what the store throws.
   */
  restore(conversationId: string, turnId: string): Promise<Entry<ConversationRestored>>;

  /**
   * Delivers the conversation's snapshot where there is one, every entry after `sinceSeq` exactly once and in order, then
   * the step in flight as one `step-partial`, then what happens live. A position that the log does not have is answered
   * with a `reset`, and then with everything. Calls back as `onEvent(event, json)`, where `json()` gives the event serialized, once
   * for all subscribers that ask. `onEvent` must return at once; one that throws is unsubscribed. Returns how to stop.
   */
  subscribe(conversationId: string, sinceSeq: number, subscriber: Subscriber): () => void;

  /** Refuses new input from now on, waits up to `graceMs` for the turns in progress, then stops those that are left. */
  drain(graceMs: number): Promise<void>;

  /** Whether `drain` was called: a turn that is stopped from then on may have been stopped by nobody but the daemon's end. */
  readonly isDraining: boolean;
}

export interface TurnInput {
  readonly text: string;
  /** `provider/model` or an alias of the configuration, for this turn only. */
  readonly model?: string;
}

export interface SendOptions {
  /** The principal that the run belongs to; the conversation's owner where absent. */
  readonly owner?: string;
  /** The run that this one belongs to. */
  readonly parentId?: string;
  /** The id that the run gets; a new one where absent. */
  readonly runId?: string;
  /** What the run is about, without secrets; the beginning of the message where absent. */
  readonly title?: string;
  /** Changes of others, to be committed with the message. */
  readonly joined?: readonly PreparedChanges[];
  /**
   * What the turn may use, asked before each of its steps, also where it goes on after a crash. With a limit in USD it is
   * refused (`unknown-price`) where the price of its model is not known.
   */
  readonly budget?: BudgetLimits;
}

export interface Admission {
  readonly runId: string;
  readonly turnId: string;
  /** Position of the user's message. */
  readonly seq: number;
}

export interface Subscriber {
  /**
   * Asked before each entry of a replay: undefined = it can take more now, else it settles when it can. Absent = always.
   * The replay goes no further until then, and what happens live meanwhile is read from the log afterwards.
   */
  ready?(): Promise<void> | undefined;
  onEvent(event: ConversationEvent, json: () => string): void;
  /** There is no such conversation (any more), or its log could not be read or written. Nothing comes after it. */
  onEnd(reason: "deleted" | "failed"): void;
}

export class TurnRefusedError extends Error {
  readonly code:
    | "turn-in-progress"
    | "unknown-model"
    | "unknown-agent"
    | "unknown-price"
    | "draining"
    | "no-model";

  constructor(code: TurnRefusedError["code"], message: string) {
    super(message);
    this.name = "TurnRefusedError";
    this.code = code;
  }
}

export const TurnsService: Token<Turns> = token<Turns>("turns");
