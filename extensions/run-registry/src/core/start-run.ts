// Starts runs, each named request once.
import type { NamedRequests } from "@lathe/extension-kit";
import {
  type BudgetLimits,
  type Contributions,
  type IdsPower,
  type JsonValue,
  type PreparedChanges,
  type Run,
  RunInputError,
  type RunKind,
  type RunRequest,
} from "@lathe/kernel";
import { type Call, ProblemError } from "@lathe/wire";
import type { NewRunInput } from "@lathe/wire/operations";
import type { RunTable } from "./run-table.ts";

export interface StartDesk {
  readonly table: RunTable;
  readonly requests: NamedRequests<{ readonly runId: string }>;
  readonly kinds: Contributions<RunKind>;
  readonly ids: IdsPower;
}

export class RunStarter {
  readonly #desk: StartDesk;

  constructor(desk: StartDesk) {
    this.#desk = desk;
  }

  /** The run that the request began, now or when it came before. Throws ProblemError, and what the store throws. */
  start(input: NewRunInput, call: Call): Promise<Run> {
    return this.#desk.requests.once(call, input, {
      begin: (claim) => this.#start(input, call.principal.id, claim),
      answer: async ({ runId }) => (await this.#desk.table.get(runId)) ?? fail(runDeleted()),
    });
  }

  async #start(
    input: NewRunInput,
    owner: string,
    claim: ((begun: { readonly runId: string }) => PreparedChanges) | undefined,
  ): Promise<Run> {
    const { table, ids } = this.#desk;
    const kind = this.#kindOf(input.kind);
    const request = requestOf(input, kind);
    const runId = ids.newId("run");
    const joined = claim === undefined ? [] : [claim({ runId })];
    await kind.start(request, { owner, parentId: null, runId, joined }).catch((failure: unknown) => {
      throw failure instanceof RunInputError ? problemOf(failure) : failure;
    });
    const run = await table.get(runId);
    if (run === undefined) throw new Error(`The kind ${input.kind} has started a run without noting it.`);
    return run;
  }

  #kindOf(name: string): RunKind {
    const kind = this.#desk.kinds.get(name);
    if (kind !== undefined) return kind;
    const names = this.#desk.kinds.all().map((one) => one.name);
    const message = `There is no such kind of run. There are: ${names.join(", ") || "none"}.`;
    throw new ProblemError(422, "unknown-run-kind", message, { errors: [{ field: "kind", message }] });
  }
}

function requestOf(asked: NewRunInput, { takesBudget = false }: RunKind): RunRequest {
  const { agent, conversationId, budget } = asked;
  return {
    input: inputOf(takesBudget ? { ...asked, budget: undefined } : asked),
    ...(takesBudget && budget !== undefined ? { budget: limitsOf(budget) } : {}),
    ...(agent === undefined ? {} : { agent }),
    ...(conversationId === undefined ? {} : { conversationId }),
  };
}

function limitsOf(budget: NonNullable<NewRunInput["budget"]>): BudgetLimits {
  const { tokens = null, usd = null } = typeof budget === "number" ? { tokens: budget } : budget;
  return { tokens, usd };
}

/** Fields of the request that are an input by themselves. */
const inputFields = [
  ...(["workflow", "script", "args", "budget"] as const),
  ...(["cwd", "dryRun", "resumeFrom", "cache"] as const),
];

/** What the kind is given: `input`, or an object of the fields beside it. */
function inputOf(asked: NewRunInput): JsonValue {
  const given = inputFields.filter((field) => asked[field] !== undefined);
  const [first] = given;
  if (asked.input === undefined)
    return Object.fromEntries(given.map((field) => [field, asked[field] as JsonValue]));
  if (first !== undefined) throw inputTwice(first);
  return asked.input;
}

function inputTwice(field: string): ProblemError {
  const message = `The request has an \`input\` and the field \`${field}\`, which would be a part of it. Use one of them.`;
  return new ProblemError(422, "invalid-run-input", message, { errors: [{ field, message }] });
}

function problemOf({ status, code, field, message }: RunInputError): ProblemError {
  // Without a field, so that what is another's and what is not there are answered with as many bytes.
  return new ProblemError(status, code, message, field === "" ? {} : { errors: [{ field, message }] });
}

function runDeleted(): ProblemError {
  return new ProblemError(
    410,
    "run-deleted",
    "The run that was started with this Idempotency-Key has been deleted. Send a new key to start another.",
  );
}

function fail(problem: ProblemError): never {
  throw problem;
}
