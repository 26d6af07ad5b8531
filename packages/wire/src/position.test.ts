import { expect, test } from "vitest";
import { positionAsked } from "./position.ts";

const nowhere = Number.MAX_SAFE_INTEGER;

test("what the client saw last counts more than what its address says", () => {
  expect(positionAsked("7", 3)).toBe(7);
  expect(positionAsked("0", 3)).toBe(0);
  expect(positionAsked(undefined, 3)).toBe(3);
  expect(positionAsked(undefined, "4")).toBe(4);
});

test.each([
  "",
  " 1",
  "-1",
  "+1",
  "1.0",
  "1e3",
  "NaN",
  "0x10",
  "9223372036854775808",
  "9".repeat(1_000_000),
])("G8: %.30s is no position, and so one that no log has", (sent) => {
  expect(positionAsked(sent, 0)).toBe(nowhere);
  expect(positionAsked(undefined, sent)).toBe(nowhere);
});

test.each([
  -1,
  0.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  2 ** 63,
])("G8: the number %d is no position, and so one that no log has", (sent) => {
  expect(positionAsked(undefined, sent)).toBe(nowhere);
});
