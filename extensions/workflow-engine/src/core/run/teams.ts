// The teams of all runs that stand alone and are not over.
//
// Owns: which team a run, and those that are nested in it, take their places and their budget from. A team is known from the
// beginning of its run on, or from the recovery, and until the run is over; one that an earlier daemon has left is made of
// what the store holds.
import type { BudgetLimits, ModelPrices, Runs } from "@lathe/kernel";
import { RunBudget } from "../budget/run-budget.ts";
import type { EngineConfig } from "../config.ts";
import { type RecallDesk, recallTeam } from "./recall-team.ts";
import type { StoredRun } from "./stored-run.ts";
import { Team } from "./team.ts";

export interface TeamsDesk extends RecallDesk {
  readonly config: EngineConfig;
  readonly prices: ModelPrices;
  readonly runs: Pick<Runs, "get" | "noteSpending">;
}

export class Teams {
  readonly #desk: TeamsDesk;
  readonly #teams = new Map<string, Team>();

  constructor(desk: TeamsDesk) {
    this.#desk = desk;
  }

  /** Of a run that is about to begin, and has used nothing. */
  begin(runId: string, limits: BudgetLimits): Team {
    const team = this.#newTeam(limits);
    this.#teams.set(runId, team);
    return team;
  }

  /** Of a run that goes on; where it is nested, that of the run around it. Throws what the store throws. */
  async of(stored: StoredRun): Promise<Team> {
    return this.#teams.get(stored.parentId ?? stored.runId) ?? (await this.recall(stored));
  }

  /** Reads what the run had come to when an earlier daemon ended. Throws what the store throws. */
  async recall(stored: StoredRun): Promise<Team> {
    const { runId } = stored;
    const team = this.#newTeam(stored.budget);
    await recallTeam(runId, team, this.#desk);
    this.#teams.set(runId, team);
    const spending = team.spendingOf(stored);
    if (spending !== undefined) this.#desk.runs.noteSpending(runId, spending);
    return team;
  }

  /** The run is over, or has not begun. */
  forget(runId: string): void {
    this.#teams.delete(runId);
  }

  #newTeam(limits: BudgetLimits): Team {
    const { config, prices } = this.#desk;
    return new Team(config, new RunBudget(limits, config, prices));
  }
}
