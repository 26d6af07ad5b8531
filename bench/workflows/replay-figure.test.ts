import { expect, test } from "vitest";
import { unpinned } from "../harness/processors.ts";
import { runRatioFigure } from "../ratios/ratio-rounds.ts";
import { replayFigure } from "./replay-figure.ts";

test("a run that was cut off goes on in the next daemon, and in the one after that", async () => {
  const figure = replayFigure("replay", { agentCount: 20 });
  const { quantities } = await runRatioFigure(figure, 1, unpinned, () => {});
  for (const { name, value } of quantities) expect([name, (value?.min ?? 0) > 0]).toEqual([name, true]);
}, 120_000);
