// What callers say of a workflow that is to run.
import { isAbsolute } from "node:path";
import { type BudgetLimits, type JsonObject, type JsonValue, RunInputError } from "@lathe/kernel";
import * as v from "valibot";
import type { CacheUse } from "./stored-run.ts";

export interface WorkflowInput {
  /** Name of a workflow that is found in the folder; undefined = `script` holds the text, or the resumed run's is taken. */
  readonly workflow: string | undefined;
  readonly script: string | undefined;
  /** Undefined = none were given. */
  readonly args: JsonValue | undefined;
  readonly budget: BudgetLimits;
  readonly cwd: string | undefined;
  readonly dry: boolean;
  readonly cache: CacheUse;
  readonly resumeFrom: string | undefined;
}

const AmountSchema = v.pipe(v.number(), v.finite(), v.minValue(0));
const InputSchema = v.strictObject({
  workflow: v.optional(v.string()),
  script: v.optional(v.string()),
  args: v.optional(v.any()),
  budget: v.optional(
    v.union([
      AmountSchema,
      v.strictObject({
        tokens: v.optional(v.nullable(AmountSchema)),
        usd: v.optional(v.nullable(AmountSchema)),
      }),
    ]),
  ),
  cwd: v.optional(v.pipe(v.string(), v.check(isAbsolute, "It must be an absolute path."))),
  dryRun: v.optional(v.boolean()),
  resumeFrom: v.optional(v.string()),
  cache: v.optional(v.picklist(["use", "fresh", "all"])),
});

/** Throws RunInputError `invalid-run-input`. */
export function readWorkflowInput(input: JsonValue): WorkflowInput {
  const parsed = v.safeParse(InputSchema, input);
  if (!parsed.success) {
    const issue = parsed.issues[0];
    throw invalid(v.getDotPath(issue) ?? "input", issue.message);
  }
  const { workflow, script, budget, cwd, dryRun, resumeFrom, cache } = parsed.output;
  const named = [workflow, script].filter((one) => one !== undefined).length;
  if (named > 1)
    throw invalid(
      "script",
      "Give `workflow`, the name of one that is found, or `script`, the text of one. Not both.",
    );
  if (named === 0 && resumeFrom === undefined)
    throw invalid(
      "workflow",
      "Say which workflow: `workflow` is the name of one that is found, `script` the text of one.",
    );
  // A value that is there, null included, was given.
  const args = isObject(input) && Object.hasOwn(input, "args") ? input.args : undefined;
  const limits = typeof budget === "number" ? { tokens: budget } : budget;
  return {
    ...{ workflow, script, args, cwd, resumeFrom },
    budget: { tokens: limits?.tokens ?? null, usd: limits?.usd ?? null },
    dry: dryRun ?? false,
    cache: cache ?? "use",
  };
}

function invalid(field: string, message: string): RunInputError {
  return new RunInputError(422, "invalid-run-input", field, message);
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
