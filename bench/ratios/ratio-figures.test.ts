import { expect, test } from "vitest";
import { listRatioFigures } from "./ratio-figures.ts";

test.each([true, false])("ratio figures compare quantities that they read (quick: %s)", (isQuick) => {
  const figures = listRatioFigures(isQuick);
  expect(new Set(figures.map(({ name }) => name)).size).toBe(figures.length);
  for (const { quantities, ratios } of figures) {
    const names = quantities.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { over, under } of ratios) expect(names).toEqual(expect.arrayContaining([over, under]));
  }
});
