import { expect, test } from "vitest";
import { fakeClock, fakeTimers } from "./fake-time.ts";
import { realTimers } from "./real-time.ts";

test("time stands still until it is moved", () => {
  const clock = fakeClock(1_000);
  expect([clock.nowMs(), clock.monotonicMs()]).toEqual([1_000, 0]);
  clock.advance(5);
  expect([clock.nowMs(), clock.monotonicMs()]).toEqual([1_005, 5]);
});

test("callbacks come in the order in which they fall due, each at its time", async () => {
  const clock = fakeClock(0);
  const timers = fakeTimers(clock);
  const heard: string[] = [];
  timers.after(20, () => heard.push(`b at ${clock.nowMs()}`));
  timers.after(10, () => heard.push(`a at ${clock.nowMs()}`));
  const release = timers.after(15, () => heard.push("released"));
  release();
  timers.after(21, () => heard.push("too early"));
  await timers.advance(20);
  expect(heard).toEqual(["a at 10", "b at 20"]);
  expect(timers.waitingCount()).toBe(1);
});

test("what waits again within an advance falls due within it", async () => {
  const timers = fakeTimers();
  let rounds = 0;
  const loop = async (): Promise<void> => {
    while (rounds < 10) {
      await timers.sleep(100);
      rounds += 1;
    }
  };
  void loop();
  await timers.advance(350);
  expect(rounds).toBe(3);
});

test.each([
  ["fake", fakeTimers()],
  ["real", realTimers()],
])("a %s sleep ends when its signal aborts, and needs no wait where it has", async (_kind, timers) => {
  const controller = new AbortController();
  const sleeping = timers.sleep(1_000_000, controller.signal);
  controller.abort();
  await sleeping;
  await timers.sleep(1_000_000, controller.signal);
  expect(controller.signal.aborted).toBe(true);
});

test("real timers call back, unless they are released", async () => {
  const timers = realTimers();
  const heard: string[] = [];
  timers.after(1, () => heard.push("released"))();
  await new Promise<void>((resolve) => {
    timers.after(5, () => {
      heard.push("kept");
      resolve();
    });
    // A waiting callback does not keep the process alive; this one does.
    setTimeout(() => undefined, 1_000).unref();
  });
  expect(heard).toEqual(["kept"]);
});
