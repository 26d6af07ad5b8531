// What a run may spend, and who of its agents spends it.
import {
  type Account,
  type AgentBudget,
  type Budget,
  type BudgetLimits,
  createLedger,
  type ModelName,
  type ModelPrices,
  noUsage,
  type RunSpending,
  tokensOf,
  type Usage,
  type WorkflowBudget,
} from "@lathe/kernel";
import type { GuestBudget } from "@lathe/workflow-sandbox";
import type { TaskBudget } from "../calls/agent-task.ts";
import type { EngineConfig } from "../config.ts";
import type { SpendingPlan } from "./spending-plan.ts";

type BudgetConfig = Pick<EngineConfig, "prices" | "reserveFraction" | "agentEstimateTokens">;

/** Where one agent spends from. */
export interface AgentSpending extends TaskBudget {
  /** Of this agent alone, as far as prices are known. */
  readonly spentUsd: number;
}

/** What an agent has used in an earlier daemon. */
export interface SpentBefore {
  /** By its turns that are over. */
  readonly usage: Usage | null;
  readonly usd: number;
}

/** What the turn in progress of such an agent goes on from. */
export interface TurnBefore extends SpentBefore {
  /** By its steps so far. */
  readonly used: Usage;
  readonly isLastWords: boolean;
}

const nothingBefore: TurnBefore = { usage: null, usd: 0, used: noUsage, isLastWords: false };

/** How much of a budget is used when its run is told. */
const warningPart = 0.8;
const noLimits: BudgetLimits = { tokens: null, usd: null };

export class RunBudget {
  readonly #config: BudgetConfig;
  readonly #limits: BudgetLimits;
  readonly #account: Account;
  readonly #shared = new Map<string, Account>();
  /** Of agents that have begun, by their conversation: one that is gone on with spends from where it did. */
  readonly #agents = new Map<string, AgentSpending>();
  #told: WorkflowBudget["kind"] = "spent";

  /** @param known prices of models that the configuration of the engine does not name */
  constructor(limits: BudgetLimits, config: BudgetConfig, known: ModelPrices) {
    const { prices, reserveFraction } = config;
    const priceOf = (model: ModelName) => {
      const name = `${model.provider}/${model.model}`;
      return Object.hasOwn(prices, name) ? prices[name] : known.priceOf(model);
    };
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

  /** What is shown of it with its run; undefined where nothing bounds it. */
  get spending(): RunSpending | undefined {
    const { tokens: spentTokens, usd: spentUsd } = this.#account.spent();
    const isBound = this.#limits.tokens !== null || this.#limits.usd !== null;
    return isBound ? { limits: this.#limits, spentTokens, spentUsd } : undefined;
  }

  /** Undefined where nothing is left that an agent could begin with. */
  admit(plan: SpendingPlan): AgentSpending | undefined {
    const account = this.#accountOf(plan);
    const turns = account.admit(this.#config.agentEstimateTokens);
    return turns === undefined ? undefined : this.#spending(account, turns, plan.model);
  }

  /** `recover` gives it from now on. */
  remember(conversationId: string, spending: AgentSpending): void {
    this.#agents.set(conversationId, spending);
  }

  /** Where an agent spends from whose turn was begun before: it was let in then. The same whenever it is asked for. */
  recover(conversationId: string, plan: SpendingPlan, before: TurnBefore = nothingBefore): AgentSpending {
    const known = this.#agents.get(conversationId);
    if (known !== undefined) return known;
    const account = this.#accountOf(plan);
    count(account, before);
    const lastWords = before.isLastWords ? account.wrapUp(0) : undefined;
    const turns = lastWords ?? account.admit(0) ?? account.wrapUp(0);
    turns.restore(before.used, plan.model);
    const spending = this.#spending(account, turns, plan.model);
    this.#agents.set(conversationId, spending);
    this.#told = this.#kindNow();
    return spending;
  }

  /** Counts what an agent has used that an earlier daemon has finished. */
  restore(plan: SpendingPlan, before: SpentBefore): void {
    count(this.#accountOf(plan), before);
    this.#told = this.#kindNow();
  }

  /** What is to be said of the budget now that a call has spent from it. */
  event(runId: string): WorkflowBudget {
    const { tokens: spentTokens, usd: spentUsd } = this.#account.spent();
    const kind = this.#kindNow();
    const shown = kind === this.#told ? "spent" : kind;
    this.#told = kind;
    return { type: "budget", runId, spentTokens, spentUsd, limits: this.#limits, kind: shown };
  }

  #kindNow(): WorkflowBudget["kind"] {
    const { tokens, usd } = this.#account.spent();
    const part = Math.max(partOf(tokens, this.#limits.tokens), partOf(usd, this.#limits.usd));
    const { reserveFraction } = this.#config;
    if (part >= 1 - reserveFraction) return "exhausted";
    return part >= warningPart ? "warning" : "spent";
  }

  /** The accounts that are shared are opened once, each below the one that it stands in. */
  #accountOf({ runId, tokens, shared }: SpendingPlan): Account {
    let account = this.#account;
    let path = runId;
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

function count(account: Account, { usage, usd }: SpentBefore): void {
  if (usage === null) return;
  account.restore({ tokens: tokensOf(usage), usd, usage, unknownSteps: 0, unpricedSteps: 0 });
}

function partOf(spent: number, limit: number | null): number {
  return limit === null || limit === 0 ? 0 : spent / limit;
}
