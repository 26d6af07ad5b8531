import type { ConversationEvent, Entry, StepPartial, TransientEvent, Usage } from "@lathe/kernel";
import fc from "fast-check";
import { is } from "valibot";
import { describe, expect, test } from "vitest";
import { ConversationEventSchema } from "../schemas/events.ts";
import { type Piece, type StepPlan, simulateTurns, type TurnPlan } from "../testing/simulate-turns.ts";
import { type ConversationView, startView } from "./conversation-view.ts";
import { foldEvents } from "./fold-events.ts";
import { partialOf } from "./partial.ts";

const piece: fc.Arbitrary<Piece> = fc.oneof(
  fc.record({ kind: fc.constantFrom("text", "reasoning"), text: fc.string({ maxLength: 3 }) }),
  fc.record({ kind: fc.constant("call"), call: fc.nat({ max: 2 }), text: fc.string({ maxLength: 3 }) }),
);
const tokens = fc.option(fc.nat());
const usage: fc.Arbitrary<Usage> = fc.record({
  inputTokens: tokens,
  outputTokens: tokens,
  cacheReadTokens: tokens,
  cacheWriteTokens: tokens,
  reasoningTokens: tokens,
});
const stepPlan: fc.Arbitrary<StepPlan> = fc.record({
  pieces: fc.array(piece, { maxLength: 8 }),
  retries: fc.array(fc.constantFrom("rate-limit", "overloaded", "network"), { maxLength: 2 }),
  fallback: fc.boolean(),
  ending: fc.constantFrom("complete", "complete", "cut"),
  usage: fc.option(usage),
  outcomes: fc.array(fc.constantFrom("ok", "error", "timeout", "denied", "interrupted", "never-ran"), {
    minLength: 1,
    maxLength: 3,
  }),
  steering: fc.option(fc.string({ maxLength: 3 })),
});
const lostStep: fc.Arbitrary<StepPlan> = stepPlan.map((step) => ({ ...step, ending: "lost" }));
const turnPlan: fc.Arbitrary<TurnPlan> = fc
  .record({
    text: fc.string({ maxLength: 5 }),
    steps: fc.array(stepPlan, { maxLength: 3 }),
    lost: fc.option(lostStep),
    finishReason: fc.constantFrom("stop", "error", "aborted", "max-steps", "interrupted"),
    restoredTo: fc.option(fc.nat({ max: 3 })),
  })
  .map(({ lost, steps, ...turn }) => ({ ...turn, steps: lost === null ? steps : [...steps, lost] }));
const liveEvents = fc.array(turnPlan, { minLength: 1, maxLength: 4 }).map(simulateTurns);

