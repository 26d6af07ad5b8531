// The ledger: what a run and everything that it starts may use, and has used. Values and sums; it reads no clock.
//
// A run has one account. Below it are others: of a nested workflow, of agents that share a budget, of one agent. Each may
// have limits of its own, and what is spent below counts in every account above.
//
// How much more than a limit can be spent
//   A step is let in while `spent + held < limit` in every account on the way up, where `held` are the estimates of the
//   steps that are in flight elsewhere, less what those are known to have used. What a step uses is known when it is over,
//   and so, for each account with a limit, at any time:
//
//     spent < limit + (what the step that was let in last uses)
//                   + (for each other step that was in flight then: by how much it is larger than its estimate)
//
//   With estimates that are not too small that is less than one step beyond the limit, however many run at once; with any
//   estimates it is less than one step of one agent for each step in flight at the same time. Last words are steps like
//   any other in this. Nothing is let in any more once `spent >= limit`. What is counted by `restore` and `settle` was
//   used outside of the ledger, which can only count it.

import type { Usage } from "../contracts/usage.ts";
import type { BudgetLimits } from "../contracts/workflow-events.ts";
import { LedgerAccount } from "./account.ts";
import type { AgentBudget } from "./agent-budget.ts";
import type { ModelName, ModelPrice } from "./price.ts";

export interface LedgerOptions {
  /** Of the run's account. */
  readonly limits: BudgetLimits;
  /** Undefined = nobody knows: the model's tokens count, and cost nothing. */
  readonly priceOf: (model: ModelName) => ModelPrice | undefined;
  /** The part of each limit that is left to last words, 0 to 1; 0.05 where absent. */
  readonly reserveFraction?: number;
  /** No more tokens than these are left to last words; 50,000 where absent. */
  readonly reserveTokensMax?: number;
}

/** The options with their defaults filled in; the limits are those of each account. */
export type LedgerTerms = Required<Omit<LedgerOptions, "limits">>;

export interface Spent {
  /** Input and output together. */
  readonly tokens: number;
  /** Of the steps whose price is known. */
  readonly usd: number;
  readonly usage: Usage;
  /** Model calls that did not report all of their tokens, and steps that reported nothing: they count less than they used. */
  readonly unknownSteps: number;
  /** Model calls whose price is not known: they are not in `usd`. */
  readonly unpricedSteps: number;
}

/** Limits and sums are of this account and all below it. */
export interface Account {
  /** Opens an account below this one; without limits where none are given. There is nothing to close. */
  open(options?: { readonly limits?: BudgetLimits }): Account;
  spent(): Spent;
  /** What steps in flight are taken to be about to use. */
  held(): { readonly tokens: number; readonly usd: number };
  /** What is left of the tightest limit here and above, at least 0, what is held not taken off; null = no limit. */
  remaining(): BudgetLimits;
  /**
   * Lets an agent in and holds the estimate of its first step, until the first `reserve` or the `release`. Undefined where
   * nothing is left here or above, less what is held and what is set aside for last words.
   *
   * The budget lets the first step in as long as there is something left; each later one only where the largest step of
   * this agent so far still fits. What it holds for a step is that, at first the estimate. A limit in USD knows a first
   * step by its end only.
   */
  admit(estimateTokens: number): AgentBudget | undefined;
  /**
   * A budget for last words: it lets in one step, while anything is left of the whole limits, less what is held. Holds
   * nothing before.
   */
  wrapUp(estimateTokens: number): AgentBudget;
  /** Counts what was spent before this ledger was made, here and above. */
  restore(spent: Spent): void;
}

/** Makes the account of a run. */
export function createLedger(options: LedgerOptions): Account {
  const { limits, priceOf, reserveFraction = 0.05, reserveTokensMax = 50_000 } = options;
  return new LedgerAccount({ priceOf, reserveFraction, reserveTokensMax }, limits);
}
