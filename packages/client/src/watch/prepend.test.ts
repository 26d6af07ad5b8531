import type { ConversationEvent, Entry } from "@lathe/kernel";
import { type ConversationView, foldEvents, startView, turnsOf } from "@lathe/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { longLiveEvents } from "../testing/arbitrary-turns.ts";
import { prepend } from "./prepend.ts";

test("the law: whatever was held, and whatever is put before it, is the fold of everything from there on", () => {
  fc.assert(
    fc.property(longLiveEvents, fc.nat(), fc.nat(), fc.nat(), (live, cut, one, other) => {
      const sofar = live.slice(0, cut % (live.length + 1));
      const entries = entriesOf(sofar);
      const [from, later] = [one, other].map((at) => at % (entries.length + 1)).toSorted((a, b) => a - b);
      const held = foldFrom(sofar, later as number);
      const whole = foldFrom(sofar, from as number);
      // Where not one entry is held, nothing is known of a turn but what is transient.
      if (entries.length === later && from === later) expect(prepend([], held)).toBe(held);
      else expect(prepend(entries.slice(from), held)).toEqual(whole);
    }),
    { numRuns: 1_500 },
  );
});

test("turns keep their identity, and of one that was cut its steps do", () => {
  fc.assert(
    fc.property(longLiveEvents, fc.nat(), (live, at) => {
      const entries = entriesOf(live);
      const later = at % entries.length;
      const held = foldFrom(live, later);
      const view = prepend(entries, held);
      const heldTurns = new Map(allOf(held).map((turn) => [turn.turnId, turn]));
      for (const turn of allOf(view)) {
        const before = heldTurns.get(turn.turnId);
        if (before === undefined) continue;
        const isFirst = before.afterTurnId !== turn.afterTurnId || before.firstSeq !== turn.firstSeq;
        if (!isFirst) expect(turn).toBe(before);
        expect(before.steps.every((step) => turn.steps.includes(step))).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});

/** What one has who holds the entries behind the first `count` of them, and was there for everything since. */
function foldFrom(live: readonly ConversationEvent[], count: number): ConversationView {
  const first = live.findIndex((event) => "seq" in event && event.seq === count + 1);
  const lastEntry = live.findLastIndex((event) => "seq" in event);
  return live.slice(first === -1 ? lastEntry + 1 : first).reduce(foldEvents, startView(count));
}

function entriesOf(events: readonly ConversationEvent[]): readonly Entry[] {
  return events.filter((event) => "seq" in event);
}

function allOf(view: ConversationView): ReturnType<typeof turnsOf> {
  return [...view.undone, ...turnsOf(view)];
}
