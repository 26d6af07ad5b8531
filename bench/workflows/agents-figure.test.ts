import { expect, test } from "vitest";
import { unpinned } from "../harness/processors.ts";
import { runRatioFigure } from "../ratios/ratio-rounds.ts";
import { agentsFigure } from "./agents-figure.ts";

test("agents answer one by one, side by side and from the cache, and turns without a workflow", async () => {
  const figure = agentsFigure("agents", { oneByOneCount: 3, sideBySideCount: 20 });
  const { quantities } = await runRatioFigure(figure, 1, unpinned, () => {});
  for (const { name, value } of quantities) expect([name, (value?.min ?? 0) > 0]).toEqual([name, true]);
}, 120_000);
