import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { withFolder } from "../../test-store.ts";
import { needShim, skipUnlessForbidden, startChild } from "../child.ts";
import { type CampaignReport, runCampaign } from "./campaign.ts";
import { readJournal } from "./journal.ts";

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

test("L6: nothing in the environment keeps the store from flushing", async ({ skip }) => {
  await withFolder(async (parent) => {
    const shim = await needShim(parent, skip, "power-loss/recording-shim.c");
    const journal = join(parent, "journal");
    await mkdir(join(parent, "store"));
    const child = startChild("power-loss/writing-child.ts", [join(parent, "store"), "lathe", "1", "20"], {
      LD_PRELOAD: shim,
      LATHE_JOURNAL: journal,
      LMDB_RESTORE: "safe",
      LMDB_FLAGS: "smaw",
    });
    expect(await child.ended, child.errorText()).toMatchObject({ signal: "SIGKILL" });
    let flushCount = 0;
    for (const record of readJournal(await readFile(journal))) {
      if (record.kind === "flush-returned") flushCount++;
      // Each acknowledgement comes after a flush that came after those of the commits before its own.
      if (record.kind === "note" && record.note.kind === "acknowledged")
        expect(flushCount).toBeGreaterThan(Math.floor(record.note.id / 4));
    }
    expect(flushCount).toBeGreaterThanOrEqual(5);
  });
});
