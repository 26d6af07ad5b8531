// What a workflow and those nested in it share: places for agents, the number of agents, the budget.
import { type RunSpending, tokensOf } from "@lathe/kernel";
import type { RunBudget } from "../budget/run-budget.ts";
import { tooManyAgents } from "../calls/call-failure.ts";
import { Slots } from "../schedule/slots.ts";
import type { JournalCall } from "./journal.ts";
import type { StoredRun } from "./stored-run.ts";

export interface TeamLimits {
  readonly agentConcurrencyMax: number;
  readonly agentCountMax: number;
}

export class Team {
  readonly slots: Slots;
  readonly budget: RunBudget;
  readonly #agentCountMax: number;
  readonly #agents = new Set<string>();
  #settledCount = 0;
  #settledTokens = 0;
  #hasWarned = false;

  constructor(limits: TeamLimits, budget: RunBudget) {
    this.slots = new Slots(limits.agentConcurrencyMax);
    this.budget = budget;
    this.#agentCountMax = limits.agentCountMax;
  }

  get agentCount(): number {
    return this.#agents.size;
  }

  /** Of a run that stands alone: one that is nested spends from the budget of the run around it. */
  spendingOf({ parentId }: Pick<StoredRun, "parentId">): RunSpending | undefined {
    return parentId === null ? this.budget.spending : undefined;
  }

  /** Counts an agent, once, by the call that asks for it. Throws CallFailure where it would be one too many. */
  addAgent(runId: string, wordsKey: string): void {
    const agent = `${runId} ${wordsKey}`;
    if (this.#agents.has(agent)) return;
    if (this.#agents.size >= this.#agentCountMax) throw tooManyAgents(this.#agentCountMax);
    this.#agents.add(agent);
  }

  /**
   * An agent is over that has used so many tokens. Where all so far are now about to use `warnTokens` together, as far as
   * those that are over can tell, it returns how many that will be; once.
   */
  settleAgent(tokens: number, warnTokens: number): number | undefined {
    const wasMuch = this.#projectedTokens >= warnTokens;
    this.#countSettled(tokens);
    if (this.#hasWarned || wasMuch || this.#projectedTokens < warnTokens) return undefined;
    this.#hasWarned = true;
    return Math.round(this.#projectedTokens);
  }

  /** Counts an agent that an earlier daemon has let in. */
  recallAgent({ wordsKey, state, usage }: JournalCall, runId: string): void {
    this.#agents.add(`${runId} ${wordsKey}`);
    if (state === "finished") this.#countSettled(usage === null ? 0 : tokensOf(usage));
  }

  #countSettled(tokens: number): void {
    this.#settledCount += 1;
    this.#settledTokens += tokens;
  }

  get #projectedTokens(): number {
    return this.#settledCount === 0 ? 0 : (this.#settledTokens / this.#settledCount) * this.#agents.size;
  }
}
