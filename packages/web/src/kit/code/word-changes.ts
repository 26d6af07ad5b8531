// The comparison of two texts of prose, word by word, which is loaded when the first one is shown: nothing else may import
// this file directly.

import { diffWordsWithSpace } from "diff";

/** A stretch of words: in both texts, or in one of them alone. */
export interface WordRun {
  readonly kind: "same" | "before" | "after";
  readonly text: string;
}

/** Texts beyond either bound are not compared. */
export const wordCharsMax = 60_000;
export const wordEditsMax = 1_000;
/** Texts that share less than this part of the longer one are two texts, and marks in them would tell nothing. */
export const sharedShareMin = 0.3;

/**
 * The runs of both texts, in order: those that are not `after` are the text before, those that are not `before` the text
 * after. `undefined` beyond the bounds, and where the two have little in common.
 */
export function wordChanges(before: string, after: string): readonly WordRun[] | undefined {
  if (before.length + after.length > wordCharsMax) return undefined;
  const changes = diffWordsWithSpace(before, after, { maxEditLength: wordEditsMax });
  if (changes === undefined) return undefined;
  const runs = changes.map(
    ({ value, added, removed }): WordRun => ({
      kind: added ? "after" : removed ? "before" : "same",
      text: value,
    }),
  );
  return sharedChars(runs) < sharedShareMin * Math.max(before.length, after.length) ? undefined : runs;
}

/** White space is shared by any two texts. */
function sharedChars(runs: readonly WordRun[]): number {
  let chars = 0;
  for (const { kind, text } of runs) if (kind === "same" && text.trim() !== "") chars += text.length;
  return chars;
}
