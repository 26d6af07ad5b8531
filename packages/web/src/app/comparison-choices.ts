// What the conversation in the main pane can be compared with.
import type { Conversation } from "@lathe/kernel";
import type { Place, View } from "./places.ts";

export interface ComparisonChoice {
  readonly label: string;
  readonly place: Place;
}

/** Its origin and the one beside it; any other only where comparing is asked for, since each of them would be in the way. */
export function comparisonsFor(
  { main, beside }: View,
  listed: readonly Conversation[],
  query: string,
): readonly ComparisonChoice[] {
  if (main.kind !== "conversation" && main.kind !== "timeline") return [];
  const id = main.kind === "conversation" ? main.id : main.conversationId;
  const origin = listed.find((conversation) => conversation.id === id)?.forkedFrom?.conversationId;
  const neighbour = beside.find(({ kind }) => kind === "conversation");
  const choices: ComparisonChoice[] = [];
  if (origin !== undefined)
    choices.push({ label: "Compare with its origin", place: { kind: "compare", one: origin, other: id } });
  if (neighbour?.kind === "conversation")
    choices.push({
      label: "Compare the two side by side",
      place: { kind: "compare", one: id, other: neighbour.id },
    });
  if (!/\bcom/i.test(query)) return choices;
  for (const { id: other, title } of listed)
    if (other !== id && other !== origin)
      choices.push({
        label: `Compare with: ${title ?? "Untitled conversation"}`,
        place: { kind: "compare", one: id, other },
      });
  return choices;
}
