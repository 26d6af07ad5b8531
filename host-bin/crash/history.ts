// What the outside knows of one conversation: what was sent, and what the daemon said to it.
import type { Watcher } from "./watcher.ts";

/** A message, and what became of the request that carried it. */
export interface SentMessage {
  /** Said by nobody else. */
  readonly text: string;
  /** Idempotency key, where it was sent as a run. */
  readonly key: string | null;
  /**
   * `sent` until there is an answer, `acknowledged` with 202, `refused` where the daemon or the network made certain that
   * nothing was done, and `unknown` where the answer is lost.
   */
  state: "sent" | "acknowledged" | "refused" | "unknown";
  /** What the acknowledgement named. */
  admission: Admitted | null;
  /** Why the daemon did not take it, though it should have. */
  refusedFor: string | null;
  /** When the daemon said that its turn was stopped and is over, in milliseconds since 1970; null where it did not. */
  stoppedAtMs: number | null;
  /** Whether the daemon said that the run is being stopped. */
  isStopAcknowledged: boolean;
}

export interface Admitted {
  readonly runId: string;
  readonly turnId: string;
  /** Position of the message; null where the acknowledgement does not tell. */
  readonly seq: number | null;
}

export interface History {
  readonly conversationId: string;
  readonly agent: string;
  readonly sent: SentMessage[];
  readonly watchers: readonly Watcher[];
}

/** Messages whose turn was not over when the daemon was last heard of. */
export function inFlight({ sent, watchers }: History): readonly SentMessage[] {
  const isOver = (message: SentMessage): boolean => {
    const { state, admission } = message;
    if (state === "refused") return true;
    return admission !== null && watchers.some((watcher) => watcher.hasSealed(admission.turnId));
  };
  return sent.filter((message) => !isOver(message));
}
