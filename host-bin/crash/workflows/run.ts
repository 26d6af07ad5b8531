// `npm run test:workflow-crash -- --kills N --seed S`: kills the daemon N times while it runs workflows of a hundred
// agents, and checks that the check would notice.
import { parseArgs } from "node:util";
import { brokenEngines } from "./broken-engine.ts";
import { WorkflowCampaign } from "./campaign.ts";
import { isBrokenEngineCaught } from "./controls.ts";
import { wholeFanOut } from "./fan-out.ts";
import { reportOf } from "./report.ts";

/** How often each run is killed, in turn. */
const course = [1, 3, 1, 5, 2, 8] as const;
const badCountMax = 3;

const { values } = parseArgs({
  options: { kills: { type: "string", default: "50" }, seed: { type: "string" } },
});
const killCount = Number(values.kills);
const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);
if (!Number.isSafeInteger(killCount) || killCount < 1 || !Number.isSafeInteger(seed)) {
  console.error("--kills and --seed are whole numbers.");
  process.exit(2);
}
console.log(`Seed ${seed}, ${killCount} kills.`);

const campaign = new WorkflowCampaign({ seed, args: wholeFanOut });
await campaign.play(0);
while (campaign.killCount < killCount && campaign.bad.length < badCountMax) {
  const left = killCount - campaign.killCount;
  await campaign.play(Math.min(left, course[campaign.runCount % course.length] ?? 1));
  console.log(`  ${campaign.killCount} kills in ${campaign.runCount} runs ...`);
}
await campaign.end();
console.log(reportOf(campaign));
for (const { run, plans, violations } of campaign.bad) {
  console.log(`Run ${run}, killed as in ${JSON.stringify(plans)}`);
  for (const { kind, message } of violations.slice(0, 10))
    console.log(`  ${kind}: ${message.slice(0, 2_000)}`);
}

let uncaughtCount = 0;
for (const broken of brokenEngines) {
  const { caught, kills, with: crimes } = await isBrokenEngineCaught(broken, seed);
  console.log(`Control ${broken}: ${caught ? `caught after ${kills} kills, with ${crimes}` : "NOT CAUGHT"}.`);
  if (!caught) uncaughtCount += 1;
}
const isSound = campaign.bad.length === 0 && uncaughtCount === 0;
console.log(isSound ? "Sound." : `NOT SOUND. Repeat it with --kills ${killCount} --seed ${seed}`);
process.exit(isSound ? 0 : 1);
