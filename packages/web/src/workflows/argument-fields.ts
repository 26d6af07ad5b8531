// What a workflow takes, read from its metadata: from a schema or a list of its arguments where it has one, else from the
// sentence that says what they are.
import type { JsonObject, JsonValue } from "@lathe/kernel";

/**
 * How a value is entered. `open`: nothing is known of it; what reads as JSON is its value, everything else a text.
 * `lines`: a list of texts, one on each line.
 */
export type FieldForm = "text" | "number" | "integer" | "boolean" | "choice" | "lines" | "json" | "open";

export interface ArgumentField {
  readonly key: string;
  /** What people call it; null = nothing but its key. */
  readonly title: string | null;
  readonly form: FieldForm;
  /** Null = nothing is said of it. */
  readonly description: string | null;
  readonly isRequired: boolean;
  /** What is taken where it is left out; undefined = not known. */
  readonly usual: JsonValue | undefined;
  /** The values of a choice; of other forms none. */
  readonly choices: readonly JsonValue[];
  /** Of a number, both ends included; undefined = no end is known. */
  readonly least: number | undefined;
  readonly most: number | undefined;
}

/** Under which keys metadata describe their arguments: there is no one convention, and these are in use. */
const describingKeys = ["args", "arguments", "argsSchema", "inputSchema", "inputs", "parameters", "params"];

/** Empty where the metadata do not say it: then the arguments are one JSON value. */
export function argumentFields(meta: JsonObject | null): readonly ArgumentField[] {
  if (meta === null) return [];
  for (const key of describingKeys) {
    const fields = Object.hasOwn(meta, key) ? describedFields(meta[key] ?? null) : [];
    if (fields.length > 0) return fields;
  }
  return proseFields(typeof meta.whenToUse === "string" ? meta.whenToUse : "");
}

function describedFields(described: JsonValue): readonly ArgumentField[] {
  if (isList(described)) return described.flatMap(listedField);
  if (!isObject(described)) return [];
  const { properties, required } = described;
  if (properties !== undefined) return isObject(properties) ? schemaFields(properties, required) : [];
  // A schema of something else than an object has no fields.
  if (typeof described.type === "string") return [];
  return schemaFields(described, []);
}

function schemaFields(properties: JsonObject, required: JsonValue | undefined): readonly ArgumentField[] {
  const needed = isList(required ?? null) ? (required as readonly JsonValue[]) : [];
  return Object.entries(properties).map(([key, schema]) => schemaField(key, schema, needed.includes(key)));
}

/** `["goal", { name: "rounds", type: "integer" }]` */
function listedField(item: JsonValue): readonly ArgumentField[] {
  if (typeof item === "string") return [schemaField(item, null, false)];
  if (!isObject(item) || typeof item.name !== "string") return [];
  return [schemaField(item.name, item, false)];
}

/** `schema`: a JSON Schema, a description, or null. */
function schemaField(key: string, schema: JsonValue, isNeeded: boolean): ArgumentField {
  if (typeof schema === "string") return field(key, "open", { description: schema });
  if (!isObject(schema)) return field(key, "open", {});
  const { title, description, required, enum: listed, minimum, maximum } = schema;
  const choices = isList(listed ?? null) ? (listed as readonly JsonValue[]) : [];
  return field(key, choices.length > 0 ? "choice" : formOf(schema), {
    title: typeof title === "string" && title.trim() !== "" ? title : null,
    description: typeof description === "string" ? description : null,
    isRequired: isNeeded || required === true,
    usual: schema.default,
    choices,
    least: typeof minimum === "number" ? minimum : undefined,
    most: typeof maximum === "number" ? maximum : undefined,
  });
}

function formOf({ type, items }: JsonObject): FieldForm {
  if (type === "string") return "text";
  if (type === "number" || type === "integer" || type === "boolean") return type;
  if (type === "array")
    return isObject(items ?? null) && (items as JsonObject).type === "string" ? "lines" : "json";
  return type === "object" ? "json" : "open";
}

/** `Args: the goal, or { goal, rounds, approve: true }.`: the names between the braces. */
function proseFields(sentence: string): readonly ArgumentField[] {
  const said = /\bArg(?:ument)?s?\b\s*[:=]([\s\S]*)$/i.exec(sentence)?.[1] ?? "";
  const fields = new Map<string, ArgumentField>();
  for (const [, inside = ""] of said.matchAll(/\{([^{}]{1,2000})\}/g))
    for (const part of inside.split(",")) {
      const [, key = "", example = ""] =
        /^\s*["']?([A-Za-z_]\w{0,60})["']?\??\s*(?::\s*(.+?))?\s*$/s.exec(part) ?? [];
      if (key !== "" && !fields.has(key)) fields.set(key, proseField(key, example));
    }
  return [...fields.values()];
}

function proseField(key: string, example: string): ArgumentField {
  if (example === "true" || example === "false" || example === "boolean") return field(key, "boolean", {});
  const quoted = /^["'](.*)["']$/s.exec(example)?.[1];
  return field(key, "open", quoted === undefined ? {} : { description: `For example ${quoted}` });
}

function field(key: string, form: FieldForm, known: Partial<ArgumentField>): ArgumentField {
  const plain = { title: null, description: null, isRequired: false, usual: undefined, choices: [] };
  return { key, form, ...plain, least: undefined, most: undefined, ...known };
}

/** What is to be entered where a number is wanted, without the dot: `a whole number from 1 to 3`. */
export function wantedNumber({ form, least, most }: ArgumentField): string {
  const from = least === undefined ? "" : ` from ${least}`;
  const to = most === undefined ? "" : `${least === undefined ? " up" : ""} to ${most}`;
  return `${form === "integer" ? "a whole number" : "a number"}${from}${to}`;
}

/** What a choice is called. */
export function choiceText(choice: JsonValue): string {
  return typeof choice === "string" ? choice : JSON.stringify(choice);
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

export function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
