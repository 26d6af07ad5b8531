// The change feed of runs.
import { ChangeFeed } from "@lathe/extension-kit";
import type { Logger, Run, Storage, TimersPower } from "@lathe/kernel";
import { runPrefix } from "./keys.ts";
import type { RecentRuns } from "./recent-runs.ts";

export interface ChangesDesk {
  readonly recent: Pick<RecentRuns, "getMany">;
  readonly timers: TimersPower;
  readonly logger: Logger;
  /** The run as callers see it. */
  readonly shown: (run: Run) => Run;
}

export type RunFeed = ChangeFeed<Run>;

export function createRunFeed({ recent, timers, logger, shown }: ChangesDesk): RunFeed {
  return new ChangeFeed<Run>({
    timers,
    read: (ids) => recent.getMany(ids),
    eventOf: (runId, run) => ({ type: "run-changed", runId, run: run && shown(run) }),
    onFailure: (failure) => {
      logger.log("warn", "Changes of runs could not be read.", { failure: String(failure) });
    },
  });
}

/** Tells the feed of every commit that changes a run, whoever made it. Returns how to stop. */
export function startWatchingRuns(storage: Storage, feed: RunFeed): () => void {
  return storage.watch(runPrefix, (keys) => {
    for (const key of keys) feed.noteChanged(String(key[1]));
  });
}
