import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { unpinned } from "../harness/processors.ts";
import type { RatioFigure, Readings } from "./ratio-figure.ts";
import { runRatioFigure } from "./ratio-rounds.ts";

function figureOf(rounds: readonly Readings[], seen: string[] = []): RatioFigure {
  return {
    name: "work",
    quantities: [
      { name: "ours", unit: "ms" },
      { name: "floor", unit: "ms" },
    ],
    ratios: [
      { name: "ours over floor", over: "ours", under: "floor", goal: { atMost: 1.5 } },
      { name: "floor over ours", over: "floor", under: "ours", goal: { atLeast: 0.9 } },
      { name: "for the record", over: "ours", under: "floor" },
    ],
    open: ({ stateDir }) => {
      seen.push(`open ${existsSync(stateDir)}`);
      let round = 0;
      return Promise.resolve({
        measure: () => {
          const readings = rounds[round++];
          if (readings === undefined) throw new Error("It broke.");
          return Promise.resolve(readings);
        },
        close: () => {
          seen.push("close");
          return Promise.resolve();
        },
      });
    },
  };
}

test("ratios are taken round by round, and their medians are held against the goals", async () => {
  const rounds = [
    { ours: 2, floor: 2 },
    { ours: 30, floor: 20 },
    { ours: 4, floor: 2 },
  ];
  const told: number[] = [];
  const result = await runRatioFigure(figureOf(rounds), 3, unpinned, (round) => told.push(round));
  expect(told).toEqual([0, 1, 2]);
  expect(result).toEqual({
    figure: "work",
    quantities: [
      { name: "ours", unit: "ms", value: { median: 4, min: 2, max: 30 } },
      { name: "floor", unit: "ms", value: { median: 2, min: 2, max: 20 } },
    ],
    ratios: [
      {
        name: "ours over floor",
        ratio: { median: 1.5, min: 1, max: 2 },
        goal: { atMost: 1.5 },
        reached: true,
      },
      {
        name: "floor over ours",
        ratio: { median: 2 / 3, min: 0.5, max: 1 },
        goal: { atLeast: 0.9 },
        reached: false,
      },
      { name: "for the record", ratio: { median: 1.5, min: 1, max: 2 }, reached: undefined },
    ],
    rounds,
  });
});

test("a quantity that was not read is an error, and what was opened is closed", async () => {
  const seen: string[] = [];
  const figure = figureOf([{ ours: 1 }], seen);
  await expect(runRatioFigure(figure, 1, unpinned, () => {})).rejects.toThrow("has not read: floor");
  expect(seen).toEqual(["open true", "close"]);
});

test("a round that breaks ends the figure, and what was opened is closed", async () => {
  const seen: string[] = [];
  await expect(runRatioFigure(figureOf([], seen), 1, unpinned, () => {})).rejects.toThrow("It broke.");
  expect(seen).toEqual(["open true", "close"]);
});
