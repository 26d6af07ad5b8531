// What a workflow and those nested in it share: places for agents, the number of agents, the budget.
import type { RunBudget } from "../budget/run-budget.ts";
import { tooManyAgents } from "../calls/call-failure.ts";
import { Slots } from "../schedule/slots.ts";

export interface TeamLimits {
  readonly agentConcurrencyMax: number;
  readonly agentCountMax: number;
}

export class Team {
  readonly slots: Slots;
  readonly budget: RunBudget;
  readonly #agentCountMax: number;
  readonly #agents = new Set<string>();

  constructor(limits: TeamLimits, budget: RunBudget) {
    this.slots = new Slots(limits.agentConcurrencyMax);
    this.budget = budget;
    this.#agentCountMax = limits.agentCountMax;
  }

  get agentCount(): number {
    return this.#agents.size;
  }

  /** Counts an agent, once, by the call that asks for it. Throws CallFailure where it would be one too many. */
  addAgent(runId: string, wordsKey: string): void {
    const agent = `${runId} ${wordsKey}`;
    if (this.#agents.has(agent)) return;
    if (this.#agents.size >= this.#agentCountMax) throw tooManyAgents(this.#agentCountMax);
    this.#agents.add(agent);
  }

  /** Counts an agent that an earlier daemon has let in. */
  recallAgent(runId: string, wordsKey: string): void {
    this.#agents.add(`${runId} ${wordsKey}`);
  }
}
