// Prints summaries as tables for people.

import type { Goal } from "../ratios/ratio-figure.ts";
import type { RatioResult } from "../ratios/ratio-rounds.ts";
import type { StartLine } from "./starts.ts";
import type { Spread } from "./statistics.ts";
import type { ComparisonLine, SummaryLine } from "./summary.ts";

/** The lines of all figures, and beside each its CPU over that of each floor. */
export function renderLines(lines: readonly SummaryLine[], floors: readonly string[]): string {
  const head = [
    "figure",
    "per",
    "subject",
    "CPU µs",
    "wall µs",
    "RSS MB",
    "heap MB",
    ...floors.map((floor) => `CPU x ${floor}`),
  ];
  const rows = lines.map((line, index) => [
    line.row === lines[index - 1]?.row ? "" : line.row,
    line.per,
    line.subject,
    renderSpread(line.cpuUs),
    renderSpread(line.wallUs),
    renderMegabytes(line.rssBytes),
    renderMegabytes(line.heapUsedBytes),
    ...floors.map((floor) => (floor === line.subject ? "1" : renderSpread(line.cpuOverFloor[floor]))),
  ]);
  return renderTable([head, ...rows]);
}

export function renderComparisons(lines: readonly ComparisonLine[]): string {
  const rows = lines.map((line) => [line.comparison, line.subject, renderSpread(line.cpuRatio)]);
  return renderTable([["one subject with itself", "subject", "CPU ratio"], ...rows]);
}

export function renderStarts(lines: readonly StartLine[]): string {
  const rows = lines.map((line) => [line.command, renderSpread(line.printedMs), renderSpread(line.readyMs)]);
  return renderTable([["start", "URL printed ms", "ready ms"], ...rows]);
}

/** Two tables: what was read, and the ratios with their goals. */
export function renderRatios(results: readonly RatioResult[]): string {
  const quantities = results.flatMap(({ figure, quantities: read }) =>
    read.map(({ name, unit, value }, index) => [index === 0 ? figure : "", name, renderSpread(value), unit]),
  );
  const ratios = results.flatMap(({ figure, ratios: lines }) =>
    lines.map(({ name, ratio, goal, reached }, index) => [
      index === 0 ? figure : "",
      name,
      renderSpread(ratio),
      renderGoal(goal),
      reached === undefined ? "" : reached ? "reached" : "MISSED",
    ]),
  );
  const read = renderTable([["figure", "quantity", "value", "unit"], ...quantities]);
  return `${read}\n\n${renderTable([["figure", "ratio", "value", "goal", ""], ...ratios])}`;
}

function renderGoal(goal: Goal | undefined): string {
  if (goal === undefined) return "-";
  return "atMost" in goal ? `<= ${goal.atMost}` : `>= ${goal.atLeast}`;
}

/** The median with the least and the greatest value, to three digits. */
export function renderSpread(spread: Spread | undefined): string {
  if (spread === undefined) return "-";
  return `${renderNumber(spread.median)} (${renderNumber(spread.min)} - ${renderNumber(spread.max)})`;
}

function renderNumber(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

function renderMegabytes(spread: Spread | undefined): string {
  return spread === undefined ? "-" : renderNumber(spread.median / 1_000_000);
}

function renderTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return lines.join("\n");
}
