import type { JSX } from "preact";
import { PaneFrame } from "../app/pane-frame.tsx";
import type { Place } from "../app/places.ts";

export function RunsPane({ place }: { readonly place: Extract<Place, { kind: "runs" }> }): JSX.Element {
  return <PaneFrame title="Runs">{place.kind}</PaneFrame>;
}
