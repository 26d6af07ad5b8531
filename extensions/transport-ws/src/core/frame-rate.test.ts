import fc from "fast-check";
import { expect, test } from "vitest";
import { FrameRate } from "./frame-rate.ts";

test("twice the rate is taken at once, then as many as the seconds bring", () => {
  const rate = new FrameRate(10, 1_000);
  const takeAll = (nowMs: number): number => {
    let count = 0;
    while (rate.take(nowMs)) count += 1;
    return count;
  };
  expect([takeAll(1_000), takeAll(1_099), takeAll(1_200), takeAll(2_200), takeAll(99_000)]).toEqual([
    20, 0, 2, 10, 20,
  ]);
});

test("in no stretch of time are more taken than the rate allows, however they come", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(300), { maxLength: 300 }), (gapsMs) => {
      const rate = new FrameRate(10, 0);
      let nowMs = 0;
      const takenMs: number[] = [];
      for (const gapMs of gapsMs) {
        nowMs += gapMs;
        if (rate.take(nowMs)) takenMs.push(nowMs);
      }
      for (let first = 0; first < takenMs.length; first += 1) {
        for (let last = first; last < takenMs.length; last += 1) {
          const seconds = ((takenMs[last] ?? 0) - (takenMs[first] ?? 0)) / 1_000;
          expect(last - first + 1).toBeLessThanOrEqual(20 + 10 * seconds + 1e-6);
        }
      }
    }),
  );
});
