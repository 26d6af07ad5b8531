import type { JSX } from "preact";
import { PaneFrame } from "../app/pane-frame.tsx";
import type { Place } from "../app/places.ts";

export function WorkflowsPane({
  place,
}: {
  readonly place: Extract<Place, { kind: "workflows" }>;
}): JSX.Element {
  return <PaneFrame title="Workflows">{place.kind}</PaneFrame>;
}
