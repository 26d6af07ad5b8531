// Notices a group of commits that the disk, or lmdb, never answers: there are failures that lmdb reports to nobody.
import { type ClockPower, StorageFailedError, type TimersPower } from "@lathe/kernel";
import type { CommitQueue } from "./core/commit-queue.ts";

export interface StallDesk {
  readonly config: { readonly commitStallMsMax: number };
  readonly clock: ClockPower;
  readonly timers: TimersPower;
}

// So often it is looked at within the time that a commit may take.
const lookCount = 4;

/**
 * Fails the queue when one group is under way for too long. Returns how to stop.
 *
 * Time in which the event loop stood still, or the machine slept, counts as one look at most: the answer of the disk may
 * be there and nobody was able to hear it.
 */
export function startStallWatch(queue: CommitQueue, { config, clock, timers }: StallDesk): () => void {
  const lookMs = config.commitStallMsMax / lookCount;
  let group: number | undefined;
  let waitedMs = 0;
  let lookedAtMs = clock.monotonicMs();
  let cancel = (): void => undefined;
  const look = (): void => {
    const nowMs = clock.monotonicMs();
    const sinceMs = Math.min(nowMs - lookedAtMs, lookMs);
    lookedAtMs = nowMs;
    waitedMs = queue.groupUnderWay === group ? waitedMs + sinceMs : 0;
    group = queue.groupUnderWay;
    if (group !== undefined && waitedMs >= config.commitStallMsMax)
      queue.fail(stalled(config.commitStallMsMax));
    else cancel = timers.after(lookMs, look);
  };
  look();
  return () => cancel();
}

function stalled(ms: number): StorageFailedError {
  return new StorageFailedError(
    `The disk did not answer a commit for ${ms / 1_000} s. Look at the disk, then start again.`,
  );
}
