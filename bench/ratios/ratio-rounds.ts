// Measures ratio figures round by round, and summarizes what was read.

import type { Pinning } from "../harness/processors.ts";
import { withStateFolder } from "../harness/state-folder.ts";
import { pairedRatios, type Spread, spreadOf } from "../harness/statistics.ts";
import type { Goal, Quantity, Ratio, RatioFigure, Readings } from "./ratio-figure.ts";

export interface RatioResult {
  readonly figure: string;
  readonly quantities: readonly (Quantity & { readonly value: Spread | undefined })[];
  readonly ratios: readonly RatioLine[];
  /** Of every round, in order. */
  readonly rounds: readonly Readings[];
}

export interface RatioLine {
  readonly name: string;
  readonly ratio: Spread | undefined;
  readonly goal?: Goal;
  /** Whether the median reaches the goal; undefined where there is none. */
  readonly reached: boolean | undefined;
}

export async function runRatioFigure(
  figure: RatioFigure,
  roundCount: number,
  pinning: Pinning,
  onRound: (round: number) => void,
): Promise<RatioResult> {
  const rounds: Readings[] = [];
  await withStateFolder(async (stateDir) => {
    const open = await figure.open({ pinning, stateDir });
    try {
      for (let round = 0; round < roundCount; round += 1) {
        rounds.push(complete(await open.measure(), figure));
        onRound(round);
      }
    } finally {
      await open.close();
    }
  });
  return summarizeRatios(figure, rounds);
}

export function summarizeRatios(figure: RatioFigure, rounds: readonly Readings[]): RatioResult {
  const valuesOf = (name: string): number[] => rounds.map((readings) => readings[name] ?? Number.NaN);
  return {
    figure: figure.name,
    quantities: figure.quantities.map((quantity) => ({
      ...quantity,
      value: spreadOf(valuesOf(quantity.name)),
    })),
    ratios: figure.ratios.map((ratio) =>
      lineOf(ratio, pairedRatios(valuesOf(ratio.over), valuesOf(ratio.under))),
    ),
    rounds,
  };
}

function lineOf({ name, goal }: Ratio, ratio: Spread | undefined): RatioLine {
  if (goal === undefined) return { name, ratio, reached: undefined };
  return { name, ratio, goal, reached: ratio !== undefined && reaches(ratio.median, goal) };
}

function reaches(value: number, goal: Goal): boolean {
  return "atMost" in goal ? value <= goal.atMost : value >= goal.atLeast;
}

/** A quantity that was forgotten would read as one that noise took away. */
function complete(readings: Readings, { name, quantities }: RatioFigure): Readings {
  for (const quantity of quantities)
    if (readings[quantity.name] === undefined) throw new Error(`"${name}" has not read: ${quantity.name}.`);
  return readings;
}
