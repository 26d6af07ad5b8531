import { expect, test } from "vitest";
import { renderLines, renderRatios, renderSpread } from "./report.ts";
import type { SummaryLine } from "./summary.ts";

test("a spread is shown to three digits, and its absence as a dash", () => {
  expect(renderSpread({ median: 1234.5, min: 0.12345, max: 99.96 })).toBe("1235 (0.123 - 100)");
  expect(renderSpread(undefined)).toBe("-");
});

test("a table has a line for each subject, names a figure once, and a floor is 1 over itself", () => {
  const spread = { median: 2, min: 1, max: 3 };
  const line = (subject: string): SummaryLine => ({
    row: "turn",
    per: "turn",
    subject,
    cpuUs: spread,
    wallUs: spread,
    rssBytes: { median: 5e6, min: 5e6, max: 5e6 },
    heapUsedBytes: undefined,
    cpuOverFloor: { fetch: spread },
  });
  expect(renderLines([line("fetch"), line("lathe")], ["fetch"]).split("\n")).toEqual([
    "figure  per   subject  CPU µs     wall µs    RSS MB  heap MB  CPU x fetch",
    "turn    turn  fetch    2 (1 - 3)  2 (1 - 3)  5       -        1",
    "        turn  lathe    2 (1 - 3)  2 (1 - 3)  5       -        2 (1 - 3)",
  ]);
});

test("ratios are shown with their goals and whether these are reached", () => {
  const spread = { median: 2, min: 1, max: 3 };
  const result = {
    figure: "work",
    quantities: [
      { name: "ours", unit: "ms", value: spread },
      { name: "floor", unit: "ms", value: undefined },
    ],
    ratios: [
      { name: "ours over floor", ratio: spread, goal: { atMost: 1.5 }, reached: false },
      { name: "floor over ours", ratio: spread, goal: { atLeast: 0.5 }, reached: true },
      { name: "for the record", ratio: undefined, reached: undefined },
    ],
    rounds: [],
  };
  expect(renderRatios([result]).split("\n")).toEqual([
    "figure  quantity  value      unit",
    "work    ours      2 (1 - 3)  ms",
    "        floor     -          ms",
    "",
    "figure  ratio            value      goal",
    "work    ours over floor  2 (1 - 3)  <= 1.5  MISSED",
    "        floor over ours  2 (1 - 3)  >= 0.5  reached",
    "        for the record   -          -",
  ]);
});
