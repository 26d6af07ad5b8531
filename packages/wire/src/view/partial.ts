import type { TransientEvent } from "@lathe/kernel";
import type { StepView } from "./conversation-view.ts";
import { eventsOf, foldStep } from "./live-step.ts";

/**
 * Merges the transient events of a step in flight into the compact list that `step-partial` carries.
 *
 * The law: a client that folds the list shows the same as one that folded `events`. Takes what it gave: the partial
 * of a partial and the events after it is the partial of all events, so a recorder need not keep more than the last
 * list. Events of another step than the last that started are left out; without a `step-start` the list is empty.
 */
export function partialOf(events: readonly TransientEvent[]): readonly TransientEvent[] {
  let step: StepView | undefined;
  for (const event of events) step = foldStep(step, event);
  const start = events.find((event) => event.stepId === step?.stepId);
  if (step === undefined || start === undefined) return [];
  return eventsOf(step, start.conversationId, start.turnId);
}
