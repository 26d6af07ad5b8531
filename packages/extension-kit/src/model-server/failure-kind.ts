// Decides what a refusal means: its kind, and whether the same request may succeed later.
import type { ProviderFailure } from "@lathe/kernel";
import type { ErrorShape } from "./error-shape.ts";

type Kind = ProviderFailure["kind"];

/** `status` is the HTTP status where there was one: an error inside a stream comes after a 200. */
export function kindOfRefusal(status: number | null, shape: ErrorShape): Kind {
  const said = status ?? shape.status ?? statusByName(shape.names);
  const message = (shape.message ?? "").toLowerCase();
  if (said === 402 || shape.names.some(isSpendLimit) || containsAny(message, spentTexts)) return "quota";
  if (shape.names.includes("tool_use_failed")) return "tool-use-failed";
  if (said === 401 || said === 403) return "auth";
  if (said === 429) return "rate-limit";
  if (said === 498 || said === 503 || said === 529) return "overloaded";
  if (isContextLength(shape.names, message)) return "context-length";
  if (said === 408 || said === 409 || (said !== null && said >= 500)) return "server";
  // Gemini and xAI answer 400 to a key that they do not know.
  if (containsAny(message, wrongKeyTexts)) return "auth";
  if (isUnknownModel(said, shape.names, message)) return "model-not-found";
  // Whoever breaks off a stream without a name for it has a problem of their own.
  return said === null ? "server" : "bad-request";
}

export function isWorthRetrying(kind: Kind): boolean {
  return kind === "rate-limit" || kind === "overloaded" || kind === "server";
}

const statusesByName: ReadonlyMap<string, number> = new Map([
  ["invalid_request_error", 400],
  ["authentication_error", 401],
  ["invalid_api_key", 401],
  ["billing_error", 402],
  ["permission_error", 403],
  ["not_found_error", 404],
  ["model_not_found", 404],
  ["request_too_large", 413],
  ["rate_limit_error", 429],
  ["rate_limit_exceeded", 429],
  ["server_error", 500],
  ["api_error", 500],
  ["internal_server_error", 500],
  ["service_unavailable", 503],
  ["server_is_overloaded", 503],
  ["timeout_error", 504],
  ["overloaded_error", 529],
]);

function statusByName(names: readonly string[]): number | null {
  for (const name of names) {
    const status = statusesByName.get(name);
    if (status !== undefined) return status;
  }
  return null;
}

const spendLimits: ReadonlySet<string> = new Set([
  "insufficient_quota",
  "credit_balance_exhausted",
  "organization_usage_limit_exceeded",
  "enforced_spend_limit_reached",
  "billing_error",
  "insufficient_balance",
]);

function isSpendLimit(name: string): boolean {
  return spendLimits.has(name) || name.endsWith("_spend_limit_exceeded");
}

const spentTexts = ["credit balance is too low", "insufficient balance"];
const wrongKeyTexts = ["api key not valid", "incorrect api key", "invalid api key", "api key is invalid"];
const contextTexts = [
  "prompt is too long",
  "exceeds the context window",
  "maximum context length",
  "max context length",
  "exceeds the available context size",
  "greater than the context length",
  "longer than the context length",
  "exceeds the model's context",
];

function isContextLength(names: readonly string[], message: string): boolean {
  if (names.includes("context_length_exceeded")) return true;
  return (
    containsAny(message, contextTexts) ||
    (message.includes("input token count") && message.includes("exceed"))
  );
}

const modelNames = ["model_not_found", "invalid_model", "model_not_supported"];
const absences = [
  "not found",
  "not exist",
  "does not exist",
  "no such",
  "unknown",
  "invalid model",
  "not a valid",
];

function isUnknownModel(status: number | null, names: readonly string[], message: string): boolean {
  if (names.some((name) => modelNames.includes(name))) return true;
  // A 404 that does not speak of a model is a wrong address.
  if (!message.includes("model")) return false;
  return status === 404 || (status === 400 && containsAny(message, absences));
}

function containsAny(text: string, parts: readonly string[]): boolean {
  return parts.some((part) => text.includes(part));
}
