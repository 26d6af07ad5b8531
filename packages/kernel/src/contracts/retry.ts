import type { ProviderFailure } from "./provider.ts";

/** Decides how long to wait before the next attempt. Pure: the same question has the same answer. */
export interface RetryStrategy {
  /**
   * @param attempt how many attempts have failed so far, from 1
   * @param failure why the last one failed; always a retryable one
   * @param sleptMs how long this step has waited so far, all attempts together
   */
  delayFor(attempt: number, failure: ProviderFailure, sleptMs: number): RetryDecision;
}

export type RetryDecision =
  | { readonly kind: "wait"; readonly delayMs: number; readonly budgetLeftMs: number }
  | { readonly kind: "give-up"; readonly reason: "attempts" | "budget" };
