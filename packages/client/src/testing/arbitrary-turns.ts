import type { ConversationEvent } from "@lathe/kernel";
import { type StepPlan, simulateTurns, type TurnPlan } from "@lathe/wire/testing";
import fc from "fast-check";

const piece: fc.Arbitrary<StepPlan["pieces"][number]> = fc.oneof(
  fc.record({
    kind: fc.constantFrom("text" as const, "reasoning" as const),
    text: fc.string({ unit: "grapheme" }),
  }),
  fc.record({
    kind: fc.constant("call" as const),
    call: fc.nat({ max: 2 }),
    text: fc.string({ maxLength: 3 }),
  }),
);
const step: fc.Arbitrary<StepPlan> = fc.record({
  pieces: fc.array(piece, { maxLength: 6 }),
  retries: fc.array(fc.constantFrom("rate-limit" as const, "network" as const), { maxLength: 2 }),
  fallback: fc.boolean(),
  ending: fc.constantFrom("complete" as const, "complete" as const, "cut" as const),
  usage: fc.constant(null),
  outcomes: fc.array(fc.constantFrom("ok" as const, "error" as const, "never-ran" as const), {
    minLength: 1,
    maxLength: 3,
  }),
  steering: fc.option(fc.string({ maxLength: 3 })),
});
const turn: fc.Arbitrary<TurnPlan> = fc.record({
  text: fc.string(),
  steps: fc.array(step, { maxLength: 3 }),
  finishReason: fc.constantFrom("stop" as const, "error" as const, "aborted" as const),
});

/** Turns that are stopped, lose steps to a daemon that ended, and are restored to. */
const eventfulTurn: fc.Arbitrary<TurnPlan> = fc
  .record({ turn, lost: fc.option(step), restoredTo: fc.option(fc.nat({ max: 9 })) })
  .map(({ turn: plan, lost, restoredTo }) => ({
    ...plan,
    restoredTo,
    steps: lost === null ? plan.steps : [...plan.steps, { ...lost, ending: "lost" }],
  }));

/** As `liveEvents`, of more turns, some of which a later restore leaves behind or brings back. */
export const longLiveEvents: fc.Arbitrary<readonly ConversationEvent[]> = fc
  .array(eventfulTurn, { minLength: 1, maxLength: 9 })
  .map(simulateTurns);

/** Everything that one who never leaves is shown of some turns. */
export const liveEvents: fc.Arbitrary<readonly ConversationEvent[]> = fc
  .array(turn, { minLength: 1, maxLength: 3 })
  .map(simulateTurns);
