import { expect, test } from "vitest";
import { unpinned } from "../harness/processors.ts";
import { runRatioFigure } from "../ratios/ratio-rounds.ts";
import { runStartFigure } from "./run-start-figure.ts";

test("runs are started in every way, and so are the processes that they are compared with", async () => {
  const figure = runStartFigure("run start", { startCount: 1 });
  const { quantities } = await runRatioFigure(figure, 1, unpinned, () => {});
  for (const { name, value } of quantities) expect([name, (value?.min ?? 0) > 0]).toEqual([name, true]);
}, 120_000);
