import { expect, test } from "vitest";
import { Slots } from "./slots.ts";

const never = new AbortController().signal;

test("places are given first come, first served, and never more than there are", async () => {
  const slots = new Slots(2);
  const order: string[] = [];
  const take = (name: string): Promise<() => void> =>
    slots.take(never).then((release) => {
      order.push(name);
      return release ?? (() => undefined);
    });
  const [first, , third] = [take("a"), take("b"), take("c")];
  const fourth = take("d");
  (await first)();
  await third;
  expect(order).toEqual(["a", "b", "c"]);
  expect([slots.takenCount, slots.waitingCount]).toEqual([2, 1]);
  (await third)();
  await fourth;
  expect(order).toEqual(["a", "b", "c", "d"]);
});

test("a place that is given back twice is one place", async () => {
  const slots = new Slots(1);
  const release = await slots.take(never);
  release?.();
  release?.();
  await slots.take(never);
  expect(slots.takenCount).toBe(1);
});

test("whoever stops waiting gets nothing, and takes nothing from those behind", async () => {
  const slots = new Slots(1);
  const release = await slots.take(never);
  const leaving = new AbortController();
  const left = slots.take(leaving.signal);
  const stays = slots.take(never);
  leaving.abort();
  expect(await left).toBeUndefined();
  release?.();
  expect(await stays).toBeTypeOf("function");
  expect(await slots.take(AbortSignal.abort())).toBeUndefined();
});

test("fewer places are reached as those that are taken come back", async () => {
  const slots = new Slots(3);
  const releases = await Promise.all([slots.take(never), slots.take(never), slots.take(never)]);
  slots.resize(1);
  const next = slots.take(never);
  releases[0]?.();
  releases[1]?.();
  expect(slots.waitingCount).toBe(1);
  releases[2]?.();
  expect(await next).toBeTypeOf("function");
});
