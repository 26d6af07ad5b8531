import type { ProviderFailure } from "../contracts/provider.ts";
import type { RetryDecision, RetryStrategy } from "../contracts/retry.ts";

export interface RetrySchedule {
  /** The waits after the first, second, ... failure; the last one is repeated. */
  readonly delaysMs: readonly number[];
  /** All waits of one step together. 0 = never retry. */
  readonly sleptMsMax: number;
}

const second = 1_000;
const minute = 60 * second;

/** 5 s, 10 s, 30 s, 1, 2, 5, 10, 30 minutes, then every 30 minutes; eight hours in all. */
export const defaultRetrySchedule: RetrySchedule = {
  delaysMs: [5 * second, 10 * second, 30 * second, minute, 2 * minute, 5 * minute, 10 * minute, 30 * minute],
  sleptMsMax: 8 * 60 * minute,
};

/**
 * Creates the strategy that follows a schedule. A wait that the provider asks for (Retry-After) replaces the
 * scheduled one, but not one of nothing, which would ask again and again without an end; where it does not fit into what is left of the budget, the strategy gives up at once, since an
 * earlier attempt would only be refused again.
 */
export function createScheduledRetry(schedule: RetrySchedule = defaultRetrySchedule): RetryStrategy {
  return {
    delayFor: (attempt, failure, sleptMs) => decide(schedule, attempt, failure, sleptMs),
  };
}

// Each wait must use up some of the budget, or there is no end.
const delayMsMin = 1;

function decide(
  schedule: RetrySchedule,
  attempt: number,
  failure: ProviderFailure,
  sleptMs: number,
): RetryDecision {
  const scheduledMs = schedule.delaysMs[Math.min(attempt, schedule.delaysMs.length) - 1];
  if (scheduledMs === undefined) return { kind: "give-up", reason: "attempts" };
  const asked = failure.retryAfterMs;
  const delayMs = Math.max(delayMsMin, Math.ceil(asked !== null && asked > 0 ? asked : scheduledMs));
  const budgetLeftMs = schedule.sleptMsMax - sleptMs - delayMs;
  if (!(budgetLeftMs >= 0)) return { kind: "give-up", reason: "budget" };
  return { kind: "wait", delayMs, budgetLeftMs };
}
