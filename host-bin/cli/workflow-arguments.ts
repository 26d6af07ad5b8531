// What a workflow takes, as far as its metadata say it by a JSON Schema: `inputSchema`.
import type { JsonObject, JsonValue } from "@lathe/kernel";

/** One line for each argument: its name, what may stand there, what it is. Empty where nothing is declared. */
export function argumentLines(meta: JsonObject | null): readonly string[] {
  const { inputSchema } = meta ?? {};
  if (!isObject(inputSchema) || !isObject(inputSchema.properties)) return [];
  const { required } = inputSchema;
  const needed: readonly JsonValue[] = Array.isArray(required) ? required : [];
  return Object.entries(inputSchema.properties).map(([name, schema]) =>
    lineOf(name, isObject(schema) ? schema : {}, needed.includes(name)),
  );
}

function lineOf(name: string, schema: JsonObject, isNeeded: boolean): string {
  const facts = [typeText(schema), rangeText(schema), isNeeded ? "required" : "", usualText(schema)];
  const known = facts.filter((fact) => fact !== "").join(", ");
  const { description } = schema;
  return `${name}${known === "" ? "" : ` (${known})`}${typeof description === "string" ? `: ${description}` : ""}`;
}

function typeText({ type, enum: choices }: JsonObject): string {
  if (Array.isArray(choices)) return choices.map(valueText).join(" | ");
  return [type ?? []].flat().map(String).join(" or ");
}

function rangeText({ minimum, maximum }: JsonObject): string {
  if (typeof minimum === "number" && typeof maximum === "number") return `${minimum} to ${maximum}`;
  if (typeof minimum === "number") return `${minimum} or more`;
  return typeof maximum === "number" ? `${maximum} or less` : "";
}

function usualText({ default: usual }: JsonObject): string {
  return usual === undefined ? "" : `usually ${valueText(usual)}`;
}

function valueText(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
