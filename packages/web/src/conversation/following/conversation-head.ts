// What is known of a conversation beside its turns: title, agent, model, folder.
import type { Conversation } from "@lathe/kernel";
import { conversationsGet, conversationsUpdate } from "@lathe/wire/operations";
import { type ReadonlySignal, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { conversationNow } from "../../state/conversation-feed.ts";
import { ask } from "../../state/daemon.ts";

export interface ConversationHead {
  /** Null until it was read. */
  readonly head: ReadonlySignal<Conversation | null>;
  /** Throws as the client does. */
  readonly update: (change: { readonly title?: string; readonly model?: string | null }) => Promise<void>;
}

/** What was read or told last: a conversation may be none of those that are listed, and a feed forgets what it told. */
export function useConversationHead(id: string): ConversationHead {
  const head = useSignal<Conversation | null>(null);
  const learn = (conversation: Conversation): void => {
    if (conversation.updatedAtMs >= (head.peek()?.updatedAtMs ?? 0)) head.value = conversation;
  };
  useSignalEffect(() => {
    const told = conversationNow(id);
    if (told !== undefined) learn(told);
  });
  useEffect(() => {
    const leaving = new AbortController();
    ask(conversationsGet, { id }, { signal: leaving.signal }).then(
      learn,
      // Whoever follows the conversation is told as well, and shows it.
      () => undefined,
    );
    return () => leaving.abort();
  }, [id, head]);
  return {
    head,
    update: async (change) => {
      learn(await ask(conversationsUpdate, { id, ...change }));
    },
  };
}
