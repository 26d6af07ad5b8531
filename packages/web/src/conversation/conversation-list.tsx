import type { JSX } from "preact";
import { PlaceLink } from "../app/place-link.tsx";
import { conversations } from "../state/conversation-feed.ts";

export function ConversationList(): JSX.Element {
  return (
    <nav aria-label="Conversations">
      <ul class="plain-list">
        {conversations.value.items.map(({ id, title }) => (
          <li key={id}>
            <PlaceLink to={{ kind: "conversation", id }}>{title ?? "Untitled conversation"}</PlaceLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}
