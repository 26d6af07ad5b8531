// Notices a group of commits that the disk, or lmdb, never answers: there are failures that lmdb reports to nobody.
import { type ClockPower, StorageFailedError, type TimersPower } from "@lathe/kernel";
import type { CommitQueue } from "./core/commit-queue.ts";

export interface StallDesk {
  readonly config: { readonly commitStallMsMax: number };
  readonly clock: ClockPower;
  readonly timers: TimersPower;
}

/** Fails the queue when one group is under way for too long. Returns how to stop. */
export function startStallWatch(queue: CommitQueue, { config, clock, timers }: StallDesk): () => void {
  let seen: { readonly group: number | undefined; readonly sinceMs: number } | undefined;
  let cancel = (): void => undefined;
  const look = (): void => {
    const group = queue.groupUnderWay;
    const nowMs = clock.monotonicMs();
    if (group === undefined || group !== seen?.group) seen = { group, sinceMs: nowMs };
    if (nowMs - seen.sinceMs < config.commitStallMsMax)
      cancel = timers.after(config.commitStallMsMax / 4, look);
    else if (group !== undefined) queue.fail(stalled(config.commitStallMsMax));
  };
  look();
  return () => cancel();
}

function stalled(ms: number): StorageFailedError {
  return new StorageFailedError(
    `The disk did not answer a commit for ${ms / 1_000} s. Look at the disk, then start again.`,
  );
}
