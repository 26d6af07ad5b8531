// Engines that are broken on purpose. A check that does not notice one of them shows nothing with any other.
import type { BrokenEngine } from "./broken-engine.ts";
import { WorkflowCampaign } from "./campaign.ts";
import type { ViolationKind } from "./checks.ts";
import { smallFanOut } from "./fan-out.ts";

/** What each of them is to be caught with, one or the other. */
const crimes: Readonly<Record<BrokenEngine, readonly ViolationKind[]>> = {
  "answers-kept-late": ["agent-not-finished-once", "finished-agent-asked-again"],
  "answers-forgotten": ["finished-agent-asked-again"],
};

const runCountMax = 10;

export async function isBrokenEngineCaught(
  broken: BrokenEngine,
  seed: number,
): Promise<{ readonly caught: boolean; readonly kills: number; readonly with: string }> {
  const campaign = new WorkflowCampaign({ seed, args: smallFanOut, broken });
  const found = (): readonly ViolationKind[] =>
    crimes[broken].filter((crime) =>
      campaign.bad.some(({ violations }) => violations.some(({ kind }) => kind === crime)),
    );
  while (found().length === 0 && campaign.runCount < runCountMax) await campaign.play(1);
  await campaign.end();
  return { caught: found().length > 0, kills: campaign.killCount, with: found().join(", ") };
}
