import type { Logger, TimersPower } from "@lathe/kernel";
import type { IdempotencyKeys } from "./idempotency.ts";

export interface PruningDesk {
  readonly keys: Pick<IdempotencyKeys, "prune">;
  readonly timers: TimersPower;
  readonly logger: Logger;
  readonly keepMs: number;
  readonly intervalMs: number;
}

const pauseMs = 50;

/** Forgets old keys now and then, some at a time, so that nobody waits for it. Returns how to stop. */
export function startPruning(desk: PruningDesk): () => Promise<void> {
  const ending = new AbortController();
  const done = pruneForever(desk, ending.signal);
  return () => {
    ending.abort();
    return done;
  };
}

async function pruneForever({ keys, timers, logger, keepMs, intervalMs }: PruningDesk, signal: AbortSignal) {
  for (;;) {
    await timers.sleep(intervalMs, signal);
    if (signal.aborted) return;
    try {
      while (!signal.aborted && (await keys.prune(keepMs))) await timers.sleep(pauseMs, signal);
    } catch (failure) {
      // They are only in the way of nobody; the next round tries again.
      logger.log("warn", "Old idempotency keys could not be forgotten yet.", { reason: String(failure) });
    }
  }
}
