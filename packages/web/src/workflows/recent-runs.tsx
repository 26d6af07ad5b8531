// The runs of one workflow, among those that are known.
import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { PlaceLink } from "../app/place-link.tsx";
import { learnRunName, runNames } from "../runs/run-names.ts";
import { RunRow } from "../runs/run-row.tsx";
import { runFeed } from "../state/run-feed.ts";
import "../runs/runs.css";

const shownMax = 10;
/** How many runs are asked for their workflow. */
const lookedAtMax = 60;

export function RecentRuns({ name }: { readonly name: string }): JSX.Element {
  const candidates = useComputed(() =>
    runFeed.list.value.items
      .filter(({ kind, parentId }) => kind === "workflow" && parentId === null)
      .slice(0, lookedAtMax),
  );
  const own = useComputed(() =>
    candidates.value.filter(({ id }) => runNames.value.get(id) === name).slice(0, shownMax),
  );
  const ids = candidates.value.map(({ id }) => id).join(" ");
  useEffect(() => {
    for (const { id } of candidates.peek()) void learnRunName(id);
  }, [ids]);
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
