import type { Campaign } from "./campaign.ts";

/** What happened, to be read by a person. */
export function reportOf(campaign: Campaign): string {
  const { totals, roundCounts } = campaign;
  const kinds = [...roundCounts].map(([kind, count]) => `${kind} ${count}`).join(", ");
  const failpoints = campaign.failpoints.map(
    ({ name }) =>
      `  ${name}: passed in ${campaign.passes.get(name) ?? 0} processes, ended ${campaign.kills.get(name) ?? 0}`,
  );
  return [
    `${campaign.roundCount} rounds (${kinds}), ${campaign.bad.length} bad, ${campaign.vacuousCount} vacuous`,
    `${totals.kills} processes killed, ${totals.ownEnds} ended by themselves`,
    `${totals.acknowledged} messages acknowledged before a kill, ${totals.inFlight} in flight at one, ` +
      `${totals.answeredAfter} sent and answered after one`,
    `${campaign.entriesSeen} entries and ${campaign.transientSeen} transient events seen by clients`,
    `${campaign.toolRuns} runs of tools, ${campaign.repeatedToolRuns} of them a second time, which they may`,
    `${totals.continuedTurns} turns continued, ${totals.interruptedTurns} interrupted`,
    `${totals.keysSentAgain} idempotency keys sent again`,
    `nothing in progress ${campaign.settledAfterMsMax} ms after ready at the latest`,
    "failpoints:",
    ...failpoints,
  ].join("\n");
}
