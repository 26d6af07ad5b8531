import { expect, test } from "vitest";
import { unpinned } from "../harness/processors.ts";
import { runRatioFigure } from "../ratios/ratio-rounds.ts";
import { crowdFigure } from "./crowd-figure.ts";

test("where one may run at a time, all others wait, and they start in the order in which they were asked for", async () => {
  const figure = crowdFigure("crowd", { runCount: 5, runConcurrencyMax: 1, agentCount: 2 });
  const { quantities } = await runRatioFigure(figure, 1, unpinned, () => {});
  expect(quantities.map(({ value }) => (value?.min ?? 0) > 0)).toEqual([true, true, true, true, false]);
  expect(quantities.at(-1)?.value?.max).toBe(0);
}, 120_000);
