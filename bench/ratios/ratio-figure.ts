// A figure whose quantities are measured together, once a round, and compared as ratios of the same round.

import type { Pinning } from "../harness/processors.ts";

export interface RatioFigure {
  readonly name: string;
  readonly quantities: readonly Quantity[];
  readonly ratios: readonly Ratio[];
  /** Makes ready what all rounds share. Whoever opens it closes it. */
  open(desk: FigureDesk): Promise<OpenFigure>;
}

export interface Quantity {
  readonly name: string;
  readonly unit: string;
}

/** One quantity divided by another. */
export interface Ratio {
  readonly name: string;
  readonly over: string;
  readonly under: string;
  readonly goal?: Goal;
}

export type Goal = { readonly atMost: number } | { readonly atLeast: number };

export interface FigureDesk {
  readonly pinning: Pinning;
  /** An empty folder of this figure alone; removed afterwards. */
  readonly stateDir: string;
}

export interface OpenFigure {
  /** One round: each of the figure's quantities by its name. */
  measure(): Promise<Readings>;
  close(): Promise<void>;
}

export type Readings = Readonly<Record<string, number>>;

/** For figures whose rounds share nothing. */
export const nothingToClose = (): Promise<void> => Promise.resolve();
