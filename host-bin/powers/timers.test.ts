import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { timers } from "./timers.ts";

test("sleep resolves as soon as its signal aborts", async () => {
  const abort = new AbortController();
  const slept = timers.sleep(3_600_000, abort.signal);
  abort.abort();
  await expect(slept).resolves.toBeUndefined();
  await expect(timers.sleep(3_600_000, abort.signal)).resolves.toBeUndefined();
});

test("a callback that was released is not called", async () => {
  const calls: string[] = [];
  const release = timers.after(1, () => calls.push("released"));
  timers.after(2, () => calls.push("kept"));
  release();
  await expect.poll(() => calls).toContain("kept");
  expect(calls).toEqual(["kept"]);
});

test("a wait of more than 24 days does not end at once", async () => {
  const ended: string[] = [];
  const abort = new AbortController();
  const slept = timers.sleep(2 ** 40, abort.signal).then(() => ended.push("sleep"));
  const release = timers.after(2 ** 40, () => ended.push("after"));
  await wait(20);
  expect(ended).toEqual([]);
  release();
  abort.abort();
  await slept;
});
