import fc from "fast-check";
import { expect, test } from "vitest";
import { FakeTimers } from "../testing/fake-timers.ts";
import { Backoff } from "./backoff.ts";
import { Pauses } from "./pauses.ts";

const settings = { baseMs: 500, maxMs: 30_000 };

test("waits double up to the longest, and begin anew after a success", () => {
  const backoff = new Backoff(settings, () => 1);
  const waits = Array.from({ length: 9 }, () => backoff.nextMs());
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  backoff.reset();
  expect(backoff.nextMs()).toBe(500);
});

test("the jitter is full: any wait from nothing up to the longest so far, however long it has been going on", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat({ max: 5_000 }),
      (random, failureCount) => {
        const backoff = new Backoff(settings, () => random);
        for (let count = 0; count < failureCount; count += 1) backoff.nextMs();
        expect(backoff.nextMs()).toBe(random * Math.min(30_000, 500 * 2 ** failureCount));
      },
    ),
  );
});

test("what the daemon asks for is waited at least", () => {
  expect(new Backoff(settings, () => 0).nextMs(2_000)).toBe(2_000);
  expect(new Backoff(settings, () => 1).nextMs(60_000)).toBe(60_500);
});

test("who is in a hurry, or leaves, does not wait to the end", async () => {
  const timers = new FakeTimers();
  const pauses = new Pauses(timers);
  const stays = new AbortController();
  const leaves = new AbortController();
  const first = pauses.pause(1_000, stays.signal);
  const second = pauses.pause(1_000, leaves.signal);
  leaves.abort(new Error("Enough."));
  await expect(second).rejects.toThrow("Enough.");
  pauses.hurry();
  await first;
  const third = pauses.pause(1_000, stays.signal);
  timers.pass(1_000);
  await third;
  expect([timers.nowMs, timers.waitingCount]).toEqual([1_000, 0]);
});
