// Every error that leaves the daemon is made here: RFC 9457 documents with a stable code, and nothing of the inside.
import {
  AppendConflictError,
  StorageFailedError,
  StorageOverloadedError,
  StorageReadOnlyError,
  TurnRefusedError,
  UnknownConversationError,
} from "@lathe/kernel";
import { type FieldError, type Problem, ProblemError } from "@lathe/wire";

/** An answer as it goes out. An empty body is not sent. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function problem(
  status: number,
  code: string,
  detail: string,
  errors?: readonly FieldError[],
): Problem {
  return new ProblemError(status, code, detail, errors === undefined ? {} : { errors }).toProblem();
}

export function problemAnswer(document: Problem, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status: document.status,
    headers: { "content-type": "application/problem+json", ...headers },
    body: JSON.stringify(document),
  };
}

/** What a handler's error means to the caller; undefined = nothing that the caller may know. */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof ProblemError) return error.toProblem();
  if (error instanceof UnknownConversationError) return problem(404, error.code, error.message);
  if (error instanceof TurnRefusedError) return refusalProblem(error);
  if (error instanceof AppendConflictError) return problem(409, error.code, error.message);
  if (error instanceof StorageReadOnlyError) return problem(507, error.code, storageFull);
  if (error instanceof StorageOverloadedError) return problem(503, error.code, storageBusy);
  if (error instanceof StorageFailedError) return problem(503, error.code, storageBroken);
  return undefined;
}

function refusalProblem({ code, message }: TurnRefusedError): Problem {
  const field = refusedField[code];
  return problem(refusalStatus[code], code, message, field === undefined ? undefined : [{ field, message }]);
}

const refusedField: Partial<Readonly<Record<TurnRefusedError["code"], string>>> = {
  "unknown-model": "model",
  "no-model": "model",
  "unknown-agent": "agent",
};

// The store's own messages may name files of this machine.
const storageFull =
  "The disk is nearly full: reading works, nothing is written. Free some space and try again.";
const storageBusy = "The store has more to write than it can keep up with. Try again in a moment.";
const storageBroken = "The store has failed and the daemon is about to start again. Try again in a moment.";

const refusalStatus: Readonly<Record<TurnRefusedError["code"], number>> = {
  "turn-in-progress": 409,
  "unknown-model": 422,
  "unknown-agent": 422,
  "no-model": 422,
  draining: 503,
};

export const internalProblem: Problem = problem(
  500,
  "internal",
  "Something broke inside of the daemon. What it was is in the daemon's log.",
);

/** A problem that passes by itself says when to come back. */
export function retryHeaders(document: Problem): Readonly<Record<string, string>> {
  return document.status === 503 ? { "retry-after": "2" } : {};
}
