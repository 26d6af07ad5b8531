import type { ConversationEvent, ToolOutcome } from "@lathe/kernel";
import { foldEvents, startView } from "@lathe/wire";
import { type StepPlan, simulateTurns, type TurnPlan } from "@lathe/wire/testing";
import { expect, test } from "vitest";
import { milestonesBetween } from "./milestones.ts";

const step: StepPlan = {
  pieces: [{ kind: "text", text: "Hello" }],
  retries: [],
  fallback: false,
  ending: "complete",
  usage: null,
  outcomes: ["ok"],
  steering: null,
};

/** What is said in all, where the view is looked at after every so many events. */
function said(events: readonly ConversationEvent[], every = 1): readonly string[] {
  const told: string[] = [];
  let view = startView();
  let shown = view;
  events.forEach((event, at) => {
    view = foldEvents(view, event);
    if (at % every !== 0 && at !== events.length - 1) return;
    told.push(...milestonesBetween(shown, view));
    shown = view;
  });
  return told;
}

function turn(
  changes: Partial<StepPlan>,
  finishReason: TurnPlan["finishReason"] = "stop",
): readonly ConversationEvent[] {
  return simulateTurns([{ text: "Hi.", steps: [{ ...step, ...changes }], finishReason }]);
}

const calling = (...outcomes: ToolOutcome[]): Partial<StepPlan> => ({
  pieces: outcomes.map((_, call) => ({ kind: "call" as const, call, text: "{}" })),
  outcomes,
});

test("an answer is announced once, when its turn has sealed, and none of its deltas", () => {
  const events = turn({ pieces: Array.from("A long answer", (text) => ({ kind: "text", text })) });
  expect(said(events)).toEqual(["Answer complete"]);
  expect(said(events, 3)).toEqual(["Answer complete"]);
});

test("a turn that was stopped says so", () => {
  expect(said(turn({ ending: "cut" }, "aborted"))).toEqual(["Stopped"]);
});

test("each failed call is announced once, and what went well is not", () => {
  const failed = said(turn(calling("ok", "error", "aborted", "timeout")));
  expect(failed.filter((text) => /^Tool \S+ failed$/.test(text))).toHaveLength(2);
  expect(failed.at(-1)).toBe("Answer complete");
  expect(failed).toHaveLength(3);
});

test("each retry is announced", () => {
  expect(said(turn({ retries: ["overloaded", "network"] }))).toEqual([
    "Retrying",
    "Retrying",
    "Answer complete",
  ]);
});

test("a conversation that is opened after everything happened says nothing", () => {
  const view = turn(calling("error")).reduce(foldEvents, startView());
  expect(milestonesBetween(startView(), view)).toEqual([]);
});
