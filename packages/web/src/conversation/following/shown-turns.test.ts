import type { ConversationEvent } from "@lathe/kernel";
import { type ConversationView, foldEvents, startView, turnsOf } from "@lathe/wire";
import { simulateTurns, type TurnPlan } from "@lathe/wire/testing";
import { effect } from "@preact/signals";
import { expect, test } from "vitest";
import { ShownTurns } from "./shown-turns.ts";

const step = {
  pieces: [
    { kind: "text", text: "Hel" } as const,
    { kind: "call", call: 0, text: "{}" } as const,
    { kind: "text", text: "lo" } as const,
  ],
  retries: [],
  fallback: false,
  ending: "complete" as const,
  usage: null,
  outcomes: ["ok" as const],
  steering: null,
};
const plan: TurnPlan = { text: "Hi.", steps: [step], finishReason: "stop" };
const plans: readonly TurnPlan[] = [plan, plan, { ...plan, restoredTo: 0 }, plan];

function play(events: readonly ConversationEvent[], each: (view: ConversationView) => void): void {
  let view = startView();
  for (const event of events) {
    view = foldEvents(view, event);
    each(view);
  }
}

test("after each event the turns are those of the view, in its order, also when a restore takes some away", () => {
  const shown = new ShownTurns();
  play(simulateTurns(plans), (view) => {
    shown.show(view);
    const turns = turnsOf(view);
    expect(shown.order.value).toEqual(turns.map(({ turnId }) => turnId));
    for (const turn of turns) expect(shown.turn(turn.turnId)?.value).toBe(turn);
    for (const { turnId } of view.undone) expect(shown.turn(turnId)).toBeUndefined();
    expect(shown.current.value).toBe(view.current);
  });
  expect(shown.order.value).toEqual(["trn_0", "trn_2", "trn_3"]);
});

test("what a turn says renders this turn alone: neither the list of turns nor a turn that is over", () => {
  const shown = new ShownTurns();
  const counts = { list: 0, first: 0 };
  effect(() => {
    shown.order.value;
    counts.list += 1;
  });
  const [one, two] = [simulateTurns([plan]), simulateTurns([plan, plan])];
  play(one, (view) => shown.show(view));
  effect(() => {
    shown.turn("trn_0")?.value;
    counts.first += 1;
  });
  expect(counts).toEqual({ list: 2, first: 1 });
  play(two, (view) => {
    if (view.lastSeq > 0 && view.turns.length > 0) shown.show(view);
  });
  expect([shown.order.value, shown.current.value]).toEqual([["trn_0", "trn_1"], null]);
  expect(counts).toEqual({ list: 3, first: 2 });
});
