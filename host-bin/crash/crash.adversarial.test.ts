// Thirty rounds of the crash harness. The long run is `npm run test:crash`.
import { afterAll, expect, test, vi } from "vitest";
import { Campaign } from "./campaign.ts";
import { controls, isControlCaught } from "./controls.ts";
import type { PlanKind } from "./plans.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 60_000 });

const seed = Date.now() % 2 ** 31;
/** How many times the planned rounds are played at most, until one of them proves something. */
const provingPatience = 6;
const campaign = new Campaign({ seed, keepsBad: false });
afterAll(() => campaign.end());

test.each<[PlanKind, number, string]>([
  ["C1", 6, "at random moments of turns under load"],
  ["C2", campaign.failpoints.length, "at each failpoint"],
  ["C5", 2, "five times in a row in the next starts"],
  ["C6", 3, "in a drain"],
  ["C7", 3, "while turns are being stopped"],
])("%s, G1 to G5: nothing is lost in %i rounds of kill -9 %s", async (kind, count) => {
  const vacuousBefore = campaign.vacuousCount;
  let rounds = 0;
  const provingRounds = (): number => rounds - (campaign.vacuousCount - vacuousBefore);
  // A fast machine may have answered everything before a kill: such a round proves nothing, and another one is played.
  while (rounds < count || (provingRounds() === 0 && rounds < count * provingPatience)) {
    await campaign.play(kind);
    rounds += 1;
  }
  expect(campaign.bad, `seed ${seed}`).toEqual([]);
  // Something was acknowledged before some kill, in flight at it, and done after it.
  expect(provingRounds()).toBeGreaterThan(0);
});

test("S5: among the turns that were cut off, some went on and some were ended, as their agents say", () => {
  expect(campaign.totals.continuedTurns).toBeGreaterThan(0);
  expect(campaign.totals.interruptedTurns).toBeGreaterThan(0);
});

test.each(controls)("a build with %s is caught", async (control) => {
  expect(await isControlCaught(control, seed)).toMatchObject({ caught: true });
});
