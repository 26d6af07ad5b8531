// What a call or a stream can fail with: the daemon said no, or it could not be asked.
import type { FieldError, Problem } from "@lathe/wire";

/** The daemon refused, and says why: an RFC 9457 document with a stable `code` to branch on. */
export class LatheProblem extends Error {
  readonly status: number;
  /** `unknown` where something that is not Lathe answered in the daemon's place. */
  readonly code: string;
  readonly title: string;
  /** The fields that are wrong, where the input was. */
  readonly errors: readonly FieldError[];
  /** When the daemon wants to be asked again; null where it does not say. */
  readonly retryAfterMs: number | null;

  constructor(problem: Problem, options: ErrorOptions & { readonly retryAfterMs?: number | null } = {}) {
    super(problem.detail, options);
    this.name = "LatheProblem";
    this.status = problem.status;
    this.code = problem.code;
    this.title = problem.title;
    this.errors = problem.errors ?? [];
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}

/** The daemon could not be asked, or its answer did not arrive. */
export class ConnectionError extends Error {
  readonly code: /** Nobody could be reached. */
    | "unreachable"
    /** The connection broke, or stood still for too long. */
    | "dropped"
    /** Whoever answers is no Lathe daemon. */
    | "not-lathe"
    /** The daemon speaks another version of the protocol. */
    | "wrong-protocol"
    /** The client was closed. */
    | "closed";
  /** Whether the daemon may have done what was asked; what changes something is then not simply asked again. */
  readonly mayHaveHappened: boolean;

  constructor(
    code: ConnectionError["code"],
    message: string,
    options: ErrorOptions & { readonly mayHaveHappened?: boolean } = {},
  ) {
    super(message, options);
    this.name = "ConnectionError";
    this.code = code;
    this.mayHaveHappened = options.mayHaveHappened ?? false;
  }
}

export function unreachable(url: string, cause: unknown, mayHaveHappened = false): ConnectionError {
  const message = `The daemon on ${url} does not answer (${reasonOf(cause)}). See whether it runs: lathe doctor`;
  return new ConnectionError("unreachable", message, { cause, mayHaveHappened });
}

export function dropped(url: string, cause: unknown, mayHaveHappened = false): ConnectionError {
  const hint = mayHaveHappened
    ? "It may have done what was asked: look before you ask again."
    : "Ask again in a moment.";
  const message = `The connection to the daemon on ${url} was lost (${reasonOf(cause)}). ${hint}`;
  return new ConnectionError("dropped", message, { cause, mayHaveHappened });
}

export function notLathe(url: string, what: string): ConnectionError {
  return new ConnectionError(
    "not-lathe",
    `What answers on ${url} is no Lathe daemon: ${what}. Check the address.`,
  );
}

export function closedClient(): ConnectionError {
  return new ConnectionError("closed", "The client was closed. Connect again with a new one.");
}

const transientStatuses: readonly number[] = [408, 425, 429];

/** Whether the same may well succeed later, with nobody changing anything here. */
export function canHeal(failure: unknown): failure is LatheProblem | ConnectionError {
  if (failure instanceof LatheProblem)
    return failure.status >= 500 || transientStatuses.includes(failure.status);
  return failure instanceof ConnectionError && failure.code !== "closed" && failure.code !== "wrong-protocol";
}

/** `fetch` says only that it failed; why is in the cause, where there is one. */
function reasonOf(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure);
  if ("code" in failure && typeof failure.code === "string") return failure.code;
  return failure.cause === undefined ? failure.message : reasonOf(failure.cause);
}

const neverSent: readonly string[] = [
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
];

/** Whether it is certain that not a byte has reached the daemon. A browser never tells. */
export function wasNeverSent(failure: unknown): boolean {
  return neverSent.includes(reasonOf(failure));
}
