import type { WorkflowCampaign } from "./campaign.ts";

/** What happened, to be read by a person. */
export function reportOf(campaign: WorkflowCampaign): string {
  const { killCount, vacuousCount, runCount, bad } = campaign;
  return [
    `${runCount} runs, ${bad.length} bad; ${killCount} kills with something finished and something in flight, ` +
      `${vacuousCount} vacuous ones not counted`,
    `${campaign.agentCount} agents, ${campaign.questionCount} model calls, ${campaign.repeatedQuestionCount} of them ` +
      "again, of agents that a kill cut off",
    `${campaign.finishedAtKills} times an agent was finished at a kill, ${campaign.inFlightAtKills} times one was in ` +
      `flight; ${campaign.approvalsAtKills} kills while a question waited`,
    `${campaign.entryCount} entries, ${campaign.hitCount} calls answered from the journal in the last lives`,
    `${campaign.interruptedCount} turns ended by a kill, whose agents went on in a new one`,
    `the last life took ${Math.round(campaign.lastLifeMsMax)} ms at most`,
  ].join("\n");
}
