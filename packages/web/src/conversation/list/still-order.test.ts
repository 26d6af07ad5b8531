import fc from "fast-check";
import { expect, test } from "vitest";
import { inShownOrder } from "./still-order.ts";

const rowsOf = (ids: string) => [...ids].map((id) => ({ id }));
const after = (shown: string, rows: string): string =>
  inShownOrder([...shown], rowsOf(rows))
    .map(({ id }) => id)
    .join("");

test("what moves up or comes in between waits; what comes behind is shown; what is gone is gone", () => {
  expect(after("abc", "cab")).toBe("abc");
  expect(after("abc", "nabc")).toBe("abc");
  expect(after("abc", "anbc")).toBe("abc");
  expect(after("abc", "abcde")).toBe("abcde");
  expect(after("abc", "cnabde")).toBe("abcde");
  expect(after("abc", "ac")).toBe("ac");
  expect(after("", "ab")).toBe("ab");
  expect(after("xy", "ab")).toBe("ab");
});

test("a row is as it is now, wherever it is shown", () => {
  const rows = [
    { id: "b", title: "now" },
    { id: "a", title: "now" },
  ];
  expect(inShownOrder(["a", "b"], rows)).toEqual([rows[1], rows[0]]);
});

test("nothing that was shown changes its place among the others, and nothing is shown twice", () => {
  const ids = fc.uniqueArray(fc.integer({ min: 0, max: 20 }).map(String));
  fc.assert(
    fc.property(ids, ids, (shown, wanted) => {
      const order = inShownOrder(
        shown,
        wanted.map((id) => ({ id })),
      ).map(({ id }) => id);
      expect(order.slice(0, shown.filter((id) => wanted.includes(id)).length)).toEqual(
        shown.filter((id) => wanted.includes(id)),
      );
      expect(new Set(order).size).toBe(order.length);
      expect(order.every((id) => wanted.includes(id))).toBe(true);
    }),
  );
});
