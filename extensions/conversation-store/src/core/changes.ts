// The change feed of the conversations that lists show. Those that runs began for their own work are told nowhere: their
// runs are.
import { ChangeFeed } from "@lathe/extension-kit";
import type { Conversation, Logger, Storage, TimersPower } from "@lathe/kernel";
import { conversationOf } from "./heads.ts";
import { headKey, headPrefix } from "./keys.ts";

export interface ChangesDesk {
  readonly storage: Storage;
  readonly timers: TimersPower;
  readonly logger: Logger;
}

export type ConversationFeed = ChangeFeed<Conversation>;

export function createConversationFeed({ storage, timers, logger }: ChangesDesk): ConversationFeed {
  return new ChangeFeed<Conversation>({
    timers,
    // The cache of heads may be a moment behind the store, which has announced the change already.
    read: async (ids) => {
      const rows = await storage.getMany(ids.map(headKey));
      return rows.map((row) => row && conversationOf(row.value));
    },
    eventOf: (conversationId, conversation) => {
      return { type: "conversation-changed", conversationId, conversation };
    },
    onFailure: (failure) => {
      logger.log("warn", "Changes of conversations could not be read.", { failure: String(failure) });
    },
  });
}

/** Tells the feed of every commit that changes a head, whoever made it. Returns how to stop. */
export function startWatchingHeads(storage: Storage, feed: ConversationFeed): () => void {
  return storage.watch(headPrefix, (keys) => {
    for (const key of keys) feed.noteChanged(String(key[1]));
  });
}
