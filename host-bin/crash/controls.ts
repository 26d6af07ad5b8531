// Builds that are broken on purpose. A check that does not notice one of them shows nothing with any other.
import { Campaign } from "./campaign.ts";
import type { ViolationKind } from "./checks.ts";
import type { Control } from "./crash-stage.ts";

export const controls: readonly Control[] = ["early-conversations", "append-lies"];

/** What each of them is to be caught with. */
const crimes: Readonly<Record<Control, readonly ViolationKind[]>> = {
  "early-conversations": ["acknowledged-message-missing", "seen-entry-missing"],
  "append-lies": ["call-run-twice"],
};

const roundCountMax = 25;

export async function isControlCaught(
  control: Control,
  seed: number,
): Promise<{ readonly caught: boolean; readonly roundCount: number }> {
  const campaign = new Campaign({ seed, control, keepsBad: false });
  const isCaught = (): boolean =>
    campaign.bad.some(({ violations }) => violations.some(({ kind }) => crimes[control].includes(kind)));
  while (!isCaught() && campaign.roundCount < roundCountMax) await campaign.play("C1");
  await campaign.end();
  return { caught: isCaught(), roundCount: campaign.roundCount };
}
