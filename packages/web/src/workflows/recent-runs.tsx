// The runs of one workflow, among those that are known.
import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { PlaceLink } from "../app/place-link.tsx";
import { RunRow } from "../runs/run-row.tsx";
import { runFeed } from "../state/run-feed.ts";
import "../runs/runs.css";

const shownMax = 10;

export function RecentRuns({ name }: { readonly name: string }): JSX.Element {
  const own = useComputed(() =>
    runFeed.list.value.items
      .filter(({ kind, parentId, title }) => kind === "workflow" && parentId === null && title === name)
      .slice(0, shownMax),
  );
  return (
    <section class="run-section" aria-label="Recent runs">
      <h2>Recent runs</h2>
      {own.value.length === 0 ? (
        <p class="muted">
          None among the newest. <PlaceLink to={{ kind: "runs" }}>Show all runs</PlaceLink>
        </p>
      ) : (
        <ul class="plain-list runs-list">
          {own.value.map((run) => (
            <RunRow key={run.id} run={run} />
          ))}
        </ul>
      )}
    </section>
  );
}
