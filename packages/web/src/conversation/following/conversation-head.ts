// What is known of a conversation beside its turns: title, agent, model, folder.
import type { Conversation } from "@lathe/kernel";
import { conversationsGet, conversationsUpdate } from "@lathe/wire/operations";
import { type ReadonlySignal, useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { conversations } from "../../state/conversation-feed.ts";
import { ask } from "../../state/daemon.ts";

export interface ConversationHead {
  /** Null until it was read. */
  readonly head: ReadonlySignal<Conversation | null>;
  /** Throws as the client does. */
  readonly update: (change: { readonly title?: string; readonly model?: string | null }) => Promise<void>;
}

/** What the feed told, where it told of it, else what was read: a conversation may be none of those that are listed. */
export function useConversationHead(id: string): ConversationHead {
  const read = useSignal<Conversation | null>(null);
  const head = useComputed(() => newer(read.value, toldOf(id)));
  useEffect(() => {
    const leaving = new AbortController();
    ask(conversationsGet, { id }, { signal: leaving.signal }).then(
      (conversation) => {
        read.value = conversation;
      },
      // Whoever follows the conversation is told as well, and shows it.
      () => undefined,
    );
    return () => leaving.abort();
  }, [id, read]);
  return {
    head,
    update: async (change) => {
      read.value = await ask(conversationsUpdate, { id, ...change });
    },
  };
}

function toldOf(id: string): Conversation | null {
  const { told, items } = conversations.value;
  return told.get(id) ?? items.find((item) => item.id === id) ?? null;
}

function newer(one: Conversation | null, other: Conversation | null): Conversation | null {
  if (one === null || other === null) return one ?? other;
  return other.updatedAtMs >= one.updatedAtMs ? other : one;
}
