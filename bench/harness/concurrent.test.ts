import { expect, test } from "vitest";
import { runConcurrently } from "./concurrent.ts";

test("runs as often as it was told, and no more than so many at once", async () => {
  let running = 0;
  let most = 0;
  let runCount = 0;
  await runConcurrently(10, 3, async () => {
    running += 1;
    runCount += 1;
    most = Math.max(most, running);
    await new Promise(setImmediate);
    running -= 1;
  });
  expect({ runCount, most, running }).toEqual({ runCount: 10, most: 3, running: 0 });
});

test("rejects with the first failure, when nothing is under way any more", async () => {
  let running = 0;
  const work = async (): Promise<void> => {
    running += 1;
    const turn = running;
    await new Promise(setImmediate);
    running -= 1;
    if (turn === 2) throw new Error("the second");
  };
  await expect(runConcurrently(6, 3, work)).rejects.toThrow("the second");
  expect(running).toBe(0);
});
