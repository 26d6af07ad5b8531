import type { JSX } from "preact";
import { PaneFrame } from "../app/pane-frame.tsx";
import type { Place } from "../app/places.ts";

export function WorkflowPane({
  place,
}: {
  readonly place: Extract<Place, { kind: "workflow" }>;
}): JSX.Element {
  return <PaneFrame title="Workflow">{place.kind}</PaneFrame>;
}
