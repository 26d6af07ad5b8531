import { expect, test } from "vitest";
import { FakeTimers } from "../testing/fake-timers.ts";
import { PacedFrames } from "./paced-frames.ts";

test("a burst goes out in order, and no faster than the daemon takes it", () => {
  const timers = new FakeTimers();
  const sentAtMs: number[] = [];
  const sent: string[] = [];
  const frames = new PacedFrames(
    (text) => {
      sent.push(text);
      sentAtMs.push(timers.nowMs);
    },
    timers,
    10,
  );
  const texts = Array.from({ length: 25 }, (_, index) => String(index));
  for (const text of texts) frames.push(text);
  timers.pass(10_000);
  expect(sent).toEqual(texts);
  expect([0, 1_000, 2_000].map((ms) => sentAtMs.filter((at) => at === ms).length)).toEqual([9, 9, 7]);
  expect(timers.waitingCount).toBe(0);
});

test("a closed one sends nothing more and waits for nothing", () => {
  const timers = new FakeTimers();
  const sent: string[] = [];
  const frames = new PacedFrames((text) => sent.push(text), timers, 1);
  frames.push("a");
  frames.push("b");
  frames.close();
  timers.pass(10_000);
  expect([sent, timers.waitingCount]).toEqual([["a"], 0]);
});
