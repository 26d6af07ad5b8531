// Five kills of the crash harness for workflows, and its controls. The long run is `npm run test:workflow-crash`.
import { afterAll, expect, test, vi } from "vitest";
import { brokenEngines } from "./broken-engine.ts";
import { WorkflowCampaign } from "./campaign.ts";
import { isBrokenEngineCaught } from "./controls.ts";
import { smallFanOut } from "./fan-out.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 60_000 });

const seed = Date.now() % 2 ** 31;
const killCount = 5;
/** So many runs are played at most, until so many of their kills have proved something. */
const runCountMax = 20;
const campaign = new WorkflowCampaign({ seed, args: smallFanOut });
afterAll(() => campaign.end());

test("C3: a run that nobody kills comes to what its agents say", async () => {
  await campaign.play(0);
  expect(campaign.bad, `seed ${seed}`).toEqual([]);
});

test("C3: runs of many agents come to the same end through 5 kills, and no agent that has ended is asked again", async () => {
  for (const perRun of [1, 4, ...Array.from({ length: runCountMax }, () => 1)])
    if (campaign.killCount < killCount) await campaign.play(perRun);
  expect(campaign.bad, `seed ${seed}`).toEqual([]);
  expect(campaign.killCount).toBeGreaterThanOrEqual(killCount);
});

test.each(brokenEngines)("C3: an engine with %s is caught", async (broken) => {
  expect(await isBrokenEngineCaught(broken, seed)).toMatchObject({ caught: true });
});
