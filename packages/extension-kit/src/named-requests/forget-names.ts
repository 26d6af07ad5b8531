import type { Logger, TimersPower } from "@lathe/kernel";

export interface ForgettingDesk {
  /** Forgets some keys that are older; false = there are no more of them. */
  readonly requests: { prune(keepMs: number): Promise<boolean> };
  readonly timers: TimersPower;
  readonly logger: Logger;
  readonly keepMs: number;
  readonly intervalMs: number;
}

const pauseMs = 50;

/** Forgets old idempotency keys now and then, some at a time, so that nobody waits for it. Returns how to stop. */
export function startForgettingNames(desk: ForgettingDesk): () => Promise<void> {
  const ending = new AbortController();
  const done = forgetForever(desk, ending.signal);
  return () => {
    ending.abort();
    return done;
  };
}

async function forgetForever(
  { requests, timers, logger, keepMs, intervalMs }: ForgettingDesk,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    await timers.sleep(intervalMs, signal);
    if (signal.aborted) return;
    try {
      while (!signal.aborted && (await requests.prune(keepMs))) await timers.sleep(pauseMs, signal);
    } catch (failure) {
      // They are in nobody's way; the next round tries again.
      logger.log("warn", "Old idempotency keys could not be forgotten yet.", { reason: String(failure) });
    }
  }
}
