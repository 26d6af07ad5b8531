import type { JSX } from "preact";
import { PaneFrame } from "../app/pane-frame.tsx";
import type { Place } from "../app/places.ts";

export function HomePane({ place }: { readonly place: Extract<Place, { kind: "home" }> }): JSX.Element {
  return <PaneFrame title="New conversation">{place.kind}</PaneFrame>;
}
