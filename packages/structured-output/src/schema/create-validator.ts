// The one place that knows ajv: how it is set up so that no schema and no answer keeps it busy for long.
import type { JsonObject, JsonValue } from "@lathe/kernel";
import { _, Ajv2020, type ErrorObject, type KeywordCxt, Name, type Options } from "ajv/dist/2020.js";
import { type CheckBudget, CheckStoppedError } from "../check-budget.ts";
import { canonicalText, countValues } from "../json.ts";
import { parsePattern } from "../pattern/parse-pattern.ts";
import { PatternMatcher } from "../pattern/pattern-matcher.ts";
import { isObject, schemaKeywords } from "./keywords.ts";
import type { Schema } from "./read-schema.ts";

/** What is wrong with a value. Throws CheckStoppedError where finding out takes more than the budget. */
export type Validator = (value: JsonValue) => readonly ErrorObject[];

const errorCountMax = 10_000;
const costKeyword = "latheCost";

const options: Options = {
  strict: false,
  allErrors: true,
  verbose: true,
  // What `toString` and its like inherit is not part of an answer.
  ownProperties: true,
  validateFormats: false,
  // 0.07 is a multiple of 0.01 for everybody but a floating-point unit.
  multipleOfPrecision: 9,
  // A schema that is copied to each place that refers to it can grow without bound.
  inlineRefs: false,
  logger: false,
};

/** The budget is begun anew for each check. Throws what ajv throws where it cannot make a check of the schema. */
export function createValidator(schema: Schema, budget: CheckBudget): Validator {
  const validate = createAjv(budget).compile(withCosts(schema));
  return (value) => {
    budget.begin();
    try {
      return validate(value) ? [] : (validate.errors ?? []);
    } catch (error) {
      // A schema that refers to itself without going deeper into the answer has no end.
      if (error instanceof RangeError) throw new CheckStoppedError();
      throw error;
    }
  };
}

/** What the specification of JSON Schema says against a schema; undefined = nothing. */
export function findMisuse(schema: Schema): ErrorObject | undefined {
  metaschema ??= new Ajv2020({ strict: false, validateFormats: false, verbose: true, logger: false });
  return metaschema.validateSchema(schema) === true ? undefined : metaschema.errors?.[0];
}

let metaschema: Ajv2020 | undefined;

/** One for each schema: what an instance has compiled, it keeps. */
function createAjv(budget: CheckBudget): Ajv2020 {
  const regExp = Object.assign((source: string) => matcherOf(source, budget), { code: "matcherOf" });
  const ajv = new Ajv2020({ ...options, meta: false, validateSchema: false, code: { regExp } });
  ajv.removeKeyword("uniqueItems");
  ajv.addKeyword({ keyword: "uniqueItems", type: "array", schemaType: "boolean", validate: areUnique });
  ajv.addKeyword({ keyword: costKeyword, schemaType: "number", before: "$ref", code: chargeTo(budget) });
  return ajv;
}

function matcherOf(source: string, budget: CheckBudget): PatternMatcher {
  const parsed = parsePattern(source);
  if (parsed.kind === "refused") throw new Error(`The pattern ${parsed.message}`);
  return new PatternMatcher(parsed, budget);
}

/** In linear time, which comparing each item with each other is not. */
function areUnique(wanted: boolean, items: readonly JsonValue[]): boolean {
  return !wanted || new Set(items.map(canonicalText)).size === items.length;
}

/** Counts what each visit of a schema costs, in the code that ajv generates for it. */
function chargeTo(budget: CheckBudget): (context: KeywordCxt) => void {
  const charge = (cost: number, errorCount: number): void => {
    budget.take(cost);
    if (errorCount > errorCountMax) throw new CheckStoppedError();
  };
  return ({ gen, schema }) => {
    const called = gen.scopeValue("func", { ref: charge, code: _`charge` });
    gen.code(_`${called}(${schema}, ${new Name("errors")})`);
  };
}

/** The same schema, each level of which says how many values it compares an answer with. */
function withCosts(schema: Schema): Schema {
  if (!isObject(schema)) return schema;
  const charged: Record<string, JsonValue> = { [costKeyword]: costOf(schema) };
  for (const [keyword, value] of Object.entries(schema)) {
    const holds = schemaKeywords.get(keyword);
    if (holds === "schema") charged[keyword] = withCosts(value as Schema);
    else if (holds === "list") charged[keyword] = (value as readonly Schema[]).map(withCosts);
    else if (holds === "by-name") charged[keyword] = eachByName(value as JsonObject, withCosts);
    else charged[keyword] = value;
  }
  return charged;
}

function costOf(schema: JsonObject): number {
  let cost = 1;
  for (const [keyword, value] of Object.entries(schema))
    cost += schemaKeywords.has(keyword) ? Object.keys(value as object).length : countValues(value);
  return cost;
}

function eachByName(schemas: JsonObject, change: (schema: Schema) => Schema): JsonObject {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, change(schema as Schema)]),
  );
}
