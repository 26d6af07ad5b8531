// Starts runs, each named request once.
import {
  type Contributions,
  type IdsPower,
  type JsonValue,
  type Run,
  RunInputError,
  type RunKind,
  type RunRequest,
} from "@lathe/kernel";
import { type Call, ProblemError } from "@lathe/wire";
import type { NewRunInput } from "@lathe/wire/operations";
import { type Claim, hashOf, type IdempotencyKeys, type NamedRequest } from "./idempotency.ts";
import type { RunTable } from "./run-table.ts";

export interface StartDesk {
  readonly table: RunTable;
  readonly keys: IdempotencyKeys;
  readonly kinds: Contributions<RunKind>;
  readonly ids: IdsPower;
}

// Transports take other texts, too; this is what the store keeps.
const isKey = /^[\x21-\x7e]{1,200}$/;

export class RunStarter {
  readonly #desk: StartDesk;
  /** What is being started under a name, by owner and key: whoever comes with the same name waits for it. */
  readonly #underWay = new Map<string, Promise<unknown>>();

  constructor(desk: StartDesk) {
    this.#desk = desk;
  }

  /** The run that the request began, now or when it came before. Throws ProblemError, and what the store throws. */
  async start(input: NewRunInput, { principal, idempotencyKey: key }: Call): Promise<Run> {
    const owner = principal.id;
    if (key === undefined) return this.#start(input, owner);
    if (!isKey.test(key)) throw notAKey();
    const named: NamedRequest = { owner, key, hash: hashOf(input) };
    const name = JSON.stringify([owner, key]);
    const before = this.#underWay.get(name) ?? Promise.resolve();
    const started = before.then(
      () => this.#startOnce(input, named),
      () => this.#startOnce(input, named),
    );
    this.#underWay.set(name, started);
    try {
      return await started;
    } finally {
      if (this.#underWay.get(name) === started) this.#underWay.delete(name);
    }
  }

  async #startOnce(input: NewRunInput, named: NamedRequest): Promise<Run> {
    const known = await this.#desk.keys.find(named);
    if (known !== undefined) return this.#runOf(known, named);
    try {
      return await this.#start(input, named.owner, named);
    } catch (failure) {
      // Another process may have been first; then this request was answered there.
      const claimed = await this.#desk.keys.find(named).catch(() => undefined);
      if (claimed === undefined) throw failure;
      return this.#runOf(claimed, named);
    }
  }

  async #start(input: NewRunInput, owner: string, named?: NamedRequest): Promise<Run> {
    const { table, keys, ids } = this.#desk;
    const kind = this.#kindOf(input.kind);
    const request = requestOf(input);
    const runId = ids.newId("run");
    const joined = named === undefined ? [] : [keys.claim(named, runId)];
    await kind.start(request, { owner, parentId: null, runId, joined }).catch((failure: unknown) => {
      throw failure instanceof RunInputError ? problemOf(failure) : failure;
    });
    const run = await table.get(runId);
    if (run === undefined) throw new Error(`The kind ${input.kind} has started a run without noting it.`);
    return run;
  }

  async #runOf({ hash, runId }: Claim, named: NamedRequest): Promise<Run> {
    if (hash !== named.hash) throw keyReused();
    const run = await this.#desk.table.get(runId);
    if (run === undefined) throw runDeleted();
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

function requestOf(asked: NewRunInput): RunRequest {
  const { agent, conversationId } = asked;
  return {
    input: inputOf(asked),
    ...(agent === undefined ? {} : { agent }),
    ...(conversationId === undefined ? {} : { conversationId }),
  };
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

function notAKey(): ProblemError {
  return new ProblemError(
    400,
    "invalid-idempotency-key",
    "An Idempotency-Key has 1 to 200 visible ASCII characters.",
  );
}

function keyReused(): ProblemError {
  return new ProblemError(
    422,
    "idempotency-key-reused",
    "This Idempotency-Key was used for another request. Send a new key with a new request.",
  );
}

function runDeleted(): ProblemError {
  return new ProblemError(
    410,
    "run-deleted",
    "The run that was started with this Idempotency-Key has been deleted. Send a new key to start another.",
  );
}
