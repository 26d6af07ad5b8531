// What is happening in one conversation right now, and who is watching.
//
// Owns: the subscribers of the conversation, and the content of the step in flight.
//
// Invariants
//   L1  A subscriber receives every entry after its position exactly once and in order, whether it was read from the
//       store or happened live.
//   L2  Where a step is in flight, a subscriber that joins receives its whole content so far once, before what follows.
//   L3  A subscriber that throws is left out; the others and the turn do not notice.
import type { ConversationEvent, Entry, StepPartial, Subscriber, TransientEvent } from "@lathe/kernel";
import { PartialStep } from "./partial-step.ts";

/** Reads entries after a position, in order, at most `limit`. */
export type ReadEntries = (sinceSeq: number, limit: number) => Promise<readonly Entry[]>;

const pageSize = 500;

export class LiveConversation {
  readonly #readEntries: ReadEntries;
  readonly #watching = new Set<Subscriber>();
  readonly #partial = new PartialStep();
  #lastSeq: number;
  #subscriptionCount = 0;

  /** @param lastSeq position of the last entry that is stored now */
  constructor(readEntries: ReadEntries, lastSeq: number) {
    this.#readEntries = readEntries;
    this.#lastSeq = lastSeq;
  }

  /** True while anybody is subscribed, also one that still reads what it misses. */
  get watched(): boolean {
    return this.#subscriptionCount > 0;
  }

  /** Shows entries that have just been committed. */
  publishEntries(entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.#lastSeq = entry.seq;
      if (entry.type === "step-complete" || entry.type === "done") this.#partial.clear();
      this.#publish(entry);
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
  end(reason: "deleted" | "failed"): void {
    const watching = [...this.#watching];
    this.#watching.clear();
    for (const subscriber of watching) endQuietly(subscriber, reason);
  }

  /** Delivers what the subscriber misses, then joins it to what happens. Returns how to stop. */
  subscribe(sinceSeq: number, subscriber: Subscriber): () => void {
    let stopped = false;
    this.#subscriptionCount++;
    void this.#catchUp(sinceSeq, subscriber, () => stopped);
    return () => {
      if (stopped) return;
      stopped = true;
      this.#subscriptionCount--;
      this.#watching.delete(subscriber);
    };
  }

  async #catchUp(sinceSeq: number, subscriber: Subscriber, isStopped: () => boolean): Promise<void> {
    let seq = sinceSeq;
    try {
      // Nothing is delivered before subscribe() has returned.
      await undefined;
      while (!isStopped() && seq < this.#lastSeq) {
        const page = await this.#readEntries(seq, pageSize);
        if (page.length === 0) throw new Error("The log ends before its last entry.");
        for (const entry of page) {
          if (isStopped()) return;
          // Committed, but not yet published: it will come live.
          if (entry.seq > this.#lastSeq) break;
          if (!deliver(subscriber, entry, JSON.stringify(entry))) return;
          seq = entry.seq;
        }
      }
    } catch {
      if (!isStopped()) endQuietly(subscriber, "failed");
      return;
    }
    if (!isStopped()) this.#join(subscriber);
  }

  /** No await between the last comparison of positions and this: an entry in between would be lost. */
  #join(subscriber: Subscriber): void {
    const partial: StepPartial | undefined = this.#partial.event();
    if (partial !== undefined && !deliver(subscriber, partial, JSON.stringify(partial))) return;
    this.#watching.add(subscriber);
  }

  #publish(event: ConversationEvent): void {
    if (this.#watching.size === 0) return;
    const json = JSON.stringify(event);
    for (const subscriber of this.#watching) {
      if (!deliver(subscriber, event, json)) this.#watching.delete(subscriber);
    }
  }
}

function deliver(subscriber: Subscriber, event: ConversationEvent, json: string): boolean {
  try {
    subscriber.onEvent(event, json);
    return true;
  } catch {
    return false;
  }
}

function endQuietly(subscriber: Subscriber, reason: "deleted" | "failed"): void {
  try {
    subscriber.onEnd(reason);
  } catch {
    // It is gone either way.
  }
}
