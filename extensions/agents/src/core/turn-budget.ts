import type { Budget, Contributions, TurnBudgets } from "@lathe/kernel";

/**
 * What the turn of this run spends from; undefined = it may use what it wants. Where that cannot be told, the turn ends as
 * broken before its next model call: nobody may spend without a bound because somebody else has failed.
 */
export function budgetOf(
  runId: string,
  budgets: Pick<Contributions<TurnBudgets>, "all">,
): Budget | undefined {
  try {
    for (const { item } of budgets.all()) {
      const budget = item.budgetOf(runId);
      if (budget !== undefined) return budget;
    }
    return undefined;
  } catch (cause) {
    return brokenBudget(cause);
  }
}

function brokenBudget(cause: unknown): Budget {
  const reserve = (): never => {
    throw cause;
  };
  return { reserve, spend: () => {}, release: () => {} };
}
