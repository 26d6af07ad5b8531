import type { ConversationEvent, TransientEvent } from "@lathe/kernel";
import { describe, expect, test } from "vitest";
import { type StepPlan, simulateTurns, type TurnPlan } from "../testing/simulate-turns.ts";
import { type ConversationView, startView, turnsOf } from "./conversation-view.ts";
import { foldEvents } from "./fold-events.ts";

const answer: StepPlan = {
  pieces: [
    { kind: "reasoning", text: "hm" },
    { kind: "text", text: "Hel" },
    { kind: "text", text: "lo" },
    { kind: "call", call: 1, text: "a" },
  ],
  retries: ["overloaded"],
  fallback: false,
  ending: "complete",
  usage: null,
  outcomes: ["ok"],
  steering: null,
};
const turn: TurnPlan = { text: "hi", steps: [answer], finishReason: "stop" };
const place = { conversationId: "cnv_1", turnId: "trn_0", stepId: "trn_0#0" };

describe("a step as it comes", () => {
  test("a wait is shown until something of the answer comes", () => {
    const events = simulateTurns([turn]);
    const waiting = fold(events.slice(0, 4));
    expect(waiting.current?.steps[0]?.retry).toEqual({
      attempt: 1,
      delayMs: 5_000,
      reason: "overloaded",
      message: "Later.",
      budgetLeftMs: 1_000,
    });
    expect(fold(events.slice(0, 5)).current?.steps[0]?.retry).toBeNull();
  });

  test("deltas grow the part that they continue, and a call goes from writing to done", () => {
    const events = simulateTurns([turn]);
    const statuses = events.map((_, at) => {
      const parts = fold(events.slice(0, at + 1)).current?.steps[0]?.parts ?? [];
      return parts
        .map((part) => (part.type === "tool-call" ? part.status : `${part.type} ${part.text}`))
        .join();
    });
    expect([...new Set(statuses)]).toEqual([
      "",
      "reasoning hm",
      "reasoning hm,text Hel",
      "reasoning hm,text Hello",
      "reasoning hm,text Hello,writing",
      "reasoning hm,text Hello,ready",
      "reasoning hm,text Hello,running",
      "reasoning hm,text Hello,done",
      // The log keeps the parts as the provider's adapter closed them.
      "reasoning hm,text Hel,text lo,done",
    ]);
  });

  test("a finished call carries its input, output, outcome and duration", () => {
    const [folded] = fold(simulateTurns([turn])).turns;
    expect(folded?.steps[0]?.parts.at(-1)).toEqual({
      type: "tool-call",
      callId: "call_1",
      name: "tool_1",
      status: "done",
      argumentsText: '{"text":"a"}',
      input: { text: "a" },
      output: "shown",
      isError: false,
      outcome: "ok",
      startedAtMs: 1,
      durationMs: 3,
    });
  });

  test("a step that begins again forgets what was seen of it", () => {
    const events = simulateTurns([turn]);
    const again = fold([...events.slice(0, 8), events[2] as ConversationEvent]);
    expect(again.current?.steps.map(({ parts }) => parts)).toEqual([[]]);
  });

  test("an empty partial takes away what the client held of the step", () => {
    const seen = fold(simulateTurns([turn]).slice(0, 8));
    const emptied = foldEvents(seen, { ...place, type: "step-partial", events: [] });
    expect([seen.current?.steps.length, emptied.current?.steps.length]).toEqual([1, 0]);
  });
});

describe("what comes at the wrong time", () => {
  test("a transient event of a step that is complete, or of a turn that is over, changes nothing", () => {
    const late: TransientEvent = { ...place, type: "text-delta", text: "late" };
    const events = simulateTurns([turn]);
    for (const until of ["step-complete", "done", "turn-sealed"]) {
      const view = fold(events.slice(0, events.findIndex(({ type }) => type === until) + 1));
      expect(foldEvents(view, late)).toBe(view);
      expect(foldEvents(view, { ...place, type: "step-partial", events: [] })).toBe(view);
    }
  });

  test("an entry that was seen is ignored", () => {
    const events = simulateTurns([turn]);
    const view = fold(events);
    for (const event of events.filter((each) => "seq" in each)) expect(foldEvents(view, event)).toBe(view);
  });

  test("after a gap the view stands still and names the missing entry, until it comes", () => {
    const entries = simulateTurns([turn]).filter((event) => "seq" in event);
    const held = fold(entries.slice(0, 1));
    const gap = fold(entries.slice(2), held);
    expect(gap).toEqual({ ...held, missedSeq: 2 });
    const delta: TransientEvent = { ...place, type: "step-start", index: 0, provider: "p", model: "m" };
    expect(foldEvents(gap, delta)).toBe(gap);
    expect(fold(entries.slice(1), gap)).toEqual(fold(entries));
  });

  test("a view that begins in the middle of a turn shows the step in flight", () => {
    const events = simulateTurns([turn]).slice(2, 7);
    const view = fold(events, startView(2));
    expect([view.lastSeq, view.current?.runId, view.current?.steps[0]?.parts.length]).toEqual([2, null, 2]);
  });

  test("a turn that never ended stays as it is when the next begins", () => {
    const [first, second] = [simulateTurns([turn]).slice(0, 2), simulateTurns([turn, turn])];
    const next = second.filter((event) => "seq" in event && event.turnId === "trn_1").slice(0, 2);
    const view = fold([
      ...first,
      ...next.map((event, at) => ({ ...event, seq: 3 + at })),
    ] as ConversationEvent[]);
    expect(turnsOf(view).map(({ turnId, status }) => [turnId, status])).toEqual([
      ["trn_0", "running"],
      ["trn_1", "running"],
    ]);
  });
});

