// A figure: which phases it measures, and how its rows follow from their costs.
//
// A row is a weighted sum of what a turn of each phase costs. The cost of a step, say, is a tenth of a
// 10-step turn less a tenth of a 0-step turn, both measured in the same process.

import type { Phase } from "./phase.ts";

export interface Figure {
  readonly name: string;
  readonly phases: Readonly<Record<string, Phase>>;
  readonly rows: readonly FigureRow[];
  /** Whether the tool of its turns is said to change something; it is not where absent. */
  readonly toolChanges?: boolean;
  /** Rows of one subject that are compared with each other. */
  readonly comparisons?: readonly Comparison[];
}

export interface FigureRow {
  readonly name: string;
  readonly per: "turn" | "step" | "chunk" | "post";
  readonly weights: Readonly<Record<string, number>>;
}

export interface Comparison {
  readonly name: string;
  /** Names of two rows: the ratio is `over` divided by `under`. */
  readonly over: string;
  readonly under: string;
}
