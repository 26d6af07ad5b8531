import type { JSX } from "preact";
import { PaneFrame } from "../app/pane-frame.tsx";
import type { Place } from "../app/places.ts";

export function TimelinePane({
  place,
}: {
  readonly place: Extract<Place, { kind: "timeline" }>;
}): JSX.Element {
  return <PaneFrame title="Timeline">{place.kind}</PaneFrame>;
}
