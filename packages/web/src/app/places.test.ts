import fc from "fast-check";
import { expect, test } from "vitest";
import { besideCountMax, isSameThing, type Place, placeOf, urlOf, type View, viewOf } from "./places.ts";

// In an address these two are steps and no names, however they are written; nothing that the daemon has is called so.
const name = fc.string({ minLength: 1, unit: "grapheme" }).filter((text) => text !== "." && text !== "..");
const place: fc.Arbitrary<Place> = fc.oneof(
  fc.constantFrom<Place>({ kind: "home" }, { kind: "runs" }, { kind: "workflows" }, { kind: "extensions" }),
  name.map((id): Place => ({ kind: "conversation", id })),
  fc.tuple(name, name).map(([id, turnId]): Place => ({ kind: "conversation", id, turnId })),
  name.map((turnId): Place => ({ kind: "trace", turnId })),
  fc.tuple(name, name).map(([turnId, spanId]): Place => ({ kind: "trace", turnId, spanId })),
  name.map((conversationId): Place => ({ kind: "timeline", conversationId })),
  fc.tuple(name, name).map(([one, other]): Place => ({ kind: "compare", one, other })),
  name.map((id): Place => ({ kind: "run", id })),
  name.map((workflow): Place => ({ kind: "workflow", name: workflow })),
);

test("whatever can be seen can be linked to", () => {
  fc.assert(
    fc.property(
      place,
      fc.uniqueArray(place, { maxLength: besideCountMax, selector: ({ kind }) => kind }),
      (main, beside) => {
        const view: View = { main, beside };
        expect(viewOf(new URL(urlOf(view), "http://lathe.test"))).toEqual(view);
      },
    ),
  );
});

test("a path that nobody knows is said to be unknown", () => {
  const paths = [
    "/nothing",
    "/c",
    "/c/",
    "/c/a/b/c",
    "/runs/a/b",
    "/timeline",
    "/compare",
    "/compare/a",
    "/compare/a/",
    "/compare/a/b/c",
    "/workflows/a/b",
    "//",
    "/%zz/x",
  ];
  expect(paths.map((path) => placeOf(path))).toEqual(paths.map((path) => ({ kind: "unknown", path })));
});

test("a thing is the same wherever in it one looks", () => {
  expect(isSameThing({ kind: "conversation", id: "a" }, { kind: "conversation", id: "a", turnId: "t" })).toBe(
    true,
  );
  expect(isSameThing({ kind: "trace", turnId: "t" }, { kind: "trace", turnId: "u" })).toBe(false);
});

test("of one kind, one place stands beside", () => {
  const url = new URL("http://lathe.test/?beside=/c/a&beside=/c/b");
  expect(viewOf(url).beside).toEqual([{ kind: "conversation", id: "a" }]);
});

test("what stands beside and is unknown, or too much, is left out", () => {
  const url = new URL("http://lathe.test/runs?beside=/zzz&beside=/workflows&beside=/runs");
  expect(viewOf(url)).toEqual({ main: { kind: "runs" }, beside: [{ kind: "workflows" }] });
});
