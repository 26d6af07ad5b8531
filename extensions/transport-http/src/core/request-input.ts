// Makes the one flat input of an operation from path, query and body, and checks it.
//
// Invariants
//   I1  A name is given once: not in two places, and not twice in the query.
//   I2  Nothing is looked up or set through the prototype: `__proto__` and `constructor` are names like any other.
import { checkInput, checkJson, type InputOutcome, invalidInput, problem } from "@lathe/extension-kit";
import type { FieldError } from "@lathe/wire";
import type { GenericSchema } from "valibot";

export interface RequestParts {
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Null = there was none. */
  readonly bodyText: string | null;
}

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
  return checkInput(schema, Object.fromEntries(fields));
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

type BodyOutcome = { readonly kind: "body"; readonly value: Record<string, unknown> } | InvalidInput;

type InvalidInput = Extract<InputOutcome, { readonly kind: "invalid" }>;

function invalid(errors: readonly FieldError[]): InvalidInput {
  return { kind: "invalid", problem: invalidInput(errors) };
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
