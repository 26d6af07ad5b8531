// What somebody has entered, as the input of a run; or what is wrong with it, field by field.
import type { JsonValue } from "@lathe/kernel";
import { jsonOf, reasonOf } from "../runs/answer-text.ts";
import { type ArgumentField, choiceText, isObject, wantedNumber } from "./argument-fields.ts";

/** By the keys of the arguments. */
export type Entered = Readonly<Record<string, string>>;

export interface LaunchEntries {
  /** Empty = the arguments are one JSON value. */
  readonly fields: readonly ArgumentField[];
  readonly entered: Entered;
  /** In place of the fields where there are none, or where somebody prefers it. Null = the fields count. */
  readonly json: string | null;
  /** Tokens, such as `200k`; empty = no limit. */
  readonly budget: string;
  /** Absolute folder; empty = the daemon's own choice. */
  readonly folder: string;
  readonly cache: "use" | "fresh" | "all";
}

export interface LaunchOptions {
  readonly args?: JsonValue;
  readonly budget?: { readonly tokens: number };
  readonly cwd?: string;
  readonly cache?: "fresh" | "all";
}

/** By `args.KEY`, `args`, `budget` or `cwd`, as the daemon names them too. */
export type FieldErrors = ReadonlyMap<string, string>;

export type ReadLaunch =
  | { readonly kind: "ready"; readonly options: LaunchOptions }
  | { readonly kind: "wrong"; readonly errors: FieldErrors };

export function readLaunch(entries: LaunchEntries): ReadLaunch {
  const errors = new Map<string, string>();
  const args = entries.json === null ? fieldArgs(entries, errors) : jsonArgs(entries.json, errors);
  const tokens = tokenCount(entries.budget, errors);
  const folder = entries.folder.trim();
  if (errors.size > 0) return { kind: "wrong", errors };
  return {
    kind: "ready",
    options: {
      ...(args === undefined ? {} : { args }),
      ...(tokens === undefined ? {} : { budget: { tokens } }),
      ...(folder === "" ? {} : { cwd: folder }),
      ...(entries.cache === "use" ? {} : { cache: entries.cache }),
    },
  };
}

/** Undefined where nothing is entered: a workflow may tell no arguments from an empty object. */
function fieldArgs({ fields, entered }: LaunchEntries, errors: Map<string, string>): JsonValue | undefined {
  const values: [string, JsonValue][] = [];
  for (const field of fields) {
    const read = readField(field, textOf(entered, field.key));
    if (read.kind === "wrong") errors.set(`args.${field.key}`, read.message);
    else if (read.kind === "value") values.push([field.key, read.value]);
    else if (field.isRequired) errors.set(`args.${field.key}`, "This is required.");
  }
  return values.length === 0 ? undefined : Object.fromEntries(values);
}

/** Keys are data: none is looked up through the prototype. */
export function textOf(entered: Entered, key: string): string {
  return Object.hasOwn(entered, key) ? (entered[key] ?? "") : "";
}

type ReadField =
  | { readonly kind: "absent" }
  | { readonly kind: "value"; readonly value: JsonValue }
  | { readonly kind: "wrong"; readonly message: string };

function readField(field: ArgumentField, text: string): ReadField {
  const { form, choices } = field;
  if (text.trim() === "") return { kind: "absent" };
  switch (form) {
    case "text":
      return { kind: "value", value: text };
    case "number":
    case "integer": {
      const value = Number(text);
      const isRight = isNumberFor(field, value);
      return isRight ? { kind: "value", value } : { kind: "wrong", message: `Enter ${wantedNumber(field)}.` };
    }
    case "boolean":
      return { kind: "value", value: text === "true" };
    case "choice": {
      const value = choices.find((choice) => choiceText(choice) === text);
      return value === undefined
        ? { kind: "wrong", message: "Choose one of the list." }
        : { kind: "value", value };
    }
    case "lines": {
      const lines = text.split("\n").map((line) => line.trim());
      return { kind: "value", value: lines.filter((line) => line !== "") };
    }
    case "json":
    case "open":
      return openValue(text, form === "json");
  }
}

function isNumberFor({ form, least = -Infinity, most = Infinity }: ArgumentField, value: number): boolean {
  const isOfForm = form === "integer" ? Number.isInteger(value) : Number.isFinite(value);
  return isOfForm && value >= least && value <= most;
}

function openValue(text: string, isJson: boolean): ReadField {
  const value = jsonOf(text);
  if (value !== undefined) return { kind: "value", value };
  // What begins like JSON was meant to be it: as a text it would be a surprise.
  if (isJson || /^\s*["[{]/.test(text))
    return { kind: "wrong", message: `This is not JSON. ${reasonOf(text)}` };
  return { kind: "value", value: text };
}

function jsonArgs(text: string, errors: Map<string, string>): JsonValue | undefined {
  if (text.trim() === "") return undefined;
  const read = openValue(text, false);
  if (read.kind === "wrong") errors.set("args", read.message);
  return read.kind === "value" ? read.value : undefined;
}

const units: Readonly<Record<string, number>> = { "": 1, k: 1_000, m: 1_000_000 };

function tokenCount(text: string, errors: Map<string, string>): number | undefined {
  if (text.trim() === "") return undefined;
  const [, digits, unit = ""] = /^\s*(\d{1,12}(?:\.\d{1,3})?)\s*([kKmM]?)\s*$/.exec(text) ?? [];
  const count = Math.round(Number(digits) * (units[unit.toLowerCase()] ?? 1));
  if (digits !== undefined && Number.isSafeInteger(count)) return count;
  errors.set("budget", "Enter a number of tokens, such as 200000 or 200k.");
  return undefined;
}

/** What stands in the fields for these arguments; null where the fields cannot say all of them. */
export function enteredOf(fields: readonly ArgumentField[], args: JsonValue | undefined): Entered | null {
  if (args === undefined) return {};
  if (!isObject(args)) return null;
  const entered: [string, string][] = [];
  for (const [key, value] of Object.entries(args)) {
    const field = fields.find((one) => one.key === key);
    const text = field === undefined ? undefined : fieldText(field, value);
    if (text === undefined) return null;
    entered.push([key, text]);
  }
  return Object.fromEntries(entered);
}

/** Undefined where reading the text would give another value. */
function fieldText(field: ArgumentField, value: JsonValue): string | undefined {
  const text = plainText(field, value);
  const read = readField(field, text);
  return read.kind === "value" && JSON.stringify(read.value) === JSON.stringify(value) ? text : undefined;
}

function plainText({ form }: ArgumentField, value: JsonValue): string {
  if (form === "lines" && Array.isArray(value)) return value.map(String).join("\n");
  if (form === "choice") return choiceText(value);
  return typeof value === "string" && form !== "json" ? value : JSON.stringify(value);
}

/** What the JSON field begins with: every key with what is usual for it. */
export function templateOf(fields: readonly ArgumentField[]): string {
  if (fields.length === 0) return "";
  return JSON.stringify(Object.fromEntries(fields.map((field) => [field.key, usualOf(field)])), null, 2);
}

function usualOf({ form, usual, choices }: ArgumentField): JsonValue {
  if (usual !== undefined) return usual;
  if (form === "number" || form === "integer") return 0;
  if (form === "boolean") return false;
  if (form === "choice") return choices[0] ?? "";
  if (form === "lines") return [];
  return form === "json" ? null : "";
}
