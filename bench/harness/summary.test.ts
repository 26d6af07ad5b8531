import { expect, test } from "vitest";
import type { Figure } from "./figure.ts";
import { stepFigure } from "./figure-kinds.ts";
import type { Phase, PhaseCost } from "./phase.ts";
import type { Sample } from "./rounds.ts";
import { compareRows, summarizeFigure } from "./summary.ts";

const phase: Phase = {
  kind: "turns",
  model: "fake",
  historyCount: 0,
  concurrency: 1,
  warmUpCount: 1,
  count: 1,
};
const step: Figure = stepFigure("step", phase, 10, { warmUpCount: 1, count: 1 });

function cost(cpuUs: number, rssBytes = 1): PhaseCost {
  return { cpuUs, wallUs: cpuUs * 2, rssBytes, heapUsedBytes: cpuUs };
}

function sample(subject: string, round: number, withoutUs: number, withUs: number): Sample {
  return { figure: "step", subject, round, costs: { without: cost(withoutUs, 9), with: cost(withUs, 8) } };
}

test("a step costs a tenth of what ten steps add, and is compared with each floor in its own round", () => {
  const samples = [
    sample("lathe", 1, 100, 1100),
    sample("fetch", 1, 50, 250),
    sample("lathe", 0, 100, 300),
    sample("fetch", 0, 50, 250),
  ];
  const lines = summarizeFigure(step, samples, ["fetch", "lathe"], ["fetch", "undici"]);
  expect(lines[1]).toEqual({
    row: "step",
    per: "step",
    subject: "lathe",
    cpuUs: { median: 60, min: 20, max: 100 },
    wallUs: { median: 120, min: 40, max: 200 },
    rssBytes: { median: 9, min: 9, max: 9 },
    heapUsedBytes: { median: 700, min: 300, max: 1100 },
    cpuOverFloor: { fetch: { median: 3, min: 1, max: 5 } },
  });
});

test("rows of one subject are compared round by round", () => {
  const row = (name: string) => ({ name, per: "turn", weights: { [name]: 1 } }) as const;
  const figure: Figure = {
    name: "history",
    phases: { short: phase, long: phase },
    rows: [row("short"), row("long")],
    comparisons: [{ name: "long over short", over: "long", under: "short" }],
  };
  const samples = [10, 100].map((shortUs, round) => ({
    figure: "history",
    subject: "lathe",
    round,
    costs: { short: cost(shortUs), long: cost(20) },
  }));
  expect(compareRows(figure, samples, ["lathe"])).toEqual([
    { comparison: "long over short", subject: "lathe", cpuRatio: { median: 1.1, min: 0.2, max: 2 } },
  ]);
});
