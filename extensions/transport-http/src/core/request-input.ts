// Makes the one flat input of an operation from path, query and body, and checks it.
//
// Invariants
//   I1  A name is given once: not in two places, and not twice in the query.
//   I2  Nothing is looked up or set through the prototype: `__proto__` and `constructor` are names like any other.
import type { FieldError, Problem } from "@lathe/wire";
import { type BaseIssue, type GenericSchema, getDotPath, safeParse } from "valibot";
import { checkJson } from "./json-limits.ts";
import { problem } from "./problems.ts";

export interface RequestParts {
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Null = there was none. */
  readonly bodyText: string | null;
}

export type InputOutcome =
  | { readonly kind: "valid"; readonly input: unknown }
  | { readonly kind: "invalid"; readonly problem: Problem };

export function readInput(schema: GenericSchema, parts: RequestParts): InputOutcome {
  const body = parseBody(parts.bodyText);
  if (body.kind === "invalid") return body;
  const errors: FieldError[] = [];
  const fields = new Map<string, unknown>();
  const add = (name: string, value: unknown): void => {
    if (fields.has(name)) errors.push({ field: name, message: "It is given more than once." });
    fields.set(name, value);
  };
  for (const [name, text] of Object.entries(parts.path)) add(name, coerce(entryOf(schema, name), text));
  for (const [name, text] of parts.query) add(name, coerce(entryOf(schema, name), text));
  for (const name of Object.keys(body.value)) add(name, body.value[name]);
  if (errors.length > 0) return invalid(errors);
  const parsed = safeParse(schema, Object.fromEntries(fields));
  if (parsed.success) return { kind: "valid", input: parsed.output };
  return invalid(
    parsed.issues.map((issue) => ({
      field: getDotPath(issue) ?? "",
      message: messageOf(issue),
    })),
  );
}

function parseBody(text: string | null): BodyOutcome {
  if (text === null) return { kind: "body", value: {} };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message quotes the body.
    return { kind: "invalid", problem: problem(400, "invalid-json", "The body is not valid JSON.") };
  }
  const broken = checkJson(value);
  if (broken !== undefined) return invalid([broken]);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return invalid([{ field: "", message: "The body must be a JSON object." }]);
  return { kind: "body", value: value as Record<string, unknown> };
}

type BodyOutcome =
  | { readonly kind: "body"; readonly value: Record<string, unknown> }
  | { readonly kind: "invalid"; readonly problem: Problem };

function invalid(errors: readonly FieldError[]): { readonly kind: "invalid"; readonly problem: Problem } {
  const named = errors.map(({ field }) => (field === "" ? "the body" : `\`${clip(field)}\``)).slice(0, 5);
  const detail = `The input is not valid: see ${[...new Set(named)].join(", ")}.`;
  return {
    kind: "invalid",
    problem: problem(400, "invalid-input", detail, errors.slice(0, 20).map(clipped)),
  };
}

function clipped({ field, message }: FieldError): FieldError {
  return { field: clip(field), message: clip(message) };
}

// A caller's own text comes back, but not a megabyte of it.
function clip(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
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

interface Described {
  readonly type: string;
  readonly wrapped?: Described;
  readonly entries?: Readonly<Record<string, Described>>;
}

function entryOf(schema: GenericSchema, name: string): Described | undefined {
  const { entries } = schema as unknown as Described;
  return entries !== undefined && Object.hasOwn(entries, name) ? entries[name] : undefined;
}

/** Text of a URL as the schema wants it. What does not read as the wanted type stays text, for the schema to refuse. */
function coerce(wanted: Described | undefined, text: string): unknown {
  let base = wanted;
  while (base?.wrapped !== undefined) base = base.wrapped;
  if (base?.type === "number" && /^-?\d{1,16}(\.\d{1,16})?$/.test(text)) return Number(text);
  if (base?.type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}
