import type { TransientEvent } from "@lathe/kernel";
import { type ConversationView, foldEvents, startView } from "@lathe/wire";
import { expect, test } from "vitest";
import { noteThinking, partName, thoughtOf } from "./thinking-clock.ts";

function steps(turnId: string): readonly [string, readonly TransientEvent[]] {
  const stepId = `${turnId}#0`;
  const place = { conversationId: "cnv_1", turnId, stepId };
  return [
    partName(stepId, 0),
    [
      { ...place, type: "step-start", index: 0, provider: "demo", model: "one" },
      { ...place, type: "reasoning-delta", text: "Hm. " },
      { ...place, type: "reasoning-delta", text: "So." },
      { ...place, type: "text-delta", text: "It is." },
    ],
  ];
}

test("how long a model thought is known of what one watched from its beginning", () => {
  const [name, events] = steps("trn_1");
  let view: ConversationView = startView();
  events.forEach((event, at) => {
    const before = view.current;
    view = foldEvents(view, event);
    noteThinking(before, view, 1_000 * (at + 1));
    if (at === 2) expect(thoughtOf(name)).toEqual({ beganAtMs: 2_000, endedAtMs: null });
  });
  expect(thoughtOf(name)).toEqual({ beganAtMs: 2_000, endedAtMs: 4_000 });
});

test("of what had begun before one looked, nothing is known", () => {
  const [name, events] = steps("trn_2");
  const joined = events.slice(0, 2).reduce(foldEvents, startView());
  noteThinking(null, joined, 1_000);
  const later = events.slice(2).reduce(foldEvents, joined);
  noteThinking(joined.current, later, 2_000);
  expect(thoughtOf(name)).toBeUndefined();
});
