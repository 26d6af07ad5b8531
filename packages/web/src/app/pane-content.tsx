// Which pane shows a place. Panes other than the conversation are loaded when they are first shown.
import type { ComponentType, JSX } from "preact";
import { ConversationPane } from "../conversation/conversation-pane.tsx";
import { HomePane } from "../conversation/home-pane.tsx";
import { lazyPane } from "./lazy.tsx";
import { PaneBoundary } from "./pane-boundary.tsx";
import { PaneFrame } from "./pane-frame.tsx";
import { PlaceLink } from "./place-link.tsx";
import { type Place, thingOf } from "./places.ts";

type PaneOf<Kind extends Place["kind"]> = ComponentType<{ readonly place: Extract<Place, { kind: Kind }> }>;

const panes: { readonly [Kind in Place["kind"]]: PaneOf<Kind> } = {
  home: HomePane,
  conversation: ConversationPane,
  timeline: lazyPane(async () => (await import("../timeline/timeline-pane.tsx")).TimelinePane),
  compare: lazyPane(async () => (await import("../compare/compare-pane.tsx")).ComparePane),
  trace: lazyPane(async () => (await import("../trace/trace-pane.tsx")).TracePane),
  runs: lazyPane(async () => (await import("../runs/runs-pane.tsx")).RunsPane),
  run: lazyPane(async () => (await import("../runs/run-pane.tsx")).RunPane),
  workflows: lazyPane(async () => (await import("../workflows/workflows-pane.tsx")).WorkflowsPane),
  workflow: lazyPane(async () => (await import("../workflows/workflow-pane.tsx")).WorkflowPane),
  extensions: lazyPane(async () => (await import("../extensions/extensions-pane.tsx")).ExtensionsPane),
  unknown: UnknownPane,
};

export function PaneContent({ place }: { readonly place: Place }): JSX.Element {
  // The pane of a kind takes exactly the places of this kind, which the compiler cannot see through the table.
  const Pane = panes[place.kind] as ComponentType<{ readonly place: Place }>;
  return (
    <PaneBoundary key={thingOf(place)}>
      <Pane place={place} />
    </PaneBoundary>
  );
}

function UnknownPane({ place }: { readonly place: Extract<Place, { kind: "unknown" }> }): JSX.Element {
  return (
    <PaneFrame title="Nothing here">
      <p class="empty">
        There is nothing at <span class="mono foreign">{place.path}</span>.{" "}
        <PlaceLink to={{ kind: "home" }}>Begin a conversation</PlaceLink>
      </p>
    </PaneFrame>
  );
}
