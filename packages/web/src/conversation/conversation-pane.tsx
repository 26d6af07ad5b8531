import type { JSX } from "preact";
import { PaneFrame } from "../app/pane-frame.tsx";
import type { Place } from "../app/places.ts";

export function ConversationPane({
  place,
}: {
  readonly place: Extract<Place, { kind: "conversation" }>;
}): JSX.Element {
  return <PaneFrame title="Conversation">{place.kind}</PaneFrame>;
}
