// The comparison of two texts, which is loaded when the first one is shown: nothing else may import this file directly.

import { structuredPatch } from "diff";
import { type DiffRow, hunkRows } from "./unified-rows.ts";

/** Texts beyond either bound, or with more changed lines than `editsMax`, are not compared. */
export const comparedCharsMax = 400_000;
export const comparedLinesMax = 8_000;
export const editsMax = 1_500;
const contextLines = 3;

/** The rows in which `after` differs from `before`, with some lines around them; `undefined` beyond the bounds. */
export function changedRows(before: string, after: string): readonly DiffRow[] | undefined {
  if (before.length + after.length > comparedCharsMax) return undefined;
  if (before.split("\n").length + after.split("\n").length > comparedLinesMax) return undefined;
  const patch = structuredPatch("", "", before, after, "", "", {
    context: contextLines,
    maxEditLength: editsMax,
  });
  return patch === undefined ? undefined : hunkRows(patch.hunks);
}
