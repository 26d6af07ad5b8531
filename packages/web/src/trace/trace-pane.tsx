import type { JSX } from "preact";
import { PaneFrame } from "../app/pane-frame.tsx";
import type { Place } from "../app/places.ts";

export function TracePane({ place }: { readonly place: Extract<Place, { kind: "trace" }> }): JSX.Element {
  return <PaneFrame title="Trace">{place.kind}</PaneFrame>;
}
