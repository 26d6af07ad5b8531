import { expect, test } from "vitest";
import { ByteTail } from "./byte-tail.ts";

test("holds what came last, however it was cut, and nothing that is long past", () => {
  const tail = new ByteTail();
  for (const piece of ["x".repeat(600), "the ", "e", "nd", "y".repeat(500)]) tail.push(Buffer.from(piece));
  expect([tail.byteCount, tail.holds("the end")]).toEqual([1_107, true]);
  tail.push(Buffer.from("z".repeat(100)));
  expect([tail.holds("the end"), tail.holds("yz")]).toEqual([false, true]);
  tail.reset();
  expect([tail.byteCount, tail.holds("z")]).toEqual([0, false]);
});
