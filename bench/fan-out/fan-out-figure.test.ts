import { expect, test } from "vitest";
import { unpinned } from "../harness/processors.ts";
import { runRatioFigure } from "../ratios/ratio-rounds.ts";
import { fanOutFigure } from "./fan-out-figure.ts";

test("one turn is shown to crowds by the daemon, and then by the floor", async () => {
  const figure = fanOutFigure("fan-out", { chunkCount: 50, clientCounts: [1, 60] });
  const { rounds, ratios } = await runRatioFigure(figure, 1, unpinned, () => {});
  const readings = rounds[0] ?? {};
  const names = ["a turn, clients: 1", "a turn, clients: 60", "bare ws, clients: 1", "bare ws, clients: 60"];
  for (const name of ["a turn that nobody follows", ...names]) expect(readings[name]).toBeGreaterThan(0);
  // The message, the turn's begin, the step's begin, a delta at least, its usage and its end, and the turn's two.
  for (const count of [1, 60]) expect(readings[`texts to each, clients: ${count}`]).toBeGreaterThanOrEqual(8);
  expect(ratios.map(({ name, goal }) => [name, goal])).toEqual([
    ["what the clients add: 1, over bare ws", { atMost: 1.5 }],
    ["a turn, clients: 1, over bare ws", undefined],
    ["what the clients add: 60, over bare ws", { atMost: 1.5 }],
    ["a turn, clients: 60, over bare ws", undefined],
  ]);
}, 60_000);
