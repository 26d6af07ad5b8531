// What goes on now, and what has been: runs of all agents and kinds, live.
import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { PaneFrame } from "../app/pane-frame.tsx";
import type { Place } from "../app/places.ts";
import { counted } from "../kit/amounts.ts";
import { Button } from "../kit/button.tsx";
import { failureText, ProblemCard } from "../kit/problem-card.tsx";
import { isGoingOn, runFeed } from "../state/run-feed.ts";
import { RunRow } from "./run-row.tsx";
import { anyRun, isShown } from "./run-rows.ts";
import { RunsFilters, runFilter } from "./runs-filters.tsx";
import "./runs.css";

const rowCountStep = 100;
/** How many pages are read by themselves while nothing that was read is shown. */
const pagesAtOnce = 5;

export function RunsPane(_: { readonly place: Extract<Place, { kind: "runs" }> }): JSX.Element {
  const shownMax = useSignal(rowCountStep);
  const shown = useComputed(() => runFeed.list.value.items.filter((run) => isShown(run, runFilter.value)));
  const goingOn = useComputed(() => shown.value.filter(isGoingOn));
  const over = useComputed(() => shown.value.filter((run) => !isGoingOn(run)));
  const { isRead } = runFeed.list.value;
  return (
    <PaneFrame title="Runs" class="runs-pane">
      <RunsFilters />
      {runFeed.failure.value === null ? null : (
        <ProblemCard
          title="The list may not be whole"
          actions={<Button onClick={() => void runFeed.loadMore()}>Try again</Button>}
        >
          {failureText(runFeed.failure.value)}
        </ProblemCard>
      )}
      <section class="runs-section" aria-label="Running now">
        <h2>Running now</h2>
        {goingOn.value.length === 0 ? (
          <p class="muted">{isRead ? "Nothing is running." : "Reading the list"}</p>
        ) : (
          <ul class="plain-list runs-list">
            {goingOn.value.map((run) => (
              <RunRow key={run.id} run={run} />
            ))}
          </ul>
        )}
      </section>
      <section class="runs-section" aria-label="History">
        <h2>History</h2>
        <ul class="plain-list runs-list">
          {over.value.slice(0, shownMax.value).map((run) => (
            <RunRow key={run.id} run={run} />
          ))}
        </ul>
        <More
          shownCount={Math.min(shownMax.value, over.value.length)}
          readCount={over.value.length}
          onMore={() => {
            shownMax.value += rowCountStep;
          }}
        />
      </section>
    </PaneFrame>
  );
}

interface MoreProps {
  readonly shownCount: number;
  /** How many of those that were read are shown or could be. */
  readonly readCount: number;
  readonly onMore: () => void;
}

function More({ shownCount, readCount, onMore }: MoreProps): JSX.Element | null {
  const { nextCursor, isRead, items } = runFeed.list.value;
  const isLoading = runFeed.isLoading.value;
  const readFarther = async (pages: number): Promise<void> => {
    const before = runFeed.list.value.items.filter((run) => isShown(run, runFilter.value)).length;
    for (let page = 0; page < pages && runFeed.list.value.nextCursor !== null; page += 1) {
      await runFeed.loadMore();
      const now = runFeed.list.value.items.filter((run) => isShown(run, runFilter.value)).length;
      if (now > before || runFeed.failure.value !== null) return;
    }
  };
  const filter = runFilter.value;
  // A page may hold nothing but what a large run has started.
  useEffect(() => {
    if (isRead && readCount === 0) void readFarther(pagesAtOnce);
  }, [filter, isRead]);
  if (!isRead) return null;
  const isMore = readCount > shownCount || nextCursor !== null;
  return (
    <div class="runs-more">
      <span class="muted">
        {readCount === 0 && filter !== anyRun ? "No run matches the filters. " : ""}
        {readCount === 0 && filter === anyRun && nextCursor === null
          ? "No run has ended yet. Every message and every workflow becomes a run."
          : ""}
        {readCount > 0 && nextCursor === null ? `${counted(readCount, "run")} in all.` : ""}
        {nextCursor === null ? "" : `Looked at the newest ${counted(items.length, "run")}.`}
      </span>
      {isMore ? (
        <Button
          aria-disabled={isLoading}
          onClick={() => {
            if (readCount > shownCount) onMore();
            else if (!isLoading) void readFarther(pagesAtOnce).then(onMore);
          }}
        >
          {isLoading ? "Reading" : "Show more"}
        </Button>
      ) : null}
    </div>
  );
}
