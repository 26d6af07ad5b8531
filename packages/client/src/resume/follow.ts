// One stream, however often its connection breaks.
//
// Invariants
//   W1  The consumer is passed every entry once and in order; what was folded from it is what the log folds to.
//   W2  It is asked for again as long as that can help: not after an abort, nor after a problem that stays.
//   W3  Nothing is read ahead: an entry counts as had when the consumer has taken it.
import type { StreamEvent } from "@lathe/kernel";
import type { ConnectionStates } from "../connection-state.ts";
import { canHeal, LatheProblem } from "../errors.ts";
import type { Ending, Link, Question } from "../link.ts";
import type { ClientPowers } from "../powers.ts";
import { Backoff, type BackoffSettings } from "./backoff.ts";
import type { LossListener } from "./loss-listener.ts";
import type { Pauses } from "./pauses.ts";
import { Position } from "./position.ts";

export interface FollowDesk {
  readonly link: Link;
  readonly states: ConnectionStates;
  readonly pauses: Pauses;
  readonly backoff: BackoffSettings;
  readonly onLoss: LossListener | undefined;
  readonly powers: Pick<ClientPowers, "nowMs" | "random">;
}

/**
 * Ends where the stream is over. Throws LatheProblem, the signal's reason, ConnectionError where nothing can help, and what
 * the listener for losses throws.
 */
export async function* follow(
  question: Question,
  after: number | undefined,
  desk: FollowDesk,
  signal: AbortSignal,
): AsyncGenerator<StreamEvent, void> {
  const position = new Position(after);
  const backoff = new Backoff(desk.backoff, desk.powers.random);
  let leaveWait = (): void => undefined;
  for (;;) {
    let retryAfterMs = 0;
    const startedAtMs = desk.powers.nowMs();
    try {
      signal.throwIfAborted();
      const events = desk.link.events({ ...question, lastEventId: position.lastEventId }, signal);
      if ((yield* admitted(events, position, () => backoff.reset(), leaveWait)) === "over") return;
    } catch (failure) {
      signal.throwIfAborted();
      if (!canHeal(failure)) throw failure;
      await desk.onLoss?.(failure, backoff.failureCount + 1);
      if (failure instanceof LatheProblem) retryAfterMs = failure.retryAfterMs ?? 0;
    } finally {
      leaveWait();
    }
    // A stream that stood for long, and was silent, is not one that cannot be had.
    if (desk.powers.nowMs() - startedAtMs > desk.backoff.maxMs) backoff.reset();
    leaveWait = await waitToRetry(backoff.nextMs(retryAfterMs), desk, signal);
  }
}

async function* admitted(
  events: AsyncGenerator<StreamEvent, Ending>,
  position: Position,
  onProgress: () => void,
  onAsked: () => void,
): AsyncGenerator<StreamEvent, Ending> {
  try {
    const first = events.next();
    onAsked();
    for (let next = first; ; next = events.next()) {
      const step = await next;
      if (step.done) return step.value;
      const verdict = position.admit(step.value);
      if (verdict === "gap") return "cut";
      if (verdict === "known") continue;
      if (isProgress(step.value)) onProgress();
      yield step.value;
    }
  } finally {
    await events.return("cut");
  }
}

/** What a daemon tells everyone who comes does not show that it can go on. */
function isProgress({ type }: StreamEvent): boolean {
  return type !== "snapshot" && type !== "reset" && type !== "step-partial" && type !== "feed-start";
}

/**
 * Shown as `waiting`, and cut short where somebody is in a hurry. Returns how to show it no longer: to be called as soon as
 * it is tried again, so that nobody takes the moment in between for an end. Throws the signal's reason.
 */
export async function waitToRetry(
  ms: number,
  { states, pauses, powers }: FollowDesk,
  signal: AbortSignal,
): Promise<() => void> {
  const seat = states.enter();
  seat.set({ kind: "waiting", untilMs: powers.nowMs() + ms });
  try {
    await pauses.pause(ms, signal);
  } catch (failure) {
    seat.leave();
    throw failure;
  }
  return () => seat.leave();
}
