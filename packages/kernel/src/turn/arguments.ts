import type { JsonObject, JsonValue } from "../contracts/json.ts";

/** What a model wrote as a call's arguments, or why it cannot be used. */
export type ParsedArguments =
  | { readonly kind: "ok"; readonly input: JsonObject }
  | { readonly kind: "invalid"; readonly problem: string };

const nestingMax = 64;
const lengthMax = 1_048_576;

/**
 * Parses the text of a call's arguments, which must be one JSON object of bounded size and nesting, of whole
 * characters. An empty text means `{}`. Deeper values parse, but break whoever serializes them again; half a character
 * parses, but a provider refuses the request that it comes back in.
 */
export function parseArguments(text: string): ParsedArguments {
  if (text.trim() === "") return { kind: "ok", input: {} };
  if (text.length > lengthMax) {
    return invalid(`The arguments are ${text.length} characters long; at most ${lengthMax} are accepted.`);
  }
  if (nestsTooDeep(text)) return invalid(`The arguments are nested deeper than ${nestingMax} levels.`);
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch (cause) {
    return invalid(
      `The arguments are not valid JSON (${cause instanceof Error ? cause.message : "unreadable"}).`,
    );
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    return invalid("The arguments must be a JSON object.");
  }
  if (!text.isWellFormed() || (halfEscape.test(text) && !isWellFormed(value))) {
    return invalid("The arguments hold half of a character (a lone surrogate).");
  }
  return { kind: "ok", input: value as JsonObject };
}

const halfEscape = /\\u[dD][89a-fA-F]/;

function isWellFormed(value: JsonValue): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (value === null || typeof value !== "object") return true;
  return Object.entries(value).every(([key, member]) => key.isWellFormed() && isWellFormed(member));
}

function invalid(problem: string): ParsedArguments {
  return { kind: "invalid", problem };
}

function nestsTooDeep(text: string): boolean {
  if (text.length <= 2 * nestingMax) return false;
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (inString) {
      if (unit === 0x5c) index++;
      else if (unit === 0x22) inString = false;
    } else if (unit === 0x22) inString = true;
    else if (unit === 0x7b || unit === 0x5b) {
      if (++depth > nestingMax) return true;
    } else if (unit === 0x7d || unit === 0x5d) depth--;
  }
  return false;
}

/** Names a call by what it does: equal for the same tool with the same input, whatever the order of the keys. */
export function callKey(name: string, input: JsonValue): string {
  return `${name} ${canonical(input)}`;
}

function canonical(value: JsonValue): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const object = value as JsonObject;
  const members = Object.keys(object)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(object[key] as JsonValue)}`);
  return `{${members.join(",")}}`;
}
