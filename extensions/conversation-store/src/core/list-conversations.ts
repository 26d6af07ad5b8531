// One page of conversations, those first that were active last: all of them, or those whose title or agent has the words
// that are looked for.
import type { Conversation, ListPosition } from "@lathe/kernel";
import { type Page, ProblemError } from "@lathe/wire";
import type { ConversationLog } from "./conversation-log.ts";

export interface ListQuery {
  /** Only those of this owner; null = everybody's. */
  readonly owner: string | null;
  /** Words that must all be there, each anywhere, without regard to case and diacritics. */
  readonly search?: string | undefined;
  readonly limit: number;
  /** Where the page before ended: the place of the last one that was looked at for it. */
  readonly cursor?: string | undefined;
}

/** Words that nearly nothing has make short pages, not long waits. */
const scannedCountMax = 2_000;
const chunkSize = 200;

/** Throws the problem `invalid-cursor`. */
export async function listConversations(
  { owner, search, limit, cursor }: ListQuery,
  log: Pick<ConversationLog, "list">,
): Promise<Page<Conversation>> {
  const words = wordsOf(search ?? "");
  const items: Conversation[] = [];
  let last = cursor === undefined ? undefined : positionOf(cursor);
  for (let leftCount = scannedCountMax; leftCount > 0; ) {
    const asked = words.length === 0 ? limit + 1 : Math.min(chunkSize, leftCount);
    const found = await log.list({
      limit: asked,
      ...(last === undefined ? {} : { after: last }),
      ...(owner === null ? {} : { owner }),
    });
    for (const conversation of found) {
      if (items.length === limit) return { items, nextCursor: cursorOf(last) };
      if (has(conversation, words)) items.push(conversation);
      last = conversation;
    }
    if (found.length < asked) return { items, nextCursor: null };
    leftCount -= found.length;
  }
  return { items, nextCursor: cursorOf(last) };
}

function cursorOf(last: ListPosition | undefined): string | null {
  return last === undefined ? null : `${last.lastActiveAtMs}:${last.id}`;
}

function positionOf(cursor: string): ListPosition {
  const [, time, id] = /^(\d{1,16}(?:\.\d{1,16})?):(.+)$/.exec(cursor) ?? [];
  if (time !== undefined && id !== undefined) return { lastActiveAtMs: Number(time), id };
  const message = "It is no cursor of a list of conversations. Begin again without one.";
  throw new ProblemError(400, "invalid-cursor", message, { errors: [{ field: "cursor", message }] });
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
