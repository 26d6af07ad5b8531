// The kinds of figures: turns, steps, chunks, and steps of conversations of different length.

import { formatModelName } from "../fake-model/answer-plan.ts";
import type { Figure, FigureRow } from "./figure.ts";
import type { Phase } from "./phase.ts";

type Counts = Pick<Phase, "warmUpCount" | "count">;

const historySteps = 10;

/** What a whole turn costs. */
export function turnFigure(name: string, turn: Phase): Figure {
  return { name, phases: { turn }, rows: [{ name, per: "turn", weights: { turn: 1 } }] };
}

/** Turns of one step with 32 calls at once. */
export function parallel(phase: Phase, counts: Counts): Phase {
  return { ...phase, ...counts, model: formatModelName({ steps: 1, calls: 32 }) };
}

/** What each of the turn's tool steps adds to a turn without any. */
export function stepFigure(name: string, phase: Phase, steps: number, counts: Counts): Figure {
  const phases = { without: phase, with: { ...phase, ...counts, model: formatModelName({ steps }) } };
  return { name, phases, rows: [{ name, per: "step", weights: { with: 1 / steps, without: -1 / steps } }] };
}

/** The same, where the tool is said to change something. */
export function changingStepFigure(name: string, phase: Phase, steps: number, counts: Counts): Figure {
  return { ...stepFigure(name, phase, steps, counts), toolChanges: true };
}

/** What each chunk adds to an answer that arrives in one piece. */
export function burstFigure(name: string, phase: Phase, chunks: number): Figure {
  const few = { ...phase, model: formatModelName({ chunks: 1 }) };
  const many = { ...phase, model: formatModelName({ chunks }), warmUpCount: 4, count: 12 };
  return chunkFigure(name, few, many, chunks - 1);
}

/** What each chunk adds to answers that arrive one chunk every 20 ms, all turns at once. */
export function pacedFigure(name: string, phase: Phase, chunks: number): Figure {
  const counts = { warmUpCount: phase.concurrency, count: phase.concurrency };
  const few = { ...phase, ...counts, model: formatModelName({ chunks: 1, delay: 20 }) };
  const many = { ...few, model: formatModelName({ chunks, delay: 20 }) };
  return chunkFigure(name, few, many, chunks - 1);
}

function chunkFigure(name: string, few: Phase, many: Phase, chunks: number): Figure {
  return {
    name,
    phases: { few, many },
    rows: [{ name, per: "chunk", weights: { many: 1 / chunks, few: -1 / chunks } }],
  };
}

/** What a step costs after 10 and after 2,000 messages, and how much of it is sending the longer request. */
export function historyFigure(name: string, phase: Phase, counts: Counts): Figure {
  const turns = (historyCount: number, steps: number): Phase => ({
    ...phase,
    ...counts,
    historyCount,
    model: formatModelName({ steps }),
  });
  const posts = (historyCount: number): Phase => ({
    ...phase,
    kind: "posts",
    historyCount,
  });
  const phases = {
    short0: turns(10, 0),
    shortK: turns(10, historySteps),
    long0: turns(2000, 0),
    longK: turns(2000, historySteps),
    shortPost: posts(10),
    longPost: posts(2000),
  };
  return { name, phases, ...historyRows(name) };
}

function historyRows(name: string): Pick<Figure, "rows" | "comparisons"> {
  const share = 1 / historySteps;
  const short = { shortK: share, short0: -share };
  const long = { longK: share, long0: -share };
  const row = (what: string, weights: Record<string, number>, per: "step" | "post" = "step"): FigureRow => ({
    name: `${name}: ${what}`,
    per,
    weights,
  });
  const shortRow = row("step after 10 messages", short);
  const longRow = row("step after 2,000 messages", long);
  const lessRow = row("the same, less the longer request", { ...long, longPost: -1, shortPost: 1 });
  const sending = row("sending the longer request", { longPost: 1, shortPost: -1 }, "post");
  return {
    rows: [shortRow, longRow, lessRow, sending],
    comparisons: [
      { name: `${name}: 2,000 over 10 messages`, over: longRow.name, under: shortRow.name },
      { name: `${name}: the same, less the longer request`, over: lessRow.name, under: shortRow.name },
    ],
  };
}
