import type { PendingStep } from "../contracts/snapshots.ts";
import type { Span } from "../logging/span.ts";
import { Answer, type StepNames } from "./answer.ts";
import type { Asked, TurnState } from "./attempts.ts";
import { ToolDispatch } from "./dispatch.ts";
import { eventsOfMessage } from "./message-events.ts";
import type { TurnDesk, TurnPlan } from "./turn.ts";

/** The answer came before a crash: it is shown again from what was stored, and its calls are settled. */
export function replayPending(
  pending: PendingStep,
  index: number,
  names: StepNames,
  plan: TurnPlan,
  desk: TurnDesk,
  state: TurnState,
  span: Span,
): Asked {
  const { provider, model, metrics } = pending;
  desk.emit({ type: "step-start", ...names, index, provider, model });
  const answer = new Answer(names, desk.emit, () => desk.newId("call"), desk.redactor);
  const dispatch = new ToolDispatch(plan, desk, names, span, state.guard, true);
  for (const event of eventsOfMessage(pending.message)) {
    const call = answer.take(event);
    if (call !== undefined) dispatch.add(call);
  }
  answer.end(false);
  answer.usage = pending.usage;
  if (pending.usage !== null)
    desk.emit({ type: "usage", ...names, usage: pending.usage, contextSize: pending.contextSize });
  const firstTokenAtMs = metrics.timeToFirstTokenMs;
  const endedAtMs = firstTokenAtMs === null ? null : firstTokenAtMs + (metrics.decodeMs ?? 0);
  const times = { requestedAtMs: 0, firstTokenAtMs, endedAtMs };
  return { answer, ending: { kind: "finished", reason: "tool-calls" }, times, dispatch, provider, model };
}
