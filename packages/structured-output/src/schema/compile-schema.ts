// The way of a schema from a script to something that answers are checked with.
import type { JsonValue } from "@lathe/kernel";
import { CheckBudget, CheckStoppedError } from "../check-budget.ts";
import { canonicalText, countValues, isDeeperThan } from "../json.ts";
import { createValidator, findMisuse, type Validator } from "./create-validator.ts";
import { findContradiction } from "./find-contradiction.ts";
import { type AnswerProblem, problemOf } from "./problems.ts";
import { readSchema, type Schema, SchemaRefusal } from "./read-schema.ts";

/** What an answer has to look like. */
export interface AnswerSchema {
  /** As it was given. */
  readonly schema: JsonValue;
  /** JSON with sorted keys and without spaces: the same for equal schemas, whatever the order of their keys. */
  readonly canonical: string;
  /**
   * What is wrong with a value, at most 100 things, in the order in which they were found; empty = it fits. Never
   * throws. A value that would take too long to check, or is deeper than 64 levels, has this as its one problem.
   */
  check(value: JsonValue): readonly AnswerProblem[];
}

export type CompiledSchema =
  | { readonly kind: "schema"; readonly schema: AnswerSchema }
  /** One or more sentences that name the place, for whoever wrote the schema. */
  | { readonly kind: "refused"; readonly message: string };

const schemaBytesMax = 65_536;
const depthMax = 64;
const valueCountMax = 200_000;
const problemCountMax = 100;
/** About a tenth of a second. */
const stepCountMax = 1_500_000;

/**
 * Prepares a JSON Schema (draft 2020-12; unknown keywords and formats say nothing) of at most 64 KiB and 64 levels.
 *
 * Refuses what is no schema, what no value fits, what refers to other documents, and patterns that cannot be matched in
 * linear time. Never throws, and does nothing but compute.
 */
export function compileSchema(schema: JsonValue): CompiledSchema {
  if (isDeeperThan(schema, depthMax))
    return refused("", `is deeper than ${depthMax} levels; make it flatter.`);
  if (new TextEncoder().encode(JSON.stringify(schema)).length > schemaBytesMax)
    return refused("", `is larger than ${schemaBytesMax / 1_024} KiB; make it shorter.`);
  try {
    return compileRead(schema, readSchema(schema));
  } catch (error) {
    if (error instanceof SchemaRefusal) return refused(error.path, error.message);
    throw error;
  }
}

function compileRead(given: JsonValue, schema: Schema): CompiledSchema {
  const misuse = findMisuse(schema);
  if (misuse !== undefined) return refused(misuse.instancePath, problemOf(misuse).message);
  const contradiction = findContradiction(schema);
  if (contradiction !== undefined)
    return refused(contradiction.path, `is contradictory: it ${contradiction.message}`);
  const validate = createValidator(schema, new CheckBudget(stepCountMax));
  const check = (value: JsonValue) => checkWith(validate, value);
  return { kind: "schema", schema: { schema: given, canonical: canonicalText(given), check } };
}

function checkWith(validate: Validator, value: JsonValue): readonly AnswerProblem[] {
  if (isDeeperThan(value, depthMax))
    return [{ path: "", message: `is deeper than ${depthMax} levels; make it flatter.` }];
  if (countValues(value) > valueCountMax)
    return [{ path: "", message: `holds more than ${valueCountMax} values; make it shorter.` }];
  try {
    return validate(value).slice(0, problemCountMax).map(problemOf);
  } catch (error) {
    if (!(error instanceof CheckStoppedError)) throw error;
    return [{ path: "", message: "takes too long to be checked against the schema; make it shorter." }];
  }
}

function refused(path: string, message: string): CompiledSchema {
  return { kind: "refused", message: `The schema${path === "" ? "" : ` at ${path}`} ${message}` };
}
