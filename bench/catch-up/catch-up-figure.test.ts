import { expect, test } from "vitest";
import { unpinned } from "../harness/processors.ts";
import { runRatioFigure } from "../ratios/ratio-rounds.ts";
import { catchUpFigure } from "./catch-up-figure.ts";

test("what was missed is read to its end over both transports, from the daemon and from the floors", async () => {
  const figure = catchUpFigure("catching up", { entryCount: 500, readCount: 2 });
  const { quantities, ratios, rounds } = await runRatioFigure(figure, 2, unpinned, () => {});
  expect(rounds.length).toBe(2);
  for (const { value } of quantities) expect(value?.min).toBeGreaterThan(0);
  for (const { ratio } of ratios) expect(ratio?.min).toBeGreaterThan(0);
  expect(quantities.length).toBe(8);
}, 60_000);
