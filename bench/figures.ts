// The figures that the harness measures.

import type { Figure } from "./harness/figure.ts";
import {
  burstFigure,
  changingStepFigure,
  historyFigure,
  pacedFigure,
  parallel,
  stepFigure,
  turnFigure,
} from "./harness/figure-kinds.ts";
import type { Phase } from "./harness/phase.ts";

const base: Phase = {
  kind: "turns",
  model: "fake",
  historyCount: 0,
  concurrency: 1,
  warmUpCount: 100,
  count: 400,
};
const crowd: Phase = { ...base, concurrency: 64, warmUpCount: 256, count: 1024 };

/** With `isQuick`, a run of about a minute: it shows the direction, its figures are not to be quoted. */
export function listFigures(isQuick: boolean): readonly Figure[] {
  const figures = [
    turnFigure("turn, c=1", { ...base, warmUpCount: 200, count: 1000 }),
    turnFigure("turn, c=64", { ...crowd, count: 2048 }),
    stepFigure("step, K=10, c=1", base, 10, { warmUpCount: 50, count: 100 }),
    stepFigure("step, K=10, c=64", crowd, 10, { warmUpCount: 64, count: 192 }),
    stepFigure("step, K=50, c=1", base, 50, { warmUpCount: 10, count: 30 }),
    stepFigure("step, K=50, c=64", crowd, 50, { warmUpCount: 64, count: 64 }),
    changingStepFigure("changing step, K=10, c=1", base, 10, { warmUpCount: 50, count: 100 }),
    changingStepFigure("changing step, K=10, c=64", crowd, 10, { warmUpCount: 64, count: 192 }),
    turnFigure("32 parallel calls, c=1", parallel(base, { warmUpCount: 50, count: 200 })),
    turnFigure("32 parallel calls, c=64", parallel(crowd, { warmUpCount: 64, count: 256 })),
    burstFigure("burst of 20,000 chunks", base, 20_000),
    pacedFigure("64 answers at 50 chunks/s", crowd, isQuick ? 20 : 100),
    historyFigure("history, c=1", base, { warmUpCount: 10, count: 30 }),
  ];
  if (isQuick) return figures.map((figure) => ({ ...figure, phases: shrink(figure.phases) }));
  return [...figures, historyFigure("history, c=64", crowd, { warmUpCount: 64, count: 64 })];
}

const quickShare = 0.2;

function shrink(phases: Figure["phases"]): Record<string, Phase> {
  const fewer = (count: number, phase: Phase): number =>
    Math.max(phase.concurrency, Math.ceil(count * quickShare));
  const entries = Object.entries(phases).map(([name, phase]): [string, Phase] => [
    name,
    { ...phase, warmUpCount: fewer(phase.warmUpCount, phase), count: fewer(phase.count, phase) },
  ]);
  return Object.fromEntries(entries);
}
