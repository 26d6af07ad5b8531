// Whether what a caller sent is what the operation takes, in one form for every transport.
import type { FieldError, Problem } from "@lathe/wire";
import { type BaseIssue, type GenericSchema, getDotPath, safeParse } from "valibot";
import { problem } from "./problems.ts";

export type InputOutcome =
  | { readonly kind: "valid"; readonly input: unknown }
  | { readonly kind: "invalid"; readonly problem: Problem };

/** Parses the input with the operation's schema; its defaults are filled in. */
export function checkInput(schema: GenericSchema, input: unknown): InputOutcome {
  const parsed = safeParse(schema, input);
  if (parsed.success) return { kind: "valid", input: parsed.output };
  return { kind: "invalid", problem: invalidInput(parsed.issues.map(errorOf)) };
}

/** Names at most five fields in its sentence and explains at most twenty; a field "" is the whole input. */
export function invalidInput(errors: readonly FieldError[]): Problem {
  const named = errors
    .map(({ field }) => (field === "" ? "the input as a whole" : `\`${clip(field)}\``))
    .slice(0, 5);
  const detail = `The input is not valid: see ${[...new Set(named)].join(", ")}.`;
  return problem(400, "invalid-input", detail, errors.slice(0, 20).map(clipped));
}

function errorOf(issue: BaseIssue<unknown>): FieldError {
  return { field: getDotPath(issue) ?? "", message: messageOf(issue) };
}

/** A field too many and a field too few both come as keys that were not expected. */
function messageOf({ type, expected, message }: BaseIssue<unknown>): string {
  if (expected === "never") return "There is no such field.";
  if (type === "strict_object" || type === "object" || type === "loose_object")
    return message.startsWith("Invalid key") ? "It is required." : sentence(message);
  return sentence(message);
}

function sentence(message: string): string {
  return message.endsWith(".") ? message : `${message}.`;
}

function clipped({ field, message }: FieldError): FieldError {
  return { field: clip(field), message: clip(message) };
}

// A caller's own text comes back, but not a megabyte of it.
function clip(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}
