// What is wrong with an answer, in words that a model can act on.
import type { JsonValue } from "@lathe/kernel";
import type { ErrorObject } from "ajv";
import { below } from "./keywords.ts";

/** One thing that is wrong with an answer. */
export interface AnswerProblem {
  /** JSON Pointer to the place in the answer; empty = the answer itself. */
  readonly path: string;
  /** What is wanted there, and what is there instead. Goes on after the path. */
  readonly message: string;
}

const shownLengthMax = 200;

export function problemOf(error: ErrorObject): AnswerProblem {
  const path = error.instancePath;
  const params = error.params as Readonly<Record<string, JsonValue>>;
  const property = params.additionalProperty ?? params.unevaluatedProperty;
  if (error.keyword === "required")
    return { path: below(path, String(params.missingProperty)), message: "is missing, but it is required." };
  if (typeof property === "string")
    return { path: below(path, property), message: "is not allowed here; leave it out." };
  return { path, message: `${messageOf(error, params)}.` };
}

function messageOf(error: ErrorObject, params: Readonly<Record<string, JsonValue>>): string {
  const value = error.data as JsonValue;
  switch (error.keyword) {
    case "type":
      return `must be ${[params.type].flat().map(String).map(nounOf).join(" or ")}, but it is ${kindOf(value)}`;
    case "enum":
      return `must be one of ${shown(params.allowedValues)}, but it is ${shown(value)}`;
    case "const":
      return `must be ${shown(params.allowedValue)}, but it is ${shown(value)}`;
    case "minLength":
    case "maxLength":
      return `must have at ${error.keyword === "minLength" ? "least" : "most"} ${params.limit} characters, but it has ${Array.from(String(value)).length}`;
    case "minItems":
    case "maxItems":
      return `must have at ${error.keyword === "minItems" ? "least" : "most"} ${params.limit} items, but it has ${(value as readonly JsonValue[]).length}`;
    case "pattern":
      return `must match the regular expression ${params.pattern}, but it is ${shown(value)}`;
    case "uniqueItems":
      return "must not hold two equal items";
    case "anyOf":
      return "must fit at least one of the schemas in anyOf";
    case "oneOf":
      return "must fit exactly one of the schemas in oneOf";
    case "false schema":
      return "must not be there";
    default:
      return `${error.message ?? `does not fit the keyword ${error.keyword}`}${typeof value === "number" ? `, but it is ${value}` : ""}`;
  }
}

function nounOf(type: string): string {
  if (type === "null") return "null";
  return /^[aio]/.test(type) ? `an ${type}` : `a ${type}`;
}

function kindOf(value: JsonValue): string {
  if (value === null) return "null";
  return nounOf(Array.isArray(value) ? "array" : typeof value);
}

function shown(value: JsonValue | undefined): string {
  const text = Array.isArray(value)
    ? value.map((item) => JSON.stringify(item)).join(", ")
    : JSON.stringify(value);
  return text !== undefined && text.length > shownLengthMax
    ? `${text.slice(0, shownLengthMax)} ...`
    : String(text);
}
