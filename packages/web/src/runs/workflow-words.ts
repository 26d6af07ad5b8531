// What is said of agents, of the cache and of budgets, in words.
import type { BudgetLimits } from "@lathe/kernel";
import type { WorkflowAgentState, WorkflowCacheItem, WorkflowStatus } from "@lathe/wire";
import { count } from "../kit/amounts.ts";
import type { Tone } from "../kit/badge.tsx";

interface StateWords {
  readonly word: string;
  readonly tone: Tone;
}

const states: Readonly<Record<WorkflowAgentState, StateWords>> = {
  queued: { word: "Queued", tone: "neutral" },
  running: { word: "Running", tone: "info" },
  done: { word: "Done", tone: "success" },
  cached: { word: "From the cache", tone: "success" },
  partial: { word: "Cut off by the budget", tone: "warning" },
  null: { word: "No answer", tone: "warning" },
  failed: { word: "Failed", tone: "danger" },
  stopped: { word: "Stopped", tone: "neutral" },
};

export function agentStateWords(state: WorkflowAgentState): StateWords {
  return states[state];
}

const countWords: Readonly<Record<WorkflowAgentState, string>> = {
  running: "running",
  queued: "queued",
  done: "done",
  cached: "from the cache",
  partial: "cut off by the budget",
  null: "without an answer",
  failed: "failed",
  stopped: "stopped",
};

/** `2 running, 5 done`; of states that no agent is in nothing is said. Empty where there are no agents. */
export function countsText(counts: Readonly<Record<WorkflowAgentState, number>>): string {
  const named = Object.entries(countWords) as readonly [WorkflowAgentState, string][];
  return named
    .filter(([state]) => counts[state] > 0)
    .map(([state, word]) => `${count(counts[state])} ${word}`)
    .join(", ");
}

const reasons: Readonly<Record<WorkflowCacheItem["reason"], string>> = {
  "this-run": "Answered from the cache: it had finished before the run was cut off.",
  "resumed-run": "Answered from the cache: it had finished in the run that this one goes on from.",
  "other-run": "Answered from the cache: another run had asked the same.",
  first: "Not from the cache: nothing like it was asked before.",
  "prompt-changed": "Not from the cache: its prompt has changed.",
  "model-changed": "Not from the cache: its model has changed.",
  "agent-changed": "Not from the cache: its agent has changed.",
  "schema-changed": "Not from the cache: the schema of its answer has changed.",
  "options-changed": "Not from the cache: its options have changed.",
  "files-changed": "Not from the cache: files that it may read have changed.",
  "may-write": "Not from the cache: another run had an answer, but this agent may change things.",
  "not-finished": "Not from the cache: it had begun and had not finished.",
  damaged: "Not from the cache: what was stored of it is damaged.",
  "not-cached": "Not from the cache: this agent's answers are always asked for.",
};

/** Why a call was answered from what is stored, or was not: a sentence. */
export function cacheSentence(reason: WorkflowCacheItem["reason"]): string {
  return reasons[reason];
}

export interface BudgetPart {
  readonly text: string;
  /** From 0 to 1; null where nothing limits it. */
  readonly share: number | null;
}

/** Tokens, and money where there is a limit on it or some is known to be spent. */
export function budgetParts({
  limits,
  spentTokens,
  spentUsd,
}: WorkflowStatus["budget"]): readonly BudgetPart[] {
  const tokens = {
    text: `${count(spentTokens)}${limits.tokens === null ? "" : ` of ${count(limits.tokens)}`} tokens`,
    share: shareOf(spentTokens, limits.tokens),
  };
  if (limits.usd === null && spentUsd === 0) return [tokens];
  const money = `${usd(spentUsd)}${limits.usd === null ? "" : ` of ${usd(limits.usd)}`} USD`;
  return [tokens, { text: money, share: shareOf(spentUsd, limits.usd) }];
}

export function isLimited({ tokens, usd: money }: BudgetLimits): boolean {
  return tokens !== null || money !== null;
}

function shareOf(spent: number, limit: number | null): number | null {
  if (limit === null) return null;
  return limit === 0 ? 1 : Math.min(1, spent / limit);
}

function usd(amount: number): string {
  return amount.toFixed(amount < 1 ? 4 : 2);
}
