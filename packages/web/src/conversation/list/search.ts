// Which conversations have the words that somebody looks for: those that are there at once, and those that the daemon finds.
import type { Conversation } from "@lathe/kernel";
import { type ListPlace, newestFirst } from "../../state/live-list.ts";

/** As the daemon searches: all words, in any order, in the title or the agent's name; case and diacritics do not matter. */
export function matches({ title, agent }: Pick<Conversation, "title" | "agent">, search: string): boolean {
  const text = folded(`${title ?? ""} ${agent}`);
  return folded(search)
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** Each once, in the order of their last activity; what is held is newer than what was found. */
export function merged(
  held: readonly Conversation[],
  found: readonly Conversation[],
): readonly Conversation[] {
  const known = new Set(held.map(({ id }) => id));
  return [...held, ...found.filter(({ id }) => !known.has(id))].toSorted((one, other) =>
    newestFirst(placeOf(one), placeOf(other)),
  );
}

function placeOf({ lastActiveAtMs, id }: Conversation): ListPlace {
  return { atMs: lastActiveAtMs, id };
}

/** Without case, diacritics and differences of form, such as that of a ligature. */
function folded(text: string): string {
  return text.normalize("NFKD").toLowerCase().replace(/\p{M}/gu, "");
}
