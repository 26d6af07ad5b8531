// The rows of the tree: which spans are shown, and where each stands among its siblings.
//
// Invariants
//   W1  What is above of a row is a row before it, so that the tree never shows a branch without its trunk.
//   W2  `position` runs from 1 to `setSize` among the rows that have the same row above them.
import type { SpanTrace } from "@lathe/wire";
import { isFailure, kindOf } from "./span-words.ts";

export interface SpanRow {
  readonly span: SpanTrace;
  /** From 1. */
  readonly level: number;
  readonly position: number;
  readonly setSize: number;
  /** Index of the row above, -1 for a root. */
  readonly parentRow: number;
  readonly hasChildren: boolean;
  readonly isExpanded: boolean;
  /** It does not match itself: it is shown for what is below it. */
  readonly isContext: boolean;
}

export interface SpanFilter {
  readonly tools: boolean;
  readonly failures: boolean;
  /** Only those of the rest that took longest. */
  readonly slowest: boolean;
}

export const noFilter: SpanFilter = { tools: false, failures: false, slowest: false };
export const slowestCount = 10;

export function rowsOf(
  spans: readonly SpanTrace[],
  collapsed: ReadonlySet<string>,
  filter: SpanFilter,
): readonly SpanRow[] {
  const parents = parentsOf(spans);
  const matching = matchesOf(spans, parents, filter);
  const shown = withAncestors(matching, parents);
  const childCounts = new Map<number, number>();
  for (const at of shown) childCounts.set(parents[at] ?? -1, (childCounts.get(parents[at] ?? -1) ?? 0) + 1);
  const rows: SpanRow[] = [];
  const rowAt = new Map<number, number>();
  const placed = new Map<number, number>();
  spans.forEach((span, at) => {
    const parent = parents[at] ?? -1;
    const above = rows[rowAt.get(parent) ?? -1];
    if (!shown.has(at) || (parent >= 0 && above?.isExpanded !== true)) return;
    const position = (placed.get(parent) ?? 0) + 1;
    placed.set(parent, position);
    const hasChildren = childCounts.has(at);
    rowAt.set(at, rows.length);
    rows.push({
      span,
      level: (above?.level ?? 0) + 1,
      position,
      setSize: childCounts.get(parent) ?? 1,
      parentRow: rowAt.get(parent) ?? -1,
      hasChildren,
      isExpanded: hasChildren && !collapsed.has(span.spanId),
      isContext: !matching.has(at),
    });
  });
  return rows;
}

/** How many spans the filter lets through, those above them not counted. */
export function matchCount(spans: readonly SpanTrace[], filter: SpanFilter): number {
  return matchesOf(spans, parentsOf(spans), filter).size;
}

/** For each span the index of the one above it, -1 for a root. */
export function parentsOf(spans: readonly SpanTrace[]): readonly number[] {
  const path: number[] = [];
  return spans.map(({ depth }, at) => {
    path.length = Math.min(path.length, depth);
    const parent = path.at(-1) ?? -1;
    path.push(at);
    return parent;
  });
}

function matchesOf(
  spans: readonly SpanTrace[],
  parents: readonly number[],
  { tools, failures, slowest }: SpanFilter,
): ReadonlySet<number> {
  let found = spans.map((_, at) => at);
  if (tools) found = found.filter((at) => spans[at] !== undefined && kindOf(spans[at]) === "tool");
  if (failures) found = found.filter((at) => spans[at] !== undefined && isFailure(spans[at]));
  if (!slowest) return new Set(found);
  // What holds others took as long as they did: only those that hold none say where the time went.
  const holders = new Set(parents);
  const leaves = found.filter((at) => !holders.has(at));
  const took = (at: number): number => spans[at]?.durationMs ?? 0;
  return new Set(leaves.toSorted((one, other) => took(other) - took(one)).slice(0, slowestCount));
}

function withAncestors(found: ReadonlySet<number>, parents: readonly number[]): ReadonlySet<number> {
  const shown = new Set<number>();
  for (const at of found) for (let up = at; up >= 0 && !shown.has(up); up = parents[up] ?? -1) shown.add(up);
  return shown;
}
