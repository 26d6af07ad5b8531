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
  #agentCount = 0;

  constructor(limits: TeamLimits, budget: RunBudget) {
    this.slots = new Slots(limits.agentConcurrencyMax);
    this.budget = budget;
    this.#agentCountMax = limits.agentCountMax;
  }

  get agentCount(): number {
    return this.#agentCount;
  }

  /** Counts one more agent. Throws CallFailure where it would be one too many. */
  addAgent(): void {
    if (this.#agentCount >= this.#agentCountMax) throw tooManyAgents(this.#agentCountMax);
    this.#agentCount += 1;
  }
}