describe("what changes the whole view", () => {
  test("a restore takes the later turns out, and one that goes back to them brings them with what led to them", () => {
    const plans = [turn, turn, { ...turn, restoredTo: 0 }, { ...turn, restoredTo: 1 }];
    const idsAfter = (count: number) => {
      const view = fold(simulateTurns(plans.slice(0, count)));
      return [view.turns, view.undone].map((turns) => turns.map(({ turnId }) => turnId));
    };
    expect(idsAfter(2)).toEqual([["trn_0", "trn_1"], []]);
    expect(idsAfter(3)).toEqual([["trn_0", "trn_2"], ["trn_1"]]);
    expect(idsAfter(4)).toEqual([["trn_0", "trn_1", "trn_3"], ["trn_2"]]);
  });

  test("a client that begins behind the turn that is restored keeps nothing of what came after it", () => {
    const events = simulateTurns([turn, turn, { ...turn, restoredTo: 0 }]);
    const since = events.find((event) => event.type === "user-message" && event.turnId === "trn_1");
    const start = since !== undefined && "seq" in since ? since.seq - 1 : 0;
    const view = fold(
      events.filter((event) => "seq" in event),
      startView(start),
    );
    expect(view.turns.map(({ turnId }) => turnId)).toEqual(["trn_2"]);
  });

  test("a transient event of a turn that a restore left behind changes nothing", () => {
    const events = simulateTurns([turn, turn, { ...turn, restoredTo: 0 }]);
    const view = fold(events.slice(0, events.findIndex(({ type }) => type === "restored") + 1));
    expect(view.undone.map(({ turnId }) => turnId)).toEqual(["trn_1"]);
    const late = events.filter((event) => !("seq" in event) && "turnId" in event && event.turnId === "trn_1");
    expect(late.length).toBeGreaterThan(0);
    for (const event of late) expect(foldEvents(view, event)).toBe(view);
  });

  test("what a newer daemon may send is ignored: an entry moves the position, and nothing else changes", () => {
    const view = fold(simulateTurns([turn]));
    const names = { conversationId: "cnv_1", turnId: "trn_9" };
    const entry = { ...names, type: "from-the-future", seq: view.lastSeq + 1, atMs: 0 } as never;
    const transient = { ...names, type: "also-from-there", stepId: "trn_9#0" } as never;
    expect(foldEvents(view, transient)).toBe(view);
    expect(foldEvents(view, entry)).toEqual({ ...view, lastSeq: view.lastSeq + 1 });
  });

  test("a reset begins anew, and a snapshot changes nothing", () => {
    const view = fold(simulateTurns([turn]));
    expect(foldEvents(view, { type: "reset", conversationId: "cnv_1", lastSeq: 9 })).toEqual(startView());
    const snapshot = { conversationId: "cnv_1", state: "idle", seq: 1, turn: null, pending: null } as const;
    expect(foldEvents(view, { type: "snapshot", conversationId: "cnv_1", snapshot })).toBe(view);
  });
});

test("a delta makes new only its part, its step and its turn", () => {
  const three: TurnPlan = { ...turn, steps: [answer, answer, answer] };
  const events = simulateTurns([turn, turn, three]);
  const cut = events.findLastIndex(({ type }) => type === "text-delta");
  const before = fold(events.slice(0, cut));
  const after = fold(events.slice(cut, cut + 1), before);
  expect(after.current).not.toBe(before.current);
  expect(after.turns).toBe(before.turns);
  expect(after.current?.userMessage).toBe(before.current?.userMessage);
  const kept = after.current?.steps.map((step, at) => step === before.current?.steps[at]);
  expect(kept).toEqual([true, true, false]);
  expect(after.current?.steps[2]?.parts[0]).toBe(before.current?.steps[2]?.parts[0]);
});

function fold(events: readonly ConversationEvent[], from: ConversationView = startView()): ConversationView {
  return events.reduce((view, event) => foldEvents(view, event), from);
}
