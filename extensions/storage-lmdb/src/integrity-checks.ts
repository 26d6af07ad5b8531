// Has everything that is stored read through in the background: a while after the start, unless that was done lately,
// and again from time to time.
import type { ClockPower, Logger, TimersPower } from "@lathe/kernel";
import { StateCareError } from "./state-care-error.ts";
import type { StoreCare } from "./store-care.ts";

export interface CheckDesk {
  readonly care: StoreCare;
  readonly config: {
    /** After the start. */
    readonly integrityCheckDelayMs: number;
    /** From one look at everything to the next, over restarts; 0 = never. */
    readonly integrityCheckIntervalMs: number;
  };
  readonly logger: Logger;
  readonly clock: ClockPower;
  readonly timers: TimersPower;
}

/** Returns how to stop; a look that is under way is ended by closing the care. */
export function startIntegrityChecks(desk: CheckDesk): () => void {
  const { integrityCheckDelayMs: delayMs, integrityCheckIntervalMs: intervalMs } = desk.config;
  if (intervalMs === 0) return () => undefined;
  let cancel = (): void => undefined;
  let stopped = false;
  const plan = (): void => {
    if (!stopped)
      cancel = desk.timers.after(Math.max(delayMs, dueInMs(desk)), () => void look(desk).then(plan));
  };
  plan();
  return () => {
    stopped = true;
    cancel();
  };
}

function dueInMs({ care, clock, config }: CheckDesk): number {
  const last = care.lastVerification();
  if (last === null) return 0;
  // Not longer than that: the wall clock may have been wrong then.
  return Math.min(
    config.integrityCheckIntervalMs,
    last.atMs + config.integrityCheckIntervalMs - clock.nowMs(),
  );
}

/** Never rejects. */
async function look({ care, logger }: CheckDesk): Promise<void> {
  try {
    const { findingCount, findings } = await care.verify();
    const first = findings.map(({ where, problem }) => `${where}: ${problem}`)[0];
    if (first !== undefined)
      logger.log("error", "The store is damaged. See where with: lathe state verify", {
        findingCount,
        first,
      });
  } catch (failure) {
    // Somebody asked for something else; there will be another time.
    if (failure instanceof StateCareError && failure.code !== "state-care-failed") return;
    logger.log("warn", "The store could not be read through.", { failure: String(failure) });
  }
}
