// Reads what servers say when they refuse, in any of the forms that were seen.
import type { JsonObject, JsonValue } from "@lathe/kernel";
import { listOf, objectOf, textOf, type Unchecked } from "./json-access.ts";
import { retryInfoMs } from "./retry-after.ts";

export interface ErrorShape {
  readonly message: string | null;
  /** What the server itself calls it; `null` where it gives no name. */
  readonly code: string | null;
  /** All its names for it, in lower case. */
  readonly names: readonly string[];
  /** HTTP status, where the error names one. */
  readonly status: number | null;
  readonly retryAfterMs: number | null;
}

/**
 * Known forms: `{error: {message, type, code}}` (OpenAI), the same beside `type: "error"` (Anthropic), with `metadata`
 * (OpenRouter), with `details` (Azure, Google, Anthropic's spend limit), `{error: "text", code}` (xAI), `{detail}`
 * (FastAPI, Mistral), and the bare inner object.
 */
export function readErrorShape(value: Unchecked): ErrorShape {
  if (Array.isArray(value)) return readErrorShape(value[0]);
  if (typeof value === "string") return { ...emptyShape, message: textOf(value) ?? null };
  const outer = objectOf(value);
  if (outer === undefined) return emptyShape;
  const inner = objectOf(outer.error);
  if (inner !== undefined) return readInner(inner);
  const text = textOf(outer.error);
  if (text !== undefined) return { ...readInner(outer), message: text };
  if (outer.detail !== undefined) return { ...readInner(outer), message: detailText(outer.detail) };
  return readInner(outer);
}

const emptyShape: ErrorShape = { message: null, code: null, names: [], status: null, retryAfterMs: null };

function readInner(error: JsonObject): ErrorShape {
  const names = [error.type, error.code, error.status, objectOf(error.details)?.error_code].map(nameOf);
  const statuses = [error.status_code, error.code, error.status];
  return {
    message: messageOf(error),
    code: names[1] ?? names[0] ?? names[2] ?? null,
    names: names.filter((name) => name !== null).map((name) => name.toLowerCase()),
    status: statuses.find(isHttpStatus) ?? null,
    retryAfterMs: retryInfoMs(error.details),
  };
}

function messageOf(error: JsonObject): string | null {
  const message = textOf(error.message) ?? detailText(objectOf(error.message)?.detail);
  // OpenRouter puts what the model's own provider said below.
  const raw = textOf(objectOf(error.metadata)?.raw);
  if (message === null) return raw ?? null;
  return raw === undefined ? message : `${message} (${raw})`;
}

function detailText(detail: Unchecked): string | null {
  if (typeof detail === "string") return textOf(detail) ?? null;
  const parts = Array.isArray(detail) ? listOf(detail) : [detail];
  const texts = parts.map((part) => textOf(objectOf(part)?.msg) ?? textOf(objectOf(part)?.message));
  return texts.find((text) => text !== undefined) ?? null;
}

function nameOf(value: Unchecked): string | null {
  if (typeof value === "number") return String(value);
  return textOf(value) ?? null;
}

function isHttpStatus(value: JsonValue | undefined): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 400 && value <= 599;
}
