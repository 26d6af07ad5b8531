// The transcripts of the conversations that were used last, so that a turn does not read its whole history again.
import { type Conversations, type Entry, Transcript } from "@lathe/kernel";
import { LRUCache } from "lru-cache";
import { lengthOf, messagesOf } from "./history.ts";
import { TurnTree } from "./turn-tree.ts";

const pageSize = 1_000;

interface Kept {
  transcript: Transcript;
  readonly turns: TurnTree;
  /** Position of the last entry that is in it. */
  seq: number;
  /** UTF-16 units, roughly. */
  length: number;
}

export class Transcripts {
  readonly #conversations: Conversations;
  readonly #kept: LRUCache<string, Kept>;

  /** @param lengthMax UTF-16 units of all transcripts together that are kept; one that is in use counts as well */
  constructor(conversations: Conversations, lengthMax: number) {
    this.#conversations = conversations;
    this.#kept = new LRUCache({
      maxSize: Math.max(1, lengthMax),
      sizeCalculation: (kept) => kept.length + 1,
    });
  }

  /** The transcript up to the position, read as far as it is not kept. */
  async open(conversationId: string, lastSeq: number): Promise<Transcript> {
    const kept = this.#kept.get(conversationId) ?? nothing();
    if (kept.seq < lastSeq) {
      // Until all of it has been read it is nobody's: a restore may have been seen, and not yet what it means.
      this.forget(conversationId);
      await this.#readOn(conversationId, kept, lastSeq);
    }
    this.#keep(conversationId, kept);
    return kept.transcript;
  }

  async #readOn(conversationId: string, kept: Kept, lastSeq: number): Promise<void> {
    let restored = false;
    for await (const entry of this.#entries(conversationId, kept.seq, lastSeq)) {
      for (const message of messagesOf(entry)) kept.transcript.append(message);
      count(kept, entry);
      restored ||= entry.type === "restored";
    }
    if (restored) await this.#readPath(conversationId, kept);
  }

  /** After a restore the transcript holds other turns than before: it is made anew of those that count. */
  async #readPath(conversationId: string, kept: Kept): Promise<void> {
    const path = kept.turns.path();
    kept.transcript = new Transcript();
    kept.length = 0;
    for await (const entry of this.#entries(conversationId, 0, kept.seq)) {
      if (!path.has(entry.turnId)) continue;
      for (const message of messagesOf(entry)) {
        kept.transcript.append(message);
        kept.length += lengthOf(message);
      }
    }
  }

  async *#entries(conversationId: string, afterSeq: number, lastSeq: number): AsyncGenerator<Entry> {
    for (let sinceSeq = afterSeq; sinceSeq < lastSeq; ) {
      const limit = Math.min(pageSize, lastSeq - sinceSeq);
      const page = await this.#conversations.entries(conversationId, { sinceSeq, limit });
      if (page.length === 0) throw new Error("The log ends before its last entry.");
      yield* page;
      sinceSeq = page.at(-1)?.seq ?? lastSeq;
    }
  }

  /** Says that a turn itself appends to the transcript what these entries hold. */
  advance(conversationId: string, entries: readonly Entry[]): void {
    const kept = this.#kept.get(conversationId);
    if (kept === undefined) return;
    for (const entry of entries) {
      // Somebody else's entry came in between, and the transcript does not hold it.
      if (entry.seq !== kept.seq + 1) {
        this.forget(conversationId);
        return;
      }
      count(kept, entry);
    }
    this.#keep(conversationId, kept);
  }

  /** For a transcript that may hold what was not stored. */
  forget(conversationId: string): void {
    this.#kept.delete(conversationId);
  }

  #keep(conversationId: string, kept: Kept): void {
    // The cache looks at the size of a value that is new to it, and of no other.
    this.#kept.delete(conversationId);
    this.#kept.set(conversationId, kept);
  }
}

function nothing(): Kept {
  return { transcript: new Transcript(), turns: new TurnTree(), seq: 0, length: 0 };
}

function count(kept: Kept, entry: Entry): void {
  kept.turns.take(entry);
  for (const message of messagesOf(entry)) kept.length += lengthOf(message);
  kept.seq = entry.seq;
}
