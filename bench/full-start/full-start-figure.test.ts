import { expect, test } from "vitest";
import { unpinned } from "../harness/processors.ts";
import { runRatioFigure } from "../ratios/ratio-rounds.ts";
import { fullStartFigure } from "./full-start-figure.ts";

test("a daemon is started on an empty store and on one that was filled before", async () => {
  const plan = { conversationCount: 20, traceRecordCount: 500, startCount: 1 };
  const { quantities, ratios } = await runRatioFigure(fullStartFigure("start", plan), 1, unpinned, () => {});
  expect(quantities.map(({ value }) => (value?.min ?? 0) > 0)).toEqual([true, true]);
  expect(ratios.map(({ goal }) => goal)).toEqual([{ atMost: 1.5 }]);
}, 60_000);
