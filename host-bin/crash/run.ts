// `npm run test:crash -- --rounds N --seed S`: kills the daemon in N ways, and checks that the check would notice.
import { parseArgs } from "node:util";
import { Campaign } from "./campaign.ts";
import { controls, isControlCaught } from "./controls.ts";
import type { PlanKind } from "./plans.ts";
import { reportOf } from "./report.ts";

/** What a longer run repeats. */
const course: readonly PlanKind[] = ["C1", "C2", "C1", "C2", "C5", "C2", "C6", "C2", "C1", "C7"];
/** So many rounds that violate something are enough to look at. */
const badCountMax = 5;
/** From so many rounds on each failpoint has its turn. */
const fullRoundCount = 200;

const { values } = parseArgs({
  options: { rounds: { type: "string", default: String(fullRoundCount) }, seed: { type: "string" } },
});
const roundCount = Number(values.rounds);
const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);
if (!Number.isSafeInteger(roundCount) || roundCount < 1 || !Number.isSafeInteger(seed)) {
  console.error("--rounds and --seed are whole numbers.");
  process.exit(2);
}
console.log(`Seed ${seed}, ${roundCount} rounds.`);

const campaign = new Campaign({ seed, keepsBad: true });
for (let round = 0; round < roundCount && campaign.bad.length < badCountMax; round += 1) {
  await campaign.play(course[round % course.length] ?? "C1");
  if (campaign.roundCount % 20 === 0) console.log(`  ${campaign.roundCount} rounds ...`);
}
await campaign.end();
console.log(reportOf(campaign));
for (const { round, kind, plan, violations, folder } of campaign.bad) {
  console.log(`Round ${round} (${kind}) ${JSON.stringify(plan)}; its folder is ${folder}`);
  for (const violation of violations.slice(0, 10)) console.log(`  ${violation.kind}: ${violation.message}`);
}
const never = roundCount >= fullRoundCount ? campaign.neverKilledAt() : [];
if (never.length > 0) console.log(`Failpoints that no process was ended at: ${never.join(", ")}`);

let uncaughtCount = 0;
for (const control of controls) {
  const { caught, roundCount: after } = await isControlCaught(control, seed);
  console.log(`Control ${control}: ${caught ? `caught after ${after} rounds` : "NOT CAUGHT"}.`);
  if (!caught) uncaughtCount += 1;
}
const isSound = campaign.bad.length === 0 && never.length === 0 && uncaughtCount === 0;
console.log(isSound ? "Sound." : `NOT SOUND. Repeat it with --rounds ${roundCount} --seed ${seed}`);
process.exit(isSound ? 0 : 1);
