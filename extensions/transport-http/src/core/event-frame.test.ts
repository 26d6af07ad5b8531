import fc from "fast-check";
import { expect, test } from "vitest";
import { parseEvents } from "../testing/read-events.ts";
import { eventFrame } from "./event-frame.ts";

test("C8s, C9s: whatever the type, the text and the layout of the JSON, one event arrives with the same value", () => {
  const layout = fc.constantFrom("", " ", "\n", "\r\n", "\r");
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }),
      fc.jsonValue(),
      layout,
      fc.option(fc.nat()),
      (type, value, between, seq) => {
        const json = `${between}${JSON.stringify(value)}${between}`;
        const events = parseEvents(eventFrame(type, json, seq ?? undefined));
        expect(events.length).toBe(1);
        expect(JSON.parse(events[0]?.data ?? "")).toEqual(JSON.parse(json));
        expect(events[0]?.lastEventId).toBe(seq === null ? "" : String(seq));
      },
    ),
  );
});

test("an event has the form of the standard", () => {
  expect(eventFrame("done", '{"a":1}', 3)).toBe('event: done\nid: 3\ndata: {"a":1}\n\n');
});
