// Summarizes the samples of all rounds: one line for each row of a figure and each subject.

import type { Figure, FigureRow } from "./figure.ts";
import type { JobResult, PhaseCost } from "./phase.ts";
import type { Sample } from "./rounds.ts";
import { pairedRatios, type Spread, spreadOf, weigh } from "./statistics.ts";

export interface SummaryLine {
  readonly row: string;
  readonly per: FigureRow["per"];
  readonly subject: string;
  readonly cpuUs: Spread | undefined;
  readonly wallUs: Spread | undefined;
  /** The largest of the figure's phases. */
  readonly rssBytes: Spread | undefined;
  /** Held after the figure's last phase. */
  readonly heapUsedBytes: Spread | undefined;
  /** CPU over that of each floor, round by round; a floor that was not measured is absent. */
  readonly cpuOverFloor: Readonly<Record<string, Spread | undefined>>;
}

/** A row of one subject over another row of the same subject. */
export interface ComparisonLine {
  readonly comparison: string;
  readonly subject: string;
  readonly cpuRatio: Spread | undefined;
}

export function summarizeFigure(
  figure: Figure,
  samples: readonly Sample[],
  subjects: readonly string[],
  floors: readonly string[],
): readonly SummaryLine[] {
  const costsOf = (subject: string): readonly JobResult[] => costsByRound(figure, samples, subject);
  const measuredFloors = floors.filter((floor) => subjects.includes(floor));
  return figure.rows.flatMap((row) => {
    const floorValues = measuredFloors.map(
      (floor) => [floor, rowValues(row, costsOf(floor), "cpuUs")] as const,
    );
    return subjects.map((subject) => summarizeRow(row, subject, costsOf(subject), floorValues));
  });
}

export function compareRows(
  figure: Figure,
  samples: readonly Sample[],
  subjects: readonly string[],
): readonly ComparisonLine[] {
  const rowOf = (name: string): FigureRow => {
    const row = figure.rows.find((candidate) => candidate.name === name);
    if (row === undefined) throw new Error(`The figure "${figure.name}" has no row "${name}".`);
    return row;
  };
  return (figure.comparisons ?? []).flatMap(({ name, over, under }) =>
    subjects.map((subject) => {
      const costs = costsByRound(figure, samples, subject);
      const valuesOf = (row: string): readonly number[] => rowValues(rowOf(row), costs, "cpuUs");
      return { comparison: name, subject, cpuRatio: pairedRatios(valuesOf(over), valuesOf(under)) };
    }),
  );
}

function summarizeRow(
  row: FigureRow,
  subject: string,
  costs: readonly JobResult[],
  floorValues: readonly (readonly [string, readonly number[]])[],
): SummaryLine {
  const cpuUs = rowValues(row, costs, "cpuUs");
  return {
    row: row.name,
    per: row.per,
    subject,
    cpuUs: spreadOf(cpuUs),
    wallUs: spreadOf(rowValues(row, costs, "wallUs")),
    rssBytes: spreadOf(costs.map((cost) => Math.max(...Object.values(cost).map((phase) => phase.rssBytes)))),
    heapUsedBytes: spreadOf(costs.map((cost) => Object.values(cost).at(-1)?.heapUsedBytes ?? Number.NaN)),
    cpuOverFloor: Object.fromEntries(
      floorValues.map(([floor, values]) => [floor, pairedRatios(cpuUs, values)]),
    ),
  };
}

function costsByRound(figure: Figure, samples: readonly Sample[], subject: string): readonly JobResult[] {
  return samples
    .filter((sample) => sample.figure === figure.name && sample.subject === subject)
    .sort((left, right) => left.round - right.round)
    .map((sample) => sample.costs);
}

function rowValues(
  row: FigureRow,
  costs: readonly JobResult[],
  quantity: keyof PhaseCost,
): readonly number[] {
  return costs.map((cost) => {
    const values = Object.entries(cost).map(([phase, phaseCost]) => [phase, phaseCost[quantity]] as const);
    return weigh(row.weights, Object.fromEntries(values));
  });
}
