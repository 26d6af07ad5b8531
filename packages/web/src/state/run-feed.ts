// The caller's runs, newest first, as they are now. Which of them are shown is the business of the pane; those that runs
// have started are read only where somebody wants to see them, since one run can have started a thousand.
import type { Run } from "@lathe/kernel";
import { runsChanges, runsList } from "@lathe/wire/operations";
import { computed, type ReadonlySignal } from "@preact/signals";
import { ask, daemon } from "./daemon.ts";
import { type FollowedList, followList } from "./follow-list.ts";

const pageCount = 100;
let withChildren = false;

export const runFeed: FollowedList<Run> = followList<Run>({
  timeOf: ({ createdAtMs }) => createdAtMs,
  async *changes(signal) {
    for await (const event of daemon.follow(runsChanges, {}, { signal })) {
      if (event.type === "feed-start") yield undefined;
      else yield { id: event.runId, row: event.run };
    }
  },
  page: (cursor, signal) =>
    ask(
      runsList,
      {
        limit: pageCount,
        ...(withChildren ? {} : { parent: "none" }),
        ...(cursor === null ? {} : { cursor }),
      },
      { signal },
    ),
});

/** Whether the list holds also those that runs have started. It is read again where that changes. */
export function listChildren(wanted: boolean): void {
  if (withChildren === wanted) return;
  withChildren = wanted;
  void runFeed.readAgain();
}

const goingOn: ReadonlySet<Run["status"]> = new Set(["queued", "running", "waiting", "stopping"]);

/** Whether it is not over. */
export function isGoingOn({ status }: Run): boolean {
  return goingOn.has(status);
}

/** The runs that callers started and that go on, as far as they are known. */
export const runningCount: ReadonlySignal<number> = computed(
  () => runFeed.list.value.items.filter((run) => run.parentId === null && isGoingOn(run)).length,
);

/** The run with this id as it is now; undefined = not among those that are known. */
export function runNow(id: string | null): Run | undefined {
  return id === null ? undefined : runFeed.list.value.items.find((run) => run.id === id);
}
