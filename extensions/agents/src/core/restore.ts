// Finds what a conversation is restored to.
import { type Conversations, type Entry, ForkPositionError, type TurnSealed } from "@lathe/kernel";

const pageSize = 200;

/** The seal of a turn that is over. Reads backwards in pages. Throws ForkPositionError where there is none. */
export async function sealOf(
  conversations: Pick<Conversations, "entries">,
  conversationId: string,
  lastSeq: number,
  turnId: string,
): Promise<Entry<TurnSealed>> {
  for (let end = lastSeq; end > 0; end -= pageSize) {
    const sinceSeq = Math.max(0, end - pageSize);
    const page = await conversations.entries(conversationId, { sinceSeq, limit: end - sinceSeq });
    for (const entry of page) if (entry.type === "turn-sealed" && entry.turnId === turnId) return entry;
  }
  throw new ForkPositionError(
    "The conversation has no turn of this id that is over. Its timeline lists those that there are.",
  );
}
