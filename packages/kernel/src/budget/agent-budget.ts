// What the turns of one agent spend from, one after the other.
//
// Invariants
//   B3  It holds the estimate of at most one step, less what that step is known to have used.
//   B4  A step is let in while something is left in every account, less what the others hold.
import type { Usage } from "../contracts/usage.ts";
import type { Budget } from "../turn/turn.ts";
import { addUsage, noUsage } from "../turn/usage.ts";
import type { Amount, LedgerAccount } from "./account.ts";
import type { ModelName } from "./price.ts";

/** A budget for the turns of one agent; it holds an estimate for one step from its making to its release. */
export interface AgentBudget extends Budget {
  /** Counts what the turn that is about to go on has used before, in an earlier daemon. */
  restore(used: Usage, model: ModelName): void;
  /**
   * Counts what of a turn that is over was not told here; `total` is what the turn used as a whole, null = nobody knows.
   * Called once for each turn, after its `release`.
   */
  settle(total: Usage | null, model: ModelName): void;
}

type Allowance = "turns" | "last-words";

const nothing: Amount = { tokens: 0, usd: 0 };

export class StepBudget implements AgentBudget {
  readonly #account: Pick<LedgerAccount, "count" | "countUnknown" | "hasRoomFor" | "hold">;
  readonly #allowance: Allowance;
  #estimate: Amount;
  #held: Amount = nothing;
  /** What the step in progress has been told to have used; undefined = there is none, or it was told of nothing. */
  #step: Amount | undefined;
  #isInStep = false;
  #stepCount = 0;
  /** Told of the turn in progress. */
  #told: Usage = noUsage;

  constructor(account: LedgerAccount, estimate: Amount, allowance: Allowance = "turns") {
    this.#account = account;
    this.#estimate = estimate;
    this.#allowance = allowance;
    if (allowance === "turns") this.#hold(estimate);
  }

  reserve(): boolean {
    this.release();
    if (!this.#mayGoOn()) return false;
    this.#isInStep = true;
    this.#stepCount += 1;
    this.#hold(this.#estimate);
    return true;
  }

  spend(usage: Usage, model: ModelName): void {
    this.#told = addUsage(this.#told, usage);
    const used = this.#account.count(usage, model);
    const { tokens, usd } = this.#step ?? nothing;
    this.#step = { tokens: tokens + used.tokens, usd: usd + used.usd };
    // What is spent is not held any more: others would count it twice.
    this.#hold(less(this.#held, used));
  }

  release(): void {
    if (this.#isInStep && this.#step === undefined) this.#account.countUnknown();
    if (this.#step !== undefined) this.#estimate = larger(this.#estimate, this.#step, this.#stepCount === 1);
    this.#isInStep = false;
    this.#step = undefined;
    this.#hold(nothing);
  }

  restore(used: Usage, model: ModelName): void {
    this.#told = addUsage(this.#told, used);
    this.#account.count(used, model);
  }

  settle(total: Usage | null, model: ModelName): void {
    const missing = total === null ? noUsage : difference(total, this.#told);
    this.#told = noUsage;
    if (Object.values(missing).some((count) => count !== null && count > 0))
      this.#account.count(missing, model);
  }

  /** The first step of an agent may be as large as it is. Each later one must fit, so that last words can be said. */
  #mayGoOn(): boolean {
    if (this.#allowance === "last-words")
      return this.#stepCount === 0 && this.#account.hasRoomFor(nothing, false);
    return this.#account.hasRoomFor(this.#stepCount === 0 ? nothing : this.#estimate, true);
  }

  #hold(amount: Amount): void {
    this.#account.hold({ tokens: amount.tokens - this.#held.tokens, usd: amount.usd - this.#held.usd });
    this.#held = amount;
  }
}

/** The largest step so far; what was assumed before the first one does not count any more. */
function larger(estimate: Amount, step: Amount, isFirst: boolean): Amount {
  if (isFirst) return step;
  return { tokens: Math.max(estimate.tokens, step.tokens), usd: Math.max(estimate.usd, step.usd) };
}

function less(amount: Amount, used: Amount): Amount {
  return { tokens: Math.max(0, amount.tokens - used.tokens), usd: Math.max(0, amount.usd - used.usd) };
}

function difference(total: Usage, told: Usage): Usage {
  const missing = (field: keyof Usage): number | null => {
    const count = total[field];
    return count === null ? null : Math.max(0, count - (told[field] ?? 0));
  };
  return {
    inputTokens: missing("inputTokens"),
    outputTokens: missing("outputTokens"),
    cacheReadTokens: missing("cacheReadTokens"),
    cacheWriteTokens: missing("cacheWriteTokens"),
    reasoningTokens: missing("reasoningTokens"),
  };
}
