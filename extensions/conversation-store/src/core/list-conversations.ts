// One page of conversations, newest first: all of them, or those whose title or agent has the words that are looked for.
import type { Conversation } from "@lathe/kernel";
import type { Page } from "@lathe/wire";
import type { ConversationLog } from "./conversation-log.ts";

export interface ListQuery {
  /** Only those of this owner; null = everybody's. */
  readonly owner: string | null;
  /** Words that must all be there, each anywhere, without regard to case and diacritics. */
  readonly search?: string | undefined;
  readonly limit: number;
  /** Id of the last one that was looked at for the page before. */
  readonly cursor?: string | undefined;
}

/** Words that nearly nothing has make short pages, not long waits. */
const scannedCountMax = 2_000;
const chunkSize = 200;

export async function listConversations(
  { owner, search, limit, cursor }: ListQuery,
  log: Pick<ConversationLog, "list">,
): Promise<Page<Conversation>> {
  const words = wordsOf(search ?? "");
  const items: Conversation[] = [];
  let last = cursor;
  for (let leftCount = scannedCountMax; leftCount > 0; ) {
    const asked = words.length === 0 ? limit + 1 : Math.min(chunkSize, leftCount);
    const found = await log.list({
      limit: asked,
      ...(last === undefined ? {} : { after: last }),
      ...(owner === null ? {} : { owner }),
    });
    for (const conversation of found) {
      if (items.length === limit) return { items, nextCursor: last ?? null };
      if (has(conversation, words)) items.push(conversation);
      last = conversation.id;
    }
    if (found.length < asked) return { items, nextCursor: null };
    leftCount -= found.length;
  }
  return { items, nextCursor: last ?? null };
}

function has({ title, agent }: Conversation, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = folded(`${title ?? ""}\n${agent}`);
  return words.every((word) => text.includes(word));
}

function wordsOf(search: string): readonly string[] {
  return folded(search)
    .split(/\s+/)
    .filter((word) => word !== "");
}

/** Without case, diacritics and differences of form, such as that of a ligature. */
function folded(text: string): string {
  return text.normalize("NFKD").toLowerCase().replace(/\p{M}/gu, "");
}
