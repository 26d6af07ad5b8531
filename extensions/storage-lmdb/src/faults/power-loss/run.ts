// `npm run test:power-loss -- --images N --seed S`: cuts the power in N ways, and checks that the check would notice.
import { parseArgs } from "node:util";
import { type CampaignReport, runCampaign } from "./campaign.ts";

const controlCaughtShareMin = 0.9;

const { values } = parseArgs({
  options: { images: { type: "string", default: "300" }, seed: { type: "string" } },
});
const imageCount = Number(values.images);
const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);
if (!Number.isSafeInteger(imageCount) || imageCount < 1 || !Number.isSafeInteger(seed)) {
  console.error("--images and --seed are whole numbers.");
  process.exit(2);
}

console.log(`Seed ${seed}.`);
const lathe = await runCampaign({ imageCount, seed, kind: "lathe" });
const control = await runCampaign({ imageCount: Math.ceil(imageCount / 3), seed, kind: "no-sync" });
if (lathe === undefined || control === undefined) {
  console.error("There is no C compiler (cc) to build the recorder with.");
  process.exit(1);
}
show("Lathe", lathe);
for (const { image, problem } of lathe.bad) console.log(`  image ${image}: ${problem}`);
show("Control (noSync)", control);
const caughtShare = control.bad.length / control.imageCount;
console.log(
  `  caught: ${(100 * caughtShare).toFixed(0)} %, of which ${shareOfCrashes(control)} ended the process`,
);
const isSound = lathe.bad.length === 0 && caughtShare >= controlCaughtShareMin;
console.log(isSound ? "Sound." : "NOT SOUND.");
process.exit(isSound ? 0 : 1);

function show(name: string, report: CampaignReport): void {
  const { bad, acknowledgedCount, inFlightCount, pendingPageCount, flushCount } = report;
  console.log(
    `${name}: ${report.imageCount} images, ${bad.length} bad. Over them ${acknowledgedCount} commits were ` +
      `acknowledged, ${inFlightCount} in flight, ${pendingPageCount} pages not flushed; ${flushCount} flushes recorded.`,
  );
}

function shareOfCrashes({ bad }: CampaignReport): number {
  return bad.filter(({ problem }) => problem.startsWith("Opening it ended")).length;
}
