import type { ModelName } from "@lathe/kernel";

/** What one agent spends from beside the budget of its run. */
export interface SpendingPlan {
  /** Of the workflow whose script has made the call: its shared budgets are counted within it. */
  readonly runId: string;
  /** Tokens that it alone may use; null = no bound of its own. */
  readonly tokens: number | null;
  /** Those that it shares with other agents, outermost first. */
  readonly shared: readonly { readonly id: number; readonly tokens: number }[];
  readonly model: ModelName;
}
