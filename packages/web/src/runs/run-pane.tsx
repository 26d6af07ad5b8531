import type { JSX } from "preact";
import { PaneFrame } from "../app/pane-frame.tsx";
import type { Place } from "../app/places.ts";

export function RunPane({ place }: { readonly place: Extract<Place, { kind: "run" }> }): JSX.Element {
  return <PaneFrame title="Run">{place.kind}</PaneFrame>;
}
