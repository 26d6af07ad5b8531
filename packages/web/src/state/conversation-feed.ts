// The caller's conversations, by their last activity, as they are now; those that workflows began are left to their runs.
import type { Conversation } from "@lathe/kernel";
import { conversationsChanges, conversationsList } from "@lathe/wire/operations";
import { computed, type ReadonlySignal } from "@preact/signals";
import { ask, daemon } from "./daemon.ts";
import { type FollowedList, followList } from "./follow-list.ts";
import type { LiveList } from "./live-list.ts";

const pageCount = 50;

export const conversationFeed: FollowedList<Conversation> = followList<Conversation>({
  timeOf: ({ lastActiveAtMs }) => lastActiveAtMs,
  async *changes(signal) {
    for await (const event of daemon.follow(conversationsChanges, {}, { signal })) {
      if (event.type === "feed-start") yield undefined;
      else if (event.conversation?.parentRunId == null)
        yield { id: event.conversationId, row: event.conversation };
    }
  },
  page: (cursor, signal) =>
    ask(conversationsList, { limit: pageCount, ...(cursor === null ? {} : { cursor }) }, { signal }),
});

/** The conversation as it is now, as far as it is known; undefined = it is not, or it is gone. */
export function conversationNow(id: string): Conversation | undefined {
  const { told, items } = conversationFeed.list.value;
  return told.get(id) ?? items.find((item) => item.id === id);
}

export const conversations: ReadonlySignal<LiveList<Conversation>> = computed(
  () => conversationFeed.list.value,
);
