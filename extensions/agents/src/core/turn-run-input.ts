import { type BudgetLimits, type JsonValue, RunInputError, type TurnInput } from "@lathe/kernel";
import { MessageTextSchema, NameSchema } from "@lathe/wire/operations";
import * as v from "valibot";

const TurnInputSchema = v.strictObject({ text: MessageTextSchema, model: v.optional(NameSchema) });

/** What a turn is run with: its text, or `{ text, model? }`. Throws RunInputError. */
export function readTurnInput(input: JsonValue): TurnInput {
  const parsed = v.safeParse(TurnInputSchema, typeof input === "string" ? { text: input } : input);
  if (!parsed.success) throw wrongInput(parsed.issues[0]);
  const { text, model } = parsed.output;
  return model === undefined ? { text } : { text, model };
}

/** What a turn may use; undefined = what it wants. Throws RunInputError where it could not ask anything. */
export function readTurnBudget(limits: BudgetLimits | undefined): BudgetLimits | undefined {
  if (limits === undefined) return undefined;
  for (const kind of ["tokens", "usd"] as const) {
    const limit = limits[kind];
    if (limit !== null && !(Number.isFinite(limit) && limit > 0)) throw noBudget(`budget.${kind}`);
  }
  return limits.tokens === null && limits.usd === null ? undefined : limits;
}

function noBudget(field: string): RunInputError {
  const message = "A turn cannot ask anything without a budget of more than 0. Leave it out for no limit.";
  return new RunInputError(422, "invalid-run-input", field, message);
}

function wrongInput(issue: v.BaseIssue<unknown>): RunInputError {
  const path = v.getDotPath(issue);
  const isObject = path !== null;
  const field = isObject ? `input.${path}` : "input";
  const message =
    isObject && issue.expected === "never" ? "There is no such field." : sentenceOf(issue, isObject);
  return new RunInputError(422, "invalid-run-input", field, message);
}

function sentenceOf({ message, received }: v.BaseIssue<unknown>, isObject: boolean): string {
  if (!isObject) return "It must be the text of a message, or an object with `text` and perhaps `model`.";
  if (received === "undefined") return "It is required.";
  return message.endsWith(".") ? message : `${message}.`;
}
