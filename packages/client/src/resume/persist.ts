import { canHeal, LatheProblem } from "../errors.ts";
import { Backoff } from "./backoff.ts";
import { type FollowDesk, waitToRetry } from "./follow.ts";

/**
 * Asks until there is an answer, as long as asking again can help. Throws what stays, the signal's reason, and what the
 * listener for losses throws.
 */
export async function persist<Answer>(
  ask: () => Promise<Answer>,
  desk: FollowDesk,
  signal: AbortSignal,
): Promise<Answer> {
  const backoff = new Backoff(desk.backoff, desk.powers.random);
  let leaveWait = (): void => undefined;
  for (;;) {
    try {
      const answer = ask();
      leaveWait();
      return await answer;
    } catch (failure) {
      signal.throwIfAborted();
      if (!canHeal(failure)) throw failure;
      await desk.onLoss?.(failure, backoff.failureCount + 1);
      const retryAfterMs = failure instanceof LatheProblem ? (failure.retryAfterMs ?? 0) : 0;
      leaveWait = await waitToRetry(backoff.nextMs(retryAfterMs), desk, signal);
    }
  }
}
