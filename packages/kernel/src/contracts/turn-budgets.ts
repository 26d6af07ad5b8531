import { type ContributionPoint, contributionPoint } from "../token.ts";
import type { Budget } from "../turn/turn.ts";

/** Says which runs have a budget. Asked when a turn begins and when it goes on after a crash. */
export interface TurnBudgets {
  /** The budget that the turn of this run spends from; undefined = it is none of these. */
  budgetOf(runId: string): Budget | undefined;
}

export const TurnBudgetsPoint: ContributionPoint<TurnBudgets> =
  contributionPoint<TurnBudgets>("turn-budgets");
