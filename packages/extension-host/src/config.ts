// The extension's part of the configuration: checked against the JSON Schema in its manifest, defaults filled in.
import type { JsonObject, JsonValue } from "@lathe/kernel";
import type { ErrorObject } from "ajv";
import { ConfigError } from "./errors.ts";
import { failureText } from "./failure-text.ts";
import type { Manifest } from "./manifest.ts";
import { copyJson, findPrototypeKey, freezeJson, isJsonObject } from "./plain-json.ts";

/**
 * What `host.config` shows: frozen; an empty object for an extension that takes no configuration.
 *
 * Throws ConfigError, which names the field. Where nothing was given and the schema has a default for all that it
 * requires, the answer is those defaults, unchecked: they are the author's own, and the validator (some 40 ms) stays
 * unloaded.
 */
export async function resolveConfig(manifest: Manifest, given: unknown): Promise<JsonValue> {
  const { id, config: schema } = manifest;
  const part = given ?? {};
  if (!isJsonObject(part)) throw new ConfigError(id, "it must be an object.");
  const prototypeKey = findPrototypeKey(part);
  if (prototypeKey !== undefined)
    throw new ConfigError(id, `${prototypeKey} is not a name that it may have.`);
  const first = Object.keys(part)[0];
  if (schema === null) {
    if (first === undefined) return Object.freeze({});
    throw new ConfigError(id, `it takes none. Remove ${first}.`);
  }
  const defaults = first === undefined ? defaultsOf(schema) : undefined;
  return freezeJson(defaults ?? (await checkedConfig(id, schema, part)));
}

/** The value that the schema's defaults make; undefined where they do not decide everything that is required. */
export function defaultsOf(schema: JsonObject): JsonObject | undefined {
  if (!Object.keys(schema).every((keyword) => plainKeywords.has(keyword))) return undefined;
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  const filled = withDefaults({}, properties);
  const required = Array.isArray(schema.required) ? schema.required : [];
  return required.every((name) => Object.hasOwn(filled, String(name))) ? filled : undefined;
}

// With any other keyword an empty object might not be good enough, and the validator has to judge.
const plainKeywords: ReadonlySet<string> = new Set([
  "$schema",
  "title",
  "description",
  "type",
  "properties",
  "required",
  "additionalProperties",
]);

function withDefaults(value: JsonObject, properties: JsonObject): JsonObject {
  const filled: Record<string, JsonValue> = { ...value };
  for (const [name, schema] of Object.entries(properties)) {
    if (!isJsonObject(schema)) continue;
    const own = Object.hasOwn(filled, name) ? filled[name] : schema.default;
    if (own !== undefined) filled[name] = deepDefaults(own, schema);
  }
  return filled;
}

function deepDefaults(value: JsonValue, schema: JsonObject): JsonValue {
  const properties = schema.properties;
  return isJsonObject(value) && isJsonObject(properties) ? withDefaults(value, properties) : value;
}

async function checkedConfig(id: string, schema: JsonObject, part: JsonObject): Promise<JsonValue> {
  const { Ajv } = await import("ajv");
  const ajv = new Ajv({ allErrors: true, useDefaults: true, strictTypes: false, logger: false });
  // The validator fills the defaults into the value itself.
  const config = copyJson(part);
  let fits: boolean;
  let errors: readonly ErrorObject[];
  try {
    // An asynchronous schema would answer with a promise, which says nothing here.
    const validate = ajv.compile({ ...schema, $async: false });
    fits = validate(config) === true;
    errors = validate.errors ?? [];
  } catch (cause) {
    throw new ConfigError(id, `the schema in its manifest is not valid (${failureText(cause)}).`, { cause });
  }
  if (!fits) throw new ConfigError(id, `${errors.map(errorText).join("; ")}.`);
  return config;
}

function errorText(error: ErrorObject): string {
  const field = error.instancePath.slice(1).replaceAll("/", ".");
  const extra: unknown = error.params.additionalProperty;
  if (typeof extra === "string")
    return `${field === "" ? extra : `${field}.${extra}`} is not a setting that it has`;
  const allowed: unknown = error.params.allowedValues;
  const choices = Array.isArray(allowed)
    ? `: ${allowed.map((value) => JSON.stringify(value)).join(", ")}`
    : "";
  return `${field === "" ? "it" : field} ${error.message ?? "is not valid"}${choices}`;
}
