import fc from "fast-check";
import { is } from "valibot";
import { expect, test } from "vitest";
import { runsCreate } from "../operations/runs.ts";
import { BudgetLimitsSchema } from "./budgets.ts";

test("every budget that can be asked for can be shown", () => {
  const amount = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true });
  const limits = fc.record({ tokens: amount, usd: amount });
  fc.assert(
    fc.property(limits, ({ tokens, usd }) => {
      const asked = [tokens, { tokens, usd }];
      expect(asked.map((budget) => is(runsCreate.input, { kind: "turn", budget }))).toEqual([true, true]);
      expect(is(BudgetLimitsSchema, { tokens, usd })).toBe(true);
    }),
  );
});

test("a budget that is none is neither taken nor shown", () => {
  for (const amount of [-1, Number.NaN, "5"])
    expect([
      is(runsCreate.input, { kind: "turn", budget: { tokens: amount } }),
      is(BudgetLimitsSchema, { tokens: amount, usd: null }),
    ]).toEqual([false, false]);
});
