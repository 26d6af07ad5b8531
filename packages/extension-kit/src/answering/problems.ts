// What every transport says when it refuses or fails: RFC 9457 documents with a stable code, and nothing of the inside.
import {
  AppendConflictError,
  type Logger,
  StorageDamagedError,
  StorageFailedError,
  StorageOverloadedError,
  StorageReadOnlyError,
  TurnRefusedError,
  UnknownConversationError,
} from "@lathe/kernel";
import { type AnyOperation, type FieldError, type Principal, type Problem, ProblemError } from "@lathe/wire";

export function problem(
  status: number,
  code: string,
  detail: string,
  errors?: readonly FieldError[],
): Problem {
  return new ProblemError(status, code, detail, errors === undefined ? {} : { errors }).toProblem();
}

/** Why this principal may not ask for the operation; undefined = it may. Whose things it may touch is another question. */
export function refusalOf(principal: Principal, operation: AnyOperation): Problem | undefined {
  return principal.scopes.includes(operation.scope) ? undefined : forbidden;
}

const forbidden = problem(403, "forbidden", "The token may not be used for this operation.");

/** What the error of an operation means to its caller. One that the operation did not declare is logged, and not told. */
export function failureOf(operation: AnyOperation, error: unknown, logger: Logger): Problem {
  const known = problemOf(error);
  if (known !== undefined) return known;
  logger.log("error", "An operation failed in a way that it did not declare.", {
    operation: operation.name,
    error: textOf(error),
  });
  return internalProblem;
}

// Anything can be thrown, also what cannot be made into text.
function textOf(error: unknown): string {
  if (error instanceof Error) return `${error.name}: ${error.message}`;
  return typeof error === "string" ? error : `what was thrown is no Error but of the type ${typeof error}`;
}

function problemOf(error: unknown): Problem | undefined {
  if (error instanceof ProblemError) return error.toProblem();
  if (error instanceof UnknownConversationError) return problem(404, error.code, error.message);
  if (error instanceof TurnRefusedError) return refusedTurn(error);
  if (error instanceof AppendConflictError) return problem(409, error.code, error.message);
  if (error instanceof StorageReadOnlyError) return problem(507, error.code, storageFull);
  if (error instanceof StorageOverloadedError) return problem(503, error.code, storageBusy);
  if (error instanceof StorageDamagedError) return problem(500, error.code, storageDamaged);
  if (error instanceof StorageFailedError) return problem(503, error.code, storageBroken);
  return undefined;
}

function refusedTurn({ code, message }: TurnRefusedError): Problem {
  const field = refusedField[code];
  return problem(refusedStatus[code], code, message, field === undefined ? undefined : [{ field, message }]);
}

const refusedField: Partial<Readonly<Record<TurnRefusedError["code"], string>>> = {
  "unknown-model": "model",
  "no-model": "model",
  "unknown-agent": "agent",
  "unknown-price": "budget.usd",
};

const refusedStatus: Readonly<Record<TurnRefusedError["code"], number>> = {
  "turn-in-progress": 409,
  "unknown-model": 422,
  "unknown-agent": 422,
  "unknown-price": 422,
  "no-model": 422,
  draining: 503,
};

// The store's own messages may name files of this machine.
const storageFull =
  "The disk or the store is nearly full: reading works, nothing is written. Free some space and try again.";
const storageDamaged =
  "What is stored here is damaged, and is not shown. See what is with: lathe state verify";
const storageBusy = "The store has more to write than it can keep up with. Try again in a moment.";
const storageBroken = "The store has failed and the daemon is about to start again. Try again in a moment.";

export const internalProblem: Problem = problem(
  500,
  "internal",
  "Something broke inside of the daemon. What it was is in the daemon's log.",
);
