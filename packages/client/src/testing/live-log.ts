// One conversation as a daemon serves it: what has happened so far, and who follows it.
import type { ConversationEvent, Entry, TransientEvent } from "@lathe/kernel";
import { partialOf } from "@lathe/wire";

export type Deliver = (event: ConversationEvent) => void;

export class LiveLog {
  readonly id = "cnv_1";
  readonly #followers = new Set<Deliver>();
  #events: ConversationEvent[] = [];
  #isLost: (event: ConversationEvent) => boolean = () => false;

  get lastSeq(): number {
    return this.entries.length;
  }

  get entries(): readonly Entry[] {
    return this.#events.filter((event) => "seq" in event);
  }

  get followerCount(): number {
    return this.#followers.size;
  }

  publish(...events: readonly ConversationEvent[]): void {
    for (const event of events) {
      this.#events.push(event);
      if (this.#isLost(event)) continue;
      for (const deliver of [...this.#followers]) deliver(event);
    }
  }

  /** What is published meanwhile and is as said reaches nobody who follows now. */
  losing(isLost: (event: ConversationEvent) => boolean, publish: () => void): void {
    this.#isLost = isLost;
    publish();
    this.#isLost = () => false;
  }

  /** The state folder is another one now. */
  forgetAll(): void {
    this.#events = [];
  }

  /** As `Turns.subscribe`, at once. Returns how to stop. */
  subscribe(sinceSeq: number, deliver: Deliver): () => void {
    const isPosition = Number.isSafeInteger(sinceSeq) && sinceSeq >= 0 && sinceSeq <= this.lastSeq;
    if (!isPosition) deliver({ type: "reset", conversationId: this.id, lastSeq: this.lastSeq });
    for (const entry of this.entries) if (!isPosition || entry.seq > sinceSeq) deliver(entry);
    const partial = this.#partial();
    if (partial !== undefined) deliver(partial);
    this.#followers.add(deliver);
    return () => this.#followers.delete(deliver);
  }

  #partial(): ConversationEvent | undefined {
    const lastEntry = this.#events.findLastIndex((event) => "seq" in event);
    const events = partialOf(this.#events.slice(lastEntry + 1) as TransientEvent[]);
    const [first] = events;
    if (first === undefined) return undefined;
    const { conversationId, turnId, stepId } = first;
    return { type: "step-partial", conversationId, turnId, stepId, events };
  }
}
