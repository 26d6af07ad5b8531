import { type ContributionPoint, contributionPoint } from "../token.ts";

/** Something that only grows while it is used, such as old traces, and what of it is kept by rule. */
export interface Prunable {
  /**
   * Removes what its owner's rules no longer keep, and settles when that is durable. Calls may come at the same time.
   * An abort ends it between two commits: what was removed until then stays removed, and is what it answers with.
   */
  prune(signal: AbortSignal): Promise<PruneOutcome>;
}

export interface PruneOutcome {
  readonly removedCount: number;
  /** Of the values that were removed, as far as it knows them. The file of the store does not shrink by it. */
  readonly freedBytes: number;
}

/** What `state.prune` makes smaller; the name says what it is, for people: `traces`, `runs`. */
export const Prunables: ContributionPoint<Prunable> = contributionPoint<Prunable>("prunables");
