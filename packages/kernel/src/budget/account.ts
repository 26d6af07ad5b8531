// One account of a ledger: what was spent here and below, and what is held for steps that are not over.
//
// Invariants
//   B1  What is spent or held in an account is spent or held in every account above it.
//   B2  Nothing is held for what is over: what a budget holds here is given back by it, and by nothing else.
import type { Usage } from "../contracts/usage.ts";
import type { BudgetLimits } from "../contracts/workflow-events.ts";
import { addUsage, noUsage } from "../turn/usage.ts";
import { type AgentBudget, StepBudget } from "./agent-budget.ts";
import type { Account, LedgerTerms, Spent } from "./ledger.ts";
import { type ModelName, tokensOf, usdOf } from "./price.ts";

/** Tokens and USD, which are counted side by side. */
export interface Amount {
  readonly tokens: number;
  readonly usd: number;
}

const nothing: Amount = { tokens: 0, usd: 0 };
const noLimits: BudgetLimits = { tokens: null, usd: null };
const kinds = ["tokens", "usd"] as const;

export class LedgerAccount implements Account {
  readonly #terms: LedgerTerms;
  readonly #above: LedgerAccount | undefined;
  readonly #limits: BudgetLimits;
  readonly #setAside: Amount;
  #spent: Spent = { ...nothing, usage: noUsage, unknownSteps: 0, unpricedSteps: 0 };
  #held: Amount = nothing;

  constructor(terms: LedgerTerms, limits: BudgetLimits, above?: LedgerAccount) {
    this.#terms = terms;
    this.#limits = limits;
    this.#above = above;
    this.#setAside = setAsideOf(limits, terms);
  }

  open({ limits = noLimits }: { readonly limits?: BudgetLimits } = {}): Account {
    return new LedgerAccount(this.#terms, limits, this);
  }

  spent(): Spent {
    return this.#spent;
  }

  held(): Amount {
    return this.#held;
  }

  remaining(): BudgetLimits {
    const above = this.#above?.remaining() ?? noLimits;
    const left = (kind: keyof Amount): number | null => {
      const limit = this.#limits[kind];
      if (limit === null) return above[kind];
      return Math.min(Math.max(0, limit - this.#spent[kind]), above[kind] ?? Number.POSITIVE_INFINITY);
    };
    return { tokens: left("tokens"), usd: left("usd") };
  }

  admit(estimateTokens: number): AgentBudget | undefined {
    if (!this.hasRoomFor(nothing, true)) return undefined;
    return new StepBudget(this, { tokens: estimateTokens, usd: 0 });
  }

  wrapUp(estimateTokens: number): AgentBudget {
    return new StepBudget(this, { tokens: estimateTokens, usd: 0 }, "last-words");
  }

  restore(spent: Spent): void {
    for (const account of this.#path()) account.#spent = sumOf(account.#spent, spent);
  }

  /** Counts what a model call used, here and above; returns what it comes to. */
  count(usage: Usage, model: ModelName): Amount {
    const price = this.#terms.priceOf(model);
    const usd = price === undefined ? 0 : usdOf(usage, price);
    const unknownSteps = usage.inputTokens === null || usage.outputTokens === null ? 1 : 0;
    const unpricedSteps = price === undefined ? 1 : 0;
    this.restore({ tokens: tokensOf(usage), usd, usage, unknownSteps, unpricedSteps });
    return { tokens: tokensOf(usage), usd };
  }

  /** Counts a step that said nothing of what it used. */
  countUnknown(): void {
    this.restore({ ...nothing, usage: noUsage, unknownSteps: 1, unpricedSteps: 0 });
  }

  /** Holds so much more here and above; less than nothing gives it back. */
  hold({ tokens, usd }: Amount): void {
    for (const account of this.#path()) {
      const { tokens: heldTokens, usd: heldUsd } = account.#held;
      account.#held = { tokens: heldTokens + tokens, usd: heldUsd + usd };
    }
  }

  /**
   * Whether something is left here and everywhere above, less what is held, and so much with it.
   *
   * @param spares whether what is set aside for last words does not count as left
   */
  hasRoomFor(amount: Amount, spares: boolean): boolean {
    return this.#path().every((account) =>
      kinds.every((kind) => {
        const limit = account.#limits[kind];
        if (limit === null) return true;
        const most = spares ? limit - account.#setAside[kind] : limit;
        const taken = account.#spent[kind] + account.#held[kind];
        return taken < most && taken + amount[kind] <= most;
      }),
    );
  }

  #path(): readonly LedgerAccount[] {
    return this.#above === undefined ? [this] : [this, ...this.#above.#path()];
  }
}

function setAsideOf({ tokens, usd }: BudgetLimits, terms: LedgerTerms): Amount {
  const { reserveFraction, reserveTokensMax } = terms;
  return {
    tokens: Math.min((tokens ?? 0) * reserveFraction, reserveTokensMax),
    usd: (usd ?? 0) * reserveFraction,
  };
}

function sumOf(left: Spent, right: Spent): Spent {
  return {
    tokens: left.tokens + right.tokens,
    usd: left.usd + right.usd,
    usage: addUsage(left.usage, right.usage),
    unknownSteps: left.unknownSteps + right.unknownSteps,
    unpricedSteps: left.unpricedSteps + right.unpricedSteps,
  };
}
