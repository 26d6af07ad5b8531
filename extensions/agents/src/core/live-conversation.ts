// What is happening in one conversation right now, and who is watching.
//
// Owns: the subscriptions of the conversation, and the content of the step in flight.
//
// Invariants
//   L1  A subscriber receives every entry after its position exactly once and in order, whether it was read from the
//       store or happened live.
//   L2  A subscriber first receives where the conversation stands, and where its position is none of the log's, a reset.
//       Where a step is in flight, a subscriber that joins receives its whole content so far once, before what follows.
//   L3  A subscriber that throws is left out; the others and the turn do not notice.
//   L4  Every entry that is appended while anybody watches is published here, so this must be the only one of its
//       conversation for as long as it is watched.
import {
  type ConversationEvent,
  type Entry,
  type Snapshot,
  type Subscriber,
  type TransientEvent,
  UnknownConversationError,
} from "@lathe/kernel";
import { PartialStep } from "./partial-step.ts";

/** The stored log of the conversation. */
export interface StoredLog {
  readonly conversationId: string;
  /** Position of the last entry; undefined where there is no such conversation. */
  lastSeq(): Promise<number | undefined>;
  /** Entries after a position, in order, at most `limit`. Throws UnknownConversationError. */
  entries(sinceSeq: number, limit: number): Promise<readonly Entry[]>;
  /** Where the conversation stands; undefined where that is not known. */
  snapshot(): Promise<Snapshot | undefined>;
}

type EndReason = Parameters<Subscriber["onEnd"]>[0];

interface Subscription {
  readonly subscriber: Subscriber;
  /** Position of the last entry that it has, or said that it has. */
  seq: number;
  /** False while it still reads what it misses. */
  joined: boolean;
}

const pageSize = 200;

export class LiveConversation {
  readonly #log: StoredLog;
  readonly #onUnwatched: () => void;
  readonly #subscriptions = new Set<Subscription>();
  readonly #partial = new PartialStep();
  /** Position of the last entry that was published; until one is, of the last that was found in the log. */
  #lastSeq: number | undefined;

  /** @param onUnwatched called each time the last subscription has ended */
  constructor(log: StoredLog, onUnwatched: () => void) {
    this.#log = log;
    this.#onUnwatched = onUnwatched;
  }

  /** True while anybody is subscribed, also one that still reads what it misses. */
  get watched(): boolean {
    return this.#subscriptions.size > 0;
  }

  /** Shows entries that have just been committed. */
  publishEntries(entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.#lastSeq = entry.seq;
      if (entry.type === "step-complete" || entry.type === "done") this.#partial.clear();
      this.#publish(entry, entry.seq);
    }
  }

  publishTransient(event: TransientEvent): void {
    this.#partial.add(event);
    this.#publish(event);
  }

  /** Forgets the step in flight: the turn ended without being able to store it. */
  dropStep(): void {
    this.#partial.clear();
  }

  /** Ends every subscription. */
  end(reason: EndReason): void {
    for (const subscription of [...this.#subscriptions]) this.#end(subscription, reason);
  }

  /** Delivers what the subscriber misses, then joins it to what happens. Returns how to stop. */
  subscribe(sinceSeq: number, subscriber: Subscriber): () => void {
    const subscription: Subscription = { subscriber, seq: sinceSeq, joined: false };
    this.#subscriptions.add(subscription);
    void this.#catchUp(subscription);
    return () => this.#leave(subscription);
  }

  async #catchUp(subscription: Subscription): Promise<void> {
    try {
      // Nothing is delivered before subscribe() has returned.
      await undefined;
      if (this.#lastSeq === undefined) {
        const found = await this.#log.lastSeq();
        if (found === undefined) return this.#end(subscription, "deleted");
        // What was published meanwhile is newer than what was read.
        this.#lastSeq ??= found;
      }
      await this.#greet(subscription, this.#lastSeq);
      while (subscription.seq < this.#lastSeq) {
        if (!(await this.#deliverPage(subscription))) return;
      }
    } catch (failure) {
      return this.#end(subscription, failure instanceof UnknownConversationError ? "deleted" : "failed");
    }
    this.#join(subscription);
  }

  async #greet(subscription: Subscription, lastSeq: number): Promise<void> {
    const snapshot = await this.#log.snapshot();
    const { conversationId } = this.#log;
    if (snapshot !== undefined) {
      const shown: ConversationEvent = { type: "snapshot", conversationId, snapshot };
      this.#deliver(subscription, shown, serializedOnce(shown));
    }
    // What is stored and about to be published may have been read already.
    if (subscription.seq <= lastSeq || subscription.seq <= ((await this.#log.lastSeq()) ?? 0)) return;
    const reset: ConversationEvent = { type: "reset", conversationId, lastSeq };
    this.#deliver(subscription, reset, serializedOnce(reset));
    subscription.seq = 0;
  }

  /** False where the subscription has ended. */
  async #deliverPage(subscription: Subscription): Promise<boolean> {
    if (!this.#subscriptions.has(subscription)) return false;
    const page = await this.#log.entries(subscription.seq, pageSize);
    if (page.length === 0) throw new Error("The log ends before its last entry.");
    for (const entry of page) {
      if (!this.#subscriptions.has(subscription)) return false;
      // Committed, but not yet published: it will come live.
      if (entry.seq > (this.#lastSeq ?? 0)) break;
      const full = subscription.subscriber.ready?.();
      if (full !== undefined) await full;
      if (!this.#subscriptions.has(subscription)) return false;
      this.#deliver(subscription, entry, serializedOnce(entry));
      subscription.seq = entry.seq;
    }
    return this.#subscriptions.has(subscription);
  }

  /** No await between the last comparison of positions and this: an entry in between would be lost. */
  #join(subscription: Subscription): void {
    const partial = this.#partial.event();
    if (partial !== undefined) this.#deliver(subscription, partial, serializedOnce(partial));
    subscription.joined = true;
  }

  #publish(event: ConversationEvent, seq?: number): void {
    let json: (() => string) | undefined;
    for (const subscription of this.#subscriptions) {
      if (!subscription.joined || (seq !== undefined && seq <= subscription.seq)) continue;
      subscription.seq = seq ?? subscription.seq;
      json ??= serializedOnce(event);
      this.#deliver(subscription, event, json);
    }
  }

  #deliver(subscription: Subscription, event: ConversationEvent, json: () => string): void {
    if (!this.#subscriptions.has(subscription)) return;
    try {
      subscription.subscriber.onEvent(event, json);
    } catch {
      this.#leave(subscription);
    }
  }

  #end(subscription: Subscription, reason: EndReason): void {
    if (!this.#subscriptions.has(subscription)) return;
    this.#leave(subscription);
    try {
      subscription.subscriber.onEnd(reason);
    } catch {
      // It is gone either way.
    }
  }

  #leave(subscription: Subscription): void {
    if (this.#subscriptions.delete(subscription) && !this.watched) this.#onUnwatched();
  }
}

/** Serializes at the first call, and then no more: whoever only looks at events pays nothing. */
function serializedOnce(event: ConversationEvent): () => string {
  let json: string | undefined;
  return () => {
    json ??= JSON.stringify(event);
    return json;
  };
}
