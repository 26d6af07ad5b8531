// What a run may spend, and who of its agents spends it.
import {
  type Account,
  type AgentBudget,
  type Budget,
  type BudgetLimits,
  createLedger,
  type ModelName,
  noUsage,
  tokensOf,
  type Usage,
  type WorkflowBudget,
} from "@lathe/kernel";
import type { GuestBudget } from "@lathe/workflow-sandbox";
import type { TaskBudget } from "../calls/agent-task.ts";
import type { EngineConfig } from "../config.ts";
import type { JournalCall } from "../run/journal.ts";

type BudgetConfig = Pick<EngineConfig, "prices" | "reserveFraction" | "agentEstimateTokens">;

/** Which budgets one agent spends from beside that of its run. */
export interface SpendingPlan {
  /** Tokens that it alone may use; null = no bound of its own. */
  readonly tokens: number | null;
  /** Those that it shares with other agents, outermost first. */
  readonly shared: readonly { readonly id: number; readonly tokens: number }[];
  readonly model: ModelName;
}

/** Where one agent spends from. */
export interface AgentSpending extends TaskBudget {
  /** Of this agent alone, as far as prices are known. */
  readonly spentUsd: number;
}

/** How much of a budget is used when its run is told. */
const warningPart = 0.8;
const noLimits: BudgetLimits = { tokens: null, usd: null };

export class RunBudget {
  readonly #config: BudgetConfig;
  readonly #limits: BudgetLimits;
  readonly #account: Account;
  readonly #shared = new Map<string, Account>();
  /** Of turns that an earlier daemon began, by their run. */
  readonly #recovered = new Map<string, AgentSpending>();
  #told: WorkflowBudget["kind"] = "spent";

  constructor(limits: BudgetLimits, config: BudgetConfig) {
    const { prices, reserveFraction } = config;
    const priceOf = ({ provider, model }: ModelName) => prices[`${provider}/${model}`];
    this.#config = config;
    this.#limits = limits;
    this.#account = createLedger({ limits, priceOf, reserveFraction });
  }

  /** As scripts see it. */
  get shown(): GuestBudget {
    return { total: this.#limits.tokens, spent: this.#account.spent().tokens };
  }

  get spentTokens(): number {
    return this.#account.spent().tokens;
  }

  /** Undefined where nothing is left that an agent could begin with. */
  admit(plan: SpendingPlan): AgentSpending | undefined {
    const account = this.#accountOf(plan);
    const turns = account.admit(this.#config.agentEstimateTokens);
    return turns === undefined ? undefined : this.#spending(account, turns, plan.model);
  }

  /**
   * Where a turn spends from that an earlier daemon has begun: it was let in then. The same whenever it is asked for.
   * `used`: by its steps so far.
   */
  recover(childRunId: string, plan: SpendingPlan, used: Usage = noUsage): AgentSpending {
    const known = this.#recovered.get(childRunId);
    if (known !== undefined) return known;
    const account = this.#accountOf(plan);
    const turns = account.admit(0) ?? account.wrapUp(0);
    turns.restore(used, plan.model);
    const spending = this.#spending(account, turns, plan.model);
    this.#recovered.set(childRunId, spending);
    return spending;
  }

  /** Counts what calls have used that an earlier daemon has finished. */
  restore(calls: Iterable<JournalCall>): void {
    for (const { state, usage, usd } of calls) {
      if (state !== "finished" || usage === null) continue;
      this.#account.restore({ tokens: tokensOf(usage), usd, usage, unknownSteps: 0, unpricedSteps: 0 });
    }
  }

  /** What is to be said of the budget now that a call has spent from it. */
  event(runId: string): WorkflowBudget {
    const { tokens: spentTokens, usd: spentUsd } = this.#account.spent();
    const kind = this.#kindNow(spentTokens, spentUsd);
    const shown = kind === this.#told ? "spent" : kind;
    this.#told = kind;
    return { type: "budget", runId, spentTokens, spentUsd, limits: this.#limits, kind: shown };
  }

  #kindNow(tokens: number, usd: number): WorkflowBudget["kind"] {
    const part = Math.max(partOf(tokens, this.#limits.tokens), partOf(usd, this.#limits.usd));
    const { reserveFraction } = this.#config;
    if (part >= 1 - reserveFraction) return "exhausted";
    return part >= warningPart ? "warning" : "spent";
  }

  /** The accounts that are shared are opened once, each below the one that it stands in. */
  #accountOf({ tokens, shared }: SpendingPlan): Account {
    let account = this.#account;
    let path = "";
    for (const { id, tokens: limit } of shared) {
      path = `${path}/${id}`;
      const known = this.#shared.get(path) ?? account.open({ limits: { tokens: limit, usd: null } });
      this.#shared.set(path, known);
      account = known;
    }
    return account.open({ limits: { ...noLimits, tokens } });
  }

  #spending(account: Account, turns: AgentBudget, model: ModelName): AgentSpending {
    let inLastWords: AgentBudget | undefined;
    const estimate = this.#config.agentEstimateTokens;
    const lastWords = (): Budget => {
      inLastWords = account.wrapUp(estimate);
      return inLastWords;
    };
    return {
      turns,
      lastWords,
      settle: (usage: Usage | null) => (inLastWords ?? turns).settle(usage, model),
      get spentUsd() {
        return account.spent().usd;
      },
    };
  }
}

function partOf(spent: number, limit: number | null): number {
  return limit === null || limit === 0 ? 0 : spent / limit;
}