describe("the law: fold(replay) equals fold(live)", () => {
  test("the events that are simulated are events of the protocol", () => {
    fc.assert(fc.property(liveEvents, (live) => live.every((event) => is(ConversationEventSchema, event))));
  });

  test("at every sealed point, the entries alone fold to what was seen live", () => {
    fc.assert(
      fc.property(liveEvents, (live) => {
        live.forEach((event, at) => {
          if (event.type !== "turn-sealed") return;
          const sofar = live.slice(0, at + 1);
          expect(fold(sofar.filter(isEntry))).toEqual(fold(sofar));
        });
      }),
    );
  });

  test("for every cut, one who joins there shows the same at once and at the end", () => {
    fc.assert(
      fc.property(liveEvents, (live) => {
        const end = fold(live);
        for (let cut = 0; cut <= live.length; cut += 1) {
          const joined = fold(replay(live, 0, cut));
          expect(joined).toEqual(fold(live.slice(0, cut)));
          expect(fold(live.slice(cut), joined)).toEqual(end);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("for every disconnect and return, with entries sent twice, nothing is lost and nothing is doubled", () => {
    fc.assert(
      fc.property(liveEvents, fc.nat(), fc.nat(), fc.nat({ max: 3 }), (live, one, other, overlap) => {
        const [left, back] = [one % (live.length + 1), other % (live.length + 1)].toSorted((a, b) => a - b);
        const before = fold(live.slice(0, left));
        const since = Math.max(0, before.lastSeq - overlap);
        const returned = fold(replay(live, since, back ?? 0), before);
        expect(returned).toEqual(fold(live.slice(0, back)));
        expect(fold(live.slice(back), returned)).toEqual(fold(live));
      }),
      { numRuns: 300 },
    );
  });
});

describe("the law for clients that hold other things", () => {
  test("one that holds the log up to anywhere elsewhere shows the same, whenever it joins", () => {
    fc.assert(
      fc.property(liveEvents, fc.nat(), (live, at) => {
        const positions = live.flatMap((event, index) => (isEntry(event) ? [index] : []));
        const held = positions[at % positions.length] ?? 0;
        const since = (live[held] as Entry).seq;
        const end = fold(replay(live, since, live.length), startView(since));
        for (let cut = held + 1; cut <= live.length; cut += 1) {
          const joined = fold(replay(live, since, cut), startView(since));
          expect(fold(live.slice(cut), joined)).toEqual(end);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("a reset makes good whatever was held before, and a snapshot changes nothing wherever it comes", () => {
    fc.assert(
      fc.property(liveEvents, liveEvents, fc.nat(), (other, live, at) => {
        const cut = at % (live.length + 1);
        const wrong = fold(other, startView(at % 7));
        const reset = { type: "reset", conversationId: "cnv_1", lastSeq: cut } as const;
        const snapshot = {
          state: "idle",
          seq: cut,
          turn: null,
          pending: null,
          conversationId: "cnv_1",
        } as const;
        const shown = { type: "snapshot", conversationId: "cnv_1", snapshot } as const;
        const returned = fold([shown, reset, shown, ...replay(live, 0, cut), shown], wrong);
        expect(returned).toEqual(fold(live.slice(0, cut)));
      }),
      { numRuns: 60 },
    );
  });
});

test("the turns that are shown are those that lead to where the conversation stands; the others are undone", () => {
  fc.assert(
    fc.property(fc.array(turnPlan, { minLength: 1, maxLength: 8 }), (plans) => {
      const paths: (readonly string[])[] = [];
      plans.forEach(({ restoredTo }, number) => {
        const from = restoredTo == null || number === 0 ? number - 1 : restoredTo % number;
        paths.push([...(paths[from] ?? []), `trn_${number}`]);
      });
      const view = fold(simulateTurns(plans));
      const path = paths.at(-1) ?? [];
      expect(view.turns.map(({ turnId }) => turnId)).toEqual(path);
      const all = plans.map((_, number) => `trn_${number}`);
      expect(view.undone.map(({ turnId }) => turnId)).toEqual(all.filter((turnId) => !path.includes(turnId)));
    }),
    { numRuns: 100 },
  );
});

describe("the law of the partial", () => {
  const anyOrder = fc
    .tuple(fc.array(stepPlan, { minLength: 1, maxLength: 2 }), fc.func(fc.nat()))
    .map(([steps, rank]) => {
      const plan: TurnPlan = { text: "", steps, finishReason: "stop" };
      const events = simulateTurns([plan]).filter(isTransient);
      // Shuffled behind each start: the law must not lean on an order that a provider could break.
      return events.toSorted((a, b) => order(a) - order(b) || rank(a) - rank(b));
    });

  test("a partial folds to what its events fold to, in whatever order they came", () => {
    fc.assert(
      fc.property(anyOrder, (events) => {
        const step = events.filter((event) => event.stepId === events.at(-1)?.stepId);
        const opened = fold(simulateTurns([{ text: "", steps: [], finishReason: "stop" }]).slice(0, 2));
        expect(fold([asPartial(partialOf(step))], opened)).toEqual(fold(step, opened));
      }),
    );
  });

  test("the partial of a partial and what came after it is the partial of everything", () => {
    fc.assert(
      fc.property(anyOrder, fc.nat(), (events, at) => {
        const cut = at % (events.length + 1);
        const stepwise = partialOf([...partialOf(events.slice(0, cut)), ...events.slice(cut)]);
        expect(stepwise).toEqual(partialOf(events));
      }),
    );
  });

  test("without a step in flight there is no partial", () => {
    expect(partialOf([])).toEqual([]);
  });
});

function order(event: TransientEvent): number {
  const index = Number(event.stepId.slice(event.stepId.indexOf("#") + 1));
  return 2 * index + (event.type === "step-start" ? 0 : 1);
}

function fold(events: readonly ConversationEvent[], from: ConversationView = startView()): ConversationView {
  return events.reduce((view, event) => freeze(foldEvents(view, event)), from);
}

/** What a subscriber at `sinceSeq` receives who arrives after the first `cut` events. */
function replay(
  live: readonly ConversationEvent[],
  sinceSeq: number,
  cut: number,
): readonly ConversationEvent[] {
  const sofar = live.slice(0, cut);
  const entries = sofar.filter(isEntry).filter(({ seq }) => seq > sinceSeq);
  const lastEntry = sofar.findLastIndex(isEntry);
  const inFlight = partialOf(sofar.slice(lastEntry + 1).filter(isTransient));
  return inFlight.length === 0 ? entries : [...entries, asPartial(inFlight)];
}

function asPartial(events: readonly TransientEvent[]): StepPartial {
  const { conversationId, turnId, stepId } = events[0] as TransientEvent;
  return { type: "step-partial", conversationId, turnId, stepId, events };
}

function isEntry(event: ConversationEvent): event is Entry {
  return "seq" in event;
}

function isTransient(event: ConversationEvent): event is TransientEvent {
  return !("seq" in event) && event.type !== "step-partial";
}

/** A frozen view throws where the reducer would change what it was given. */
function freeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) freeze(inner);
  return value;
}
