import type { SpanTrace } from "@lathe/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { spanOf, turnSpans } from "../testing/spans.ts";
import { matchCount, noFilter, parentsOf, rowsOf } from "./span-rows.ts";

const none: ReadonlySet<string> = new Set();

function shown(spans: readonly SpanTrace[], ...args: [ReadonlySet<string>, typeof noFilter]) {
  return rowsOf(spans, ...args).map(({ span, level, position, setSize }) => [
    span.spanId,
    level,
    `${position}/${setSize}`,
  ]);
}

test("every span is a row that knows its level and its place among its siblings", () => {
  expect(shown(turnSpans(), none, noFilter)).toEqual([
    ["turn", 1, "1/1"],
    ["step-0", 2, "1/2"],
    ["prompt-0", 3, "1/4"],
    ["request-0", 3, "2/4"],
    ["tool-a", 3, "3/4"],
    ["tool-b", 3, "4/4"],
    ["step-1", 2, "2/2"],
  ]);
});

test("what is below a folded row is not shown, and the row says that it can be opened", () => {
  const rows = rowsOf(turnSpans(), new Set(["step-0"]), noFilter);
  expect(rows.map(({ span, hasChildren, isExpanded }) => [span.spanId, hasChildren, isExpanded])).toEqual([
    ["turn", true, true],
    ["step-0", true, false],
    ["step-1", false, false],
  ]);
});

test("a filter shows what matches with what stands above it", () => {
  const rows = rowsOf(turnSpans(), none, { ...noFilter, tools: true });
  expect(rows.map(({ span, isContext }) => [span.spanId, isContext])).toEqual([
    ["turn", true],
    ["step-0", true],
    ["tool-a", false],
    ["tool-b", false],
  ]);
  expect(matchCount(turnSpans(), { ...noFilter, tools: true })).toBe(2);
});

test("filters narrow each other, and the slowest are those that hold no others", () => {
  const failed = { tools: true, failures: true, slowest: false };
  expect(shown(turnSpans(), none, failed).map(([id]) => id)).toEqual(["turn", "step-0", "tool-b"]);
  const many = [
    spanOf("root", { name: "turn", durationMs: 5_000 }),
    ...Array.from({ length: 15 }, (_, at) => spanOf(`s${at}`, { depth: 1, durationMs: at * 10 })),
  ];
  const slowest = rowsOf(many, none, { ...noFilter, slowest: true });
  expect(slowest.filter(({ isContext }) => !isContext).map(({ span }) => span.durationMs)).toEqual([
    50, 60, 70, 80, 90, 100, 110, 120, 130, 140,
  ]);
});

const depths = fc.array(fc.nat({ max: 5 }), { maxLength: 60 });

test("any list of depths is a tree: a row's parent stands before it, one level above", () => {
  fc.assert(
    fc.property(depths, fc.array(fc.nat({ max: 60 })), (drawn, folded) => {
      const spans = drawn.map((depth, at) =>
        spanOf(`s${at}`, { depth, name: at % 3 === 0 ? "tool-call" : "step" }),
      );
      const collapsed = new Set(folded.map((at) => `s${at}`));
      for (const filter of [noFilter, { ...noFilter, tools: true }]) {
        const rows = rowsOf(spans, collapsed, filter);
        rows.forEach((row, at) => {
          const parent = rows[row.parentRow];
          expect(row.parentRow).toBeLessThan(at);
          expect(row.level).toBe((parent?.level ?? 0) + 1);
          expect(parent?.isExpanded ?? true).toBe(true);
          const siblings = rows.filter(({ parentRow }) => parentRow === row.parentRow);
          expect(siblings.map(({ position }) => position)).toEqual(siblings.map((_, index) => index + 1));
          expect(row.setSize).toBe(siblings.length);
        });
      }
      expect(parentsOf(spans).every((parent, at) => parent < at)).toBe(true);
    }),
  );
});
