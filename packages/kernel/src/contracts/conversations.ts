import { type Token, token } from "../token.ts";
import type { AgentOverrides } from "./agent-directory.ts";
import type { DurableEvent, Entry } from "./events.ts";
import type { PreparedChanges } from "./storage.ts";

/** One conversation's head: small, whatever the length of its log. */
export interface Conversation {
  readonly id: string;
  /** Id of the principal that it belongs to. */
  readonly owner: string;
  /** One that was given, else the beginning of the first message, 80 characters at most; null while there is neither. */
  readonly title: string | null;
  readonly agent: string;
  /** `provider/model` or an alias of the configuration; `null` = the agent's own choice. */
  readonly model: string | null;
  /** Absolute path that the tools work in and must not leave. */
  readonly cwd: string;
  readonly state: ConversationState;
  /** Position of the last entry; 0 = none yet. */
  readonly lastSeq: number;
  /** Where it branched off: it shares the entries of the other up to `seq`. Null = it began empty. */
  readonly forkedFrom: { readonly conversationId: string; readonly seq: number } | null;
  /** The run that began it for its own work; null = somebody did. Lists show the latter only. */
  readonly parentRunId: string | null;
  /** Null = the agent is taken as it is defined. */
  readonly overrides: AgentOverrides | null;
  readonly createdAtMs: number;
  /** When anything of it changed last: an entry, its title, its model. */
  readonly updatedAtMs: number;
  /**
   * When the last message to it was accepted; when it began, or was forked, while there is none of its own. Lists are in
   * this order. Each is later than every one before, whatever the clock does; where that has gone back, they run ahead of
   * it until it has caught up. What else happens to a conversation does not move it.
   */
  readonly lastActiveAtMs: number;
}

/** Where a conversation stands in a list. Of two of the same millisecond the greater id is the newer. */
export type ListPosition = Pick<Conversation, "lastActiveAtMs" | "id">;

export type ConversationState = "idle" | "in_progress";

export interface NewConversation {
  readonly owner: string;
  readonly title: string | null;
  readonly agent: string;
  readonly model: string | null;
  readonly cwd: string;
  /** As in `Conversation`; null where absent. */
  readonly parentRunId?: string | null;
  readonly overrides?: AgentOverrides | null;
}

/** What a fork does not have of the one that it branches off. */
export type ForkedConversation = Pick<NewConversation, "owner" | "title" | "model">;

/** A part of a log, as a conversation reads it: the entries after `afterSeq`, up to `toSeq`. */
export interface LogStretch {
  /** Whose log it is; that conversation may have been deleted. */
  readonly conversationId: string;
  readonly afterSeq: number;
  /** Null = without an end. */
  readonly toSeq: number | null;
}

export interface PreparedConversation {
  readonly conversation: Conversation;
  readonly changes: PreparedChanges;
}

/** Keeps conversations and their logs. Everything that it returns is durable. */
export interface Conversations {
  create(draft: NewConversation): Promise<Conversation>;
  /**
   * A conversation that begins with somebody else's commit: `changes` are to be joined to it, once. There is none before
   * that, and none where it is not made.
   */
  prepare(draft: NewConversation): PreparedConversation;
  get(id: string): Promise<Conversation | undefined>;
  /**
   * By `lastActiveAtMs`, newest first, without those that a run began for its own work; those of one owner where one is
   * named. `after` is the last one seen, as it was given by the list: it may have moved or be gone since.
   *
   * Whoever reads page by page sees every conversation that does not move meanwhile exactly once. One that does goes to
   * the beginning: it is seen once where its old place was read already, else not at all. What changes in between is told
   * by the change feed.
   */
  list(page: {
    readonly limit: number;
    readonly after?: ListPosition;
    readonly owner?: string;
  }): Promise<readonly Conversation[]>;

  /**
   * Begins a conversation that shares the entries of another up to `seq`, which must be a `step-complete`, a
   * `turn-sealed` or a `restored`; entries are read through it as if they were its own. Nothing is copied. Inside of a
   * turn the shared part is closed with a `done` (`interrupted`) and a `turn-sealed` of the new one, at `seq` + 1 and + 2.
   * It has the agent, the folder and the overrides of the other, and is somebody's own: its `parentRunId` is null.
   * Throws UnknownConversationError and ForkPositionError.
   */
  fork(id: string, seq: number, draft: ForkedConversation): Promise<Conversation>;
  /**
   * Removes the conversation with its log. Settles when nothing of it can be read by its id; entries that forks share
   * stay until the last of them has gone. False = there was none.
   */
  delete(id: string): Promise<boolean>;

  /**
   * Whose log holds the entries, oldest first; one stretch where it is no fork. The last is the conversation's own and
   * has no end. What others keep by conversation and position is found by it through forks. Throws
   * UnknownConversationError.
   */
  lineage(id: string): Promise<readonly LogStretch[]>;

  /**
   * Position of the seal of a turn that is over; undefined where the conversation has none of this id. Throws
   * UnknownConversationError.
   */
  turnEnd(id: string, turnId: string): Promise<number | undefined>;

  /**
   * Calls back when what came after `keptSeq` of a deleted conversation is about to be taken off the disk: 0 =
   * everything, else forks still share what is before. What others keep of it must go with it. It is waited for; where it
   * rejects, or the process ends first, it is called again at the next start. Returns how to stop.
   */
  onErased(listener: (conversationId: string, keptSeq: number) => Promise<void>): () => void;

  /**
   * Appends events in one commit and returns them as entries with dense positions, in the order given.
   *
   * `state` and `joined` change the head and other extensions' rows in the same commit; a conversation without a title is
   * given one there by its first message. Appends to one conversation
   * are done one after the other, in the order of the calls. Throws UnknownConversationError, AppendConflictError, and
   * what the store throws.
   */
  append(
    id: string,
    events: readonly DurableEvent[],
    options?: { readonly state?: ConversationState; readonly joined?: readonly PreparedChanges[] },
  ): Promise<readonly Entry[]>;

  /** Entries after `sinceSeq` in order, at most `limit` (1 to 1,000). Throws UnknownConversationError. */
  entries(id: string, page: { readonly sinceSeq: number; readonly limit: number }): Promise<readonly Entry[]>;
}

export class UnknownConversationError extends Error {
  readonly code = "unknown-conversation";
  readonly conversationId: string;

  constructor(conversationId: string) {
    super("There is no such conversation. List those that there are with GET /api/conversations.");
    this.name = "UnknownConversationError";
    this.conversationId = conversationId;
  }
}

/** A conversation cannot be forked, or restored, at this position. */
export class ForkPositionError extends Error {
  readonly code = "not-a-fork-position";

  constructor(message: string) {
    super(message);
    this.name = "ForkPositionError";
  }
}

/** A check of the `joined` changes did not hold: nothing was appended, and none of them was made. */
export class AppendConflictError extends Error {
  readonly code = "append-conflict";
  readonly conversationId: string;

  constructor(conversationId: string) {
    super(
      "What was to be committed with the entries has changed meanwhile. Read it again and append once more.",
    );
    this.name = "AppendConflictError";
    this.conversationId = conversationId;
  }
}

export const ConversationsService: Token<Conversations> = token<Conversations>("conversations");
