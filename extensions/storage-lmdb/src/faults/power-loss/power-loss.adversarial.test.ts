import { expect, test } from "vitest";
import { skipUnlessForbidden } from "../child.ts";
import { type CampaignReport, runCampaign } from "./campaign.ts";

const noCompiler = "There is no C compiler (cc) to build the recorder with.";

/** Otherwise an image proves nothing. */
function expectSubstance({
  imageCount,
  acknowledgedCount,
  inFlightCount,
  pendingPageCount,
}: CampaignReport): void {
  for (const count of [acknowledgedCount, inFlightCount, pendingPageCount])
    expect(count).toBeGreaterThanOrEqual(imageCount);
}

test("C10, L4: after a power cut everything acknowledged is there, nothing is there in half, and the store goes on", async ({
  skip,
}) => {
  const seed = Date.now() % 2 ** 31;
  const report = await runCampaign({ imageCount: 40, seed, kind: "lathe" });
  if (report === undefined) return skipUnlessForbidden(noCompiler, skip);
  expect(report.bad, `seed ${seed}`).toEqual([]);
  expect(report.imageCount).toBe(40);
  expect(report.flushCount).toBeGreaterThan(20);
  expectSubstance(report);
}, 120_000);

test("C10, L4, positive control: the same store over an environment that never flushes is caught", async ({
  skip,
}) => {
  const report = await runCampaign({ imageCount: 12, seed: 1, kind: "no-sync" });
  if (report === undefined) return skipUnlessForbidden(noCompiler, skip);
  expect(report.flushCount).toBe(0);
  expect(report.bad.length).toBeGreaterThanOrEqual(11);
  expectSubstance(report);
}, 120_000);
