import type { ConversationEvent, StepPartial, TransientEvent, Usage } from "@lathe/kernel";
import { type ConversationView, foldEvents, partialOf, startView } from "@lathe/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { PartialStep } from "./partial-step.ts";

const turn = { conversationId: "cnv_1", turnId: "trn_1" };
const step = { ...turn, stepId: "trn_1#0" };
const start: TransientEvent = { type: "step-start", ...step, index: 0, provider: "p", model: "m" };
const text = fc.string({ maxLength: 3 });
const call = fc.constantFrom("c1", "c2", "c3").map((callId) => ({ ...step, callId, name: `tool-${callId}` }));
const tokens = fc.option(fc.nat(9));
const usage: fc.Arbitrary<Usage> = fc.record({
  inputTokens: tokens,
  outputTokens: tokens,
  cacheReadTokens: tokens,
  cacheWriteTokens: tokens,
  reasoningTokens: tokens,
});

const shown: fc.Arbitrary<TransientEvent> = fc.oneof(
  text.map((part): TransientEvent => ({ type: "text-delta", ...step, text: part })),
  text.map((part): TransientEvent => ({ type: "reasoning-delta", ...step, text: part })),
  fc
    .tuple(call, text)
    .map(
      ([inCall, argumentsText]): TransientEvent => ({ type: "tool-call-delta", ...inCall, argumentsText }),
    ),
  call.map((inCall): TransientEvent => ({ type: "tool-call", ...inCall, input: { at: 1 } })),
  call.map(
    (inCall): TransientEvent => ({ type: "tool-trace-start", ...inCall, input: { at: 1 }, startedAtMs: 5 }),
  ),
  call.map((inCall): TransientEvent => {
    return { type: "tool-trace-finish", ...inCall, outcome: "ok", durationMs: 2, output: "raw" };
  }),
  fc
    .tuple(call, fc.boolean())
    .map(
      ([inCall, isError]): TransientEvent => ({ type: "tool-result", ...inCall, content: "shown", isError }),
    ),
  usage.map((spent): TransientEvent => ({ type: "usage", ...step, usage: spent, contextSize: 3 })),
  fc.nat(5).map((attempt): TransientEvent => {
    const wait = { delayMs: 5, reason: "server" as const, message: "Later.", budgetLeftMs: 9 };
    return { type: "provider-retry", ...step, attempt, ...wait };
  }),
  fc.constant<TransientEvent>({
    type: "model-fallback",
    ...step,
    fromModel: "p/m",
    toModel: "p/n",
    reason: "server",
  }),
);

/** What a client shows that saw the turn begin, and then this. */
function viewOf(events: readonly ConversationEvent[]): ConversationView {
  const begun = foldEvents(startView(), {
    type: "turn-start",
    ...turn,
    runId: "run_1",
    agent: "default",
    model: "p/m",
    seq: 1,
    atMs: 0,
  });
  return events.reduce(foldEvents, begun);
}

function partialStepOf(events: readonly TransientEvent[]): PartialStep {
  const partial = new PartialStep();
  for (const event of events) partial.add(event);
  return partial;
}

test("the law: who is given the partial shows what those show who saw every event", () => {
  fc.assert(
    fc.property(fc.array(shown, { maxLength: 25 }), (events) => {
      const whole = [start, ...events];
      const given = partialStepOf(whole).event();
      expect(viewOf([given as StepPartial])).toEqual(viewOf(whole));
    }),
    { numRuns: 1_000 },
  );
});

test("it agrees with the protocol's own partial, also where events came before any start, or a step began again", () => {
  const steps = fc.array(fc.tuple(fc.boolean(), fc.array(shown, { maxLength: 8 })), { maxLength: 4 });
  fc.assert(
    fc.property(steps, (parts) => {
      const events = parts.flatMap(([begins, rest]) => (begins ? [start, ...rest] : rest));
      const given = partialStepOf(events).event();
      const own = partialOf(events);
      if (own.length === 0) expect(given).toBeUndefined();
      else
        expect(viewOf([given as StepPartial])).toEqual(
          viewOf([{ type: "step-partial", ...step, events: own }]),
        );
    }),
    { numRuns: 1_000 },
  );
});

test("deltas that follow each other are one, so that a long answer stays one event", () => {
  const deltas = Array.from({ length: 1_000 }, () => ({ type: "text-delta", ...step, text: "ab" }) as const);
  const events = partialStepOf([start, ...deltas]).event()?.events;
  expect(events).toEqual([start, { type: "text-delta", ...step, text: "ab".repeat(1_000) }]);
});

test("what was given does not change when the step goes on, and neither do the events that it was made of", () => {
  const delta = { type: "text-delta", ...step, text: "Hel" } as const;
  const partial = partialStepOf([start, delta]);
  const given = partial.event();
  partial.add({ type: "text-delta", ...step, text: "lo" });
  expect([given?.events.at(-1), delta.text]).toEqual([{ type: "text-delta", ...step, text: "Hel" }, "Hel"]);
});

test("a step that is over leaves nothing to give", () => {
  const partial = partialStepOf([start, { type: "text-delta", ...step, text: "Hello" }]);
  partial.clear();
  expect(partial.event()).toBeUndefined();
  partial.add({ type: "text-delta", ...step, text: "late" });
  expect(partial.event()).toBeUndefined();
});
