// A way to the daemon. There are two, which differ in how they ask and not in what they answer.
import type { StreamEvent } from "@lathe/kernel";
import type { Fields } from "./rest-request.ts";
import type { AnyDeclaration } from "./typed.ts";

export interface Link {
  /** Asks once. Throws LatheProblem, ConnectionError, and the signal's reason. */
  call(question: Question, signal: AbortSignal): Promise<unknown>;

  /**
   * The events of one subscription, in order, for as long as it lasts. Ends as `over` where nothing more will ever come,
   * and as `cut` where it may be asked for again, from the last position. Throws as `call`; a subscription that could not
   * be had, or broke, is a ConnectionError that can heal. Reads no more than a bounded lot ahead of its consumer.
   */
  events(question: Question, signal: AbortSignal): AsyncGenerator<StreamEvent, Ending>;

  /** Connects at once where it waits before it tries again. */
  hurry(): void;
}

export type Ending = "over" | "cut";

export interface Question {
  readonly operation: AnyDeclaration;
  readonly input: Fields;
  readonly idempotencyKey?: string | undefined;
  /** Position of the last event that the asker has, as it is sent. */
  readonly lastEventId?: string | undefined;
}

/** The events that a client of this version knows. A newer daemon may tell of more; those are not shown. */
const transientTypes: ReadonlySet<string> = new Set<Exclude<StreamEvent, { readonly seq: number }>["type"]>([
  "step-start",
  "text-delta",
  "reasoning-delta",
  "tool-call-delta",
  "tool-call",
  "tool-trace-start",
  "tool-trace-finish",
  "tool-result",
  "usage",
  "provider-retry",
  "model-fallback",
  "step-partial",
  "snapshot",
  "reset",
  "feed-start",
  "conversation-changed",
  "run-changed",
]);

/** An entry is shown whatever it is: without it there would be a gap in the log. */
export function isKnown(event: StreamEvent): boolean {
  return "seq" in event || transientTypes.has(event.type);
}
