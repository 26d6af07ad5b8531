// The conversations that somebody watches, or in which something happens: one `LiveConversation` each.
import type { Conversations, Snapshots } from "@lathe/kernel";
import { LiveConversation, type StoredLog } from "./live-conversation.ts";
import type { Places } from "./places.ts";

export interface LiveDesk {
  readonly conversations: Conversations;
  readonly snapshots: Snapshots;
  readonly places: Places;
}

export class LiveConversations {
  readonly #desk: LiveDesk;
  readonly #live = new Map<string, LiveConversation>();

  constructor(desk: LiveDesk) {
    this.#desk = desk;
  }

  of(conversationId: string): LiveConversation {
    const known = this.#live.get(conversationId);
    if (known !== undefined) return known;
    const { conversations, snapshots } = this.#desk;
    const log: StoredLog = {
      conversationId,
      snapshot: () => snapshots.get(conversationId),
      lastSeq: async () => (await conversations.get(conversationId))?.lastSeq,
      entries: (sinceSeq, limit) => conversations.entries(conversationId, { sinceSeq, limit }),
    };
    const live = new LiveConversation(log, () => this.closeUnused(conversationId));
    this.#live.set(conversationId, live);
    return live;
  }

  /** The conversation is deleted. */
  end(conversationId: string): void {
    this.#live.get(conversationId)?.end("deleted");
  }

  /** A conversation that nobody watches and that nothing happens in needs no memory. */
  closeUnused(conversationId: string): void {
    const live = this.#live.get(conversationId);
    if (live !== undefined && !live.watched && this.#desk.places.get(conversationId) === undefined) {
      this.#live.delete(conversationId);
    }
  }
}
