// What runs may use, and have used.
import type { BudgetLimits, RunSpending } from "@lathe/kernel";
import { type GenericSchema, minValue, nullable, number, object, pipe } from "valibot";
import { agreesWith } from "./agreement.ts";

/** Whole or not: callers may give a half of what was left, tokens included. */
const amount = pipe(number(), minValue(0));

export const BudgetLimitsSchema: GenericSchema<BudgetLimits> = agreesWith<BudgetLimits>()(
  object({ tokens: nullable(amount), usd: nullable(amount) }),
);

export const RunSpendingSchema: GenericSchema<RunSpending> = agreesWith<RunSpending>()(
  object({ limits: BudgetLimitsSchema, spentTokens: amount, spentUsd: amount }),
);
