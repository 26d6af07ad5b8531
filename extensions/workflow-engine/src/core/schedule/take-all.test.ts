import { expect, test } from "vitest";
import { Slots } from "./slots.ts";
import { takeAll } from "./take-all.ts";

const never = new AbortController().signal;

test("whoever has all places gives all of them back at once, once", async () => {
  const slots = [new Slots(1), new Slots(2)] as const;
  const release = await takeAll(slots.map((one) => () => one.take(never)));
  expect(slots.map(({ takenCount }) => takenCount)).toEqual([1, 1]);
  release?.();
  release?.();
  expect(slots.map(({ takenCount }) => takenCount)).toEqual([0, 0]);
});

test("whoever goes while he waits at the second door keeps no place behind the first", async () => {
  const [first, second] = [new Slots(1), new Slots(0)];
  const leaving = new AbortController();
  const entering = takeAll([first, second].map((one) => () => one.take(leaving.signal)));
  while (second.waitingCount === 0) await Promise.resolve();
  expect(first.takenCount).toBe(1);
  leaving.abort();
  expect(await entering).toBeUndefined();
  expect([first.takenCount, second.waitingCount]).toEqual([0, 0]);
});
