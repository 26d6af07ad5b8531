import { expect, test } from "vitest";
import { unpinned } from "../harness/processors.ts";
import { runRatioFigure } from "../ratios/ratio-rounds.ts";
import { memoryFigure } from "./memory-figure.ts";

test("what processes take is seen, of those that are ready, that run and that do nothing", async () => {
  const figure = memoryFigure("memory", { runCount: 2, idleCount: 1 });
  const { quantities } = await runRatioFigure(figure, 1, unpinned, () => {});
  const read = quantities.slice(0, 2).map(({ value }) => (value?.min ?? 0) > 1);
  expect(read).toEqual([true, true]);
}, 120_000);
