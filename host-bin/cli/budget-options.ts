// What a run may use, as it is said in a command line.
import type { RunBudget } from "@lathe/wire/operations";
import { type CommandCall, textOption, UsageError } from "./command.ts";

/** `--budget TOKENS` and `--budget-usd USD`; undefined where neither is given. Throws UsageError. */
export function budgetOption(call: CommandCall): RunBudget | undefined {
  const tokens = tokenCount(textOption(call, "budget"));
  const usd = amount(textOption(call, "budget-usd"));
  if (tokens === undefined && usd === undefined) return undefined;
  return { ...(tokens === undefined ? {} : { tokens }), ...(usd === undefined ? {} : { usd }) };
}

function tokenCount(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, digits, unit = ""] = /^(\d{1,12}(?:\.\d{1,3})?)([kKmM]?)$/.exec(text) ?? [];
  const count = Number(digits) * ({ k: 1_000, m: 1_000_000 }[unit.toLowerCase()] ?? 1);
  if (!Number.isInteger(count))
    throw new UsageError("--budget must be a number of tokens, such as 200000 or 200k.");
  return count;
}

function amount(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}(\.\d{1,6})?$/.test(text))
    throw new UsageError("--budget-usd must be an amount in USD, such as 2.50.");
  return Number(text);
}
