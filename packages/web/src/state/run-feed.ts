// The caller's runs, newest first, as they are now. Which of them are shown is the business of the pane.
import type { Run } from "@lathe/kernel";
import { runsChanges, runsList } from "@lathe/wire/operations";
import { computed, type ReadonlySignal } from "@preact/signals";
import { ask, daemon } from "./daemon.ts";
import { type FollowedList, followList } from "./follow-list.ts";

const pageCount = 100;

export const runFeed: FollowedList<Run> = followList<Run>({
  async *changes(signal) {
    for await (const event of daemon.follow(runsChanges, {}, { signal })) {
      if (event.type === "feed-start") yield undefined;
      else yield { id: event.runId, row: event.run };
    }
  },
  page: (cursor, signal) =>
    ask(runsList, { limit: pageCount, ...(cursor === null ? {} : { cursor }) }, { signal }),
});

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
