// What a change feed tells: which conversations and which runs are not any more what a list has said. All of it is
// transient and without a position. Nothing is replayed.
import type { Conversation } from "./conversations.ts";
import type { Run, RunEvent } from "./runs.ts";

/**
 * The feed begins here: every change that is committed from now on is told, and none from before. Given first of all each
 * time that a feed is followed, so also after a lost connection, and once more where a client reads so slowly that too
 * much waits for it. Whoever is given it reads the list now, and not earlier, and takes it for all that he knows.
 */
export interface FeedStart {
  readonly type: "feed-start";
}

/**
 * A conversation that lists show is new, is another, or was deleted (null). It is the latest state at the time of the
 * telling; what it was in between may be left out.
 */
export interface ConversationChanged {
  readonly type: "conversation-changed";
  readonly conversationId: string;
  readonly conversation: Conversation | null;
}

/** As `ConversationChanged`, for a run; it is shown as `stopping` from the moment on at which somebody has asked for it. */
export interface RunChanged {
  readonly type: "run-changed";
  readonly runId: string;
  readonly run: Run | null;
}

/** Everything that a follower of a change feed can receive. */
export type ChangeEvent = FeedStart | ConversationChanged | RunChanged;

/** Everything that any stream can show. */
export type StreamEvent = RunEvent | ChangeEvent;
