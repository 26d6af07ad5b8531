// Failures of one attempt, as the contract wants them: safe to show, without the key.
import { type JsonValue, NetworkError, type ProviderFailure } from "@lathe/kernel";
import { readErrorShape } from "./error-shape.ts";
import { isWorthRetrying, kindOfRefusal } from "./failure-kind.ts";
import { parseJson } from "./json-access.ts";
import { retryAfterMs } from "./retry-after.ts";

/** Who was asked, for the messages. */
export interface ServerName {
  /** The provider's id. */
  readonly id: string;
  /** The key, which no message may show; `null` where none is sent. */
  readonly key: string | null;
  /** Where the key was read from, such as the name of an environment variable. */
  readonly keySource: string | null;
}

export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** What an HTTP answer outside of 2xx means. */
export function failureOfRefusal(server: ServerName, refusal: Refusal, nowMs: number): ProviderFailure {
  const { status, headers, text } = refusal;
  if (status < 400) return failureOfRedirect(server, refusal);
  const shape = readErrorShape(parseJson(text));
  const kind = kindOfRefusal(status, shape);
  const reason =
    shape.message ?? `It sent no reason that can be read (${headers["content-type"] ?? "no type"}).`;
  return {
    kind,
    message: toMessage(server, `${server.id} answered ${status}: ${reason}${adviceFor(server, kind)}`),
    status,
    code: shape.code,
    retryable: isRetryable(kind, headers["x-should-retry"]),
    retryAfterMs: retryAfterMs(headers, nowMs) ?? shape.retryAfterMs,
  };
}

/** What an error inside of an answer means. `error` is what the server calls its error, in any form. */
export function failureInStream(server: ServerName, error: JsonValue): ProviderFailure {
  const shape = readErrorShape(error);
  const kind = kindOfRefusal(null, shape);
  const reason = shape.message ?? "it gave no reason.";
  return {
    kind,
    message: toMessage(server, `${server.id} broke off its answer: ${reason}${adviceFor(server, kind)}`),
    status: shape.status,
    code: shape.code,
    retryable: isWorthRetrying(kind),
    retryAfterMs: shape.retryAfterMs,
  };
}

/** What a lost connection means, before the head of the answer or inside its body. */
export function failureOfNetwork(
  server: ServerName,
  cause: unknown,
  phase: "head" | "body",
): ProviderFailure {
  const code = cause instanceof NetworkError ? cause.code : "reset";
  const reason = cause instanceof Error ? cause.message : "The connection failed.";
  const message = toMessage(server, `${server.id}: ${reason}`);
  const blank = { message, status: null, code, retryAfterMs: null };
  if (code === "invalid-url" || code === "not-permitted")
    return { ...blank, kind: "bad-request", retryable: false };
  if (phase === "head") return { ...blank, kind: "network", retryable: true };
  return { ...blank, kind: code === "timeout" ? "idle-timeout" : "truncated", retryable: true };
}

export function truncated(server: ServerName): ProviderFailure {
  const message = `${server.id} ended its stream before the answer was finished.`;
  return { kind: "truncated", message, status: null, code: null, retryable: true, retryAfterMs: null };
}

/** `problem` goes on after the server's name, and shows nothing of what the server sent. */
export function malformed(server: ServerName, problem: string): ProviderFailure {
  const message = `${server.id} ${problem}`;
  return { kind: "malformed", message, status: null, code: null, retryable: false, retryAfterMs: null };
}

function failureOfRedirect(server: ServerName, { status }: Refusal): ProviderFailure {
  const message = `${server.id} answered ${status}, which sends the request elsewhere. Redirects are not followed: correct the base URL.`;
  return { kind: "bad-request", message, status, code: null, retryable: false, retryAfterMs: null };
}

function adviceFor(server: ServerName, kind: ProviderFailure["kind"]): string {
  if (kind !== "auth") return "";
  if (server.keySource === null) return " No key was sent.";
  return ` The key was read from ${server.keySource}.`;
}

// The servers' own clients obey this header, too. Money and keys do not come back by waiting.
function isRetryable(kind: ProviderFailure["kind"], advice: string | undefined): boolean {
  if (advice === "false" || kind === "auth" || kind === "quota") return false;
  return advice === "true" || isWorthRetrying(kind);
}

const messageLengthMax = 1_000;

function toMessage(server: ServerName, text: string): string {
  const safe = server.key === null || server.key === "" ? text : text.replaceAll(server.key, "[the key]");
  return safe.length <= messageLengthMax ? safe : `${safe.slice(0, messageLengthMax).toWellFormed()}…`;
}
