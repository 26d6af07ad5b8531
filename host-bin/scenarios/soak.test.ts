// L-7 in a short form, and leaks that it must find. The long one is `npm run test:soak`.
import { expect, test, vi } from "vitest";
import { type Bounds, type Finding, judgeSoak } from "../testing/soak/judge-soak.ts";
import { playSoak } from "../testing/soak/play-soak.ts";

vi.setConfig({ testTimeout: 400_000 });

// Too short for the memory of the process to tell anything; every closure that stays is told one by one.
const bounds: Bounds = {
  warmUpShare: 0.4,
  rssGrowthMax: null,
  heapGrowthMax: 0.3,
  functionsPerTurnMax: 0.3,
  descriptorGrowthMax: 8,
};

async function broken(
  turnCountMax: number,
  leak?: "turn" | "connection",
): Promise<readonly Finding["figure"][]> {
  const pace = { turnCountMax, sampleEveryTurns: turnCountMax / 15 };
  const samples = await playSoak({ ...pace, ...(leak === undefined ? {} : { leak }) });
  expect(samples.length).toBeGreaterThan(5);
  return judgeSoak(samples, bounds)
    .filter(({ isKept }) => !isKept)
    .map(({ figure }) => figure);
}

test("L-7: turns, subscribers that come and go, and some that never read leave nothing behind", async () => {
  expect(await broken(300)).toEqual([]);
});

test.each([
  "turn",
  "connection",
] as const)("a daemon that keeps one closure for each %s is found out", async (leak) => {
  expect(await broken(200, leak)).toContain("functions per turn");
});
