// What the outside can ask for, declared once. Transports turn the declaration into routes, validation, OpenAPI,
// requests and subscriptions; nothing else describes the API.
import { type ContributionPoint, type ConversationEvent, contributionPoint } from "@lathe/kernel";
import type { GenericSchema, InferOutput } from "valibot";

/**
 * One thing that a caller can ask for. It is contributed under its `name`.
 *
 * The input is one flat object: path parameters, query parameters and body fields together; names must not clash.
 */
export interface Operation<
  Input extends GenericSchema = GenericSchema,
  Output extends GenericSchema = GenericSchema,
> {
  /** `noun.verb`, for example `conversations.send`. */
  readonly name: string;
  /** One sentence for people who read the API's description. */
  readonly summary: string;
  /** What a caller must be allowed to do; `public` needs no token at all. */
  readonly scope: OperationScope;
  readonly rest: RestMapping;
  /** A valibot object schema; strict, so that an unknown field is an error that names it. */
  readonly input: Input;
  readonly output: Output;
  /** The problem codes that the handler can answer with, for the API's description. */
  readonly problems: readonly string[];

  /** Answers with the output, or throws a ProblemError. Anything else that it throws is answered as `internal`. */
  run(input: InferOutput<Input>, call: Call): Promise<InferOutput<Output>>;

  /**
   * Where present, a caller may ask for events instead of the output (`Accept: text/event-stream`): `run` is called
   * first, then the stream of what follows from its output is opened.
   */
  readonly follow?: (input: InferOutput<Input>, output: InferOutput<Output>, call: Call) => EventStream;
}

export type OperationScope = "public" | "read" | "write" | "admin";

export interface RestMapping {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With `:name` for parameters, for example `/api/conversations/:id`. */
  readonly path: string;
  /** Status of success: 200, 201, 202 or 204 (then the output is not sent). */
  readonly status: 200 | 201 | 202 | 204;
}

/** Who calls, and until when the caller waits. */
export interface Call {
  readonly principal: Principal;
  /** Aborts when the caller has gone away. Work that belongs to the daemon must not end with it. */
  readonly signal: AbortSignal;
}

export interface Principal {
  readonly id: string;
  readonly scopes: readonly OperationScope[];
}

/** Starts delivery to a sink; returns how to stop. Nothing is delivered before it returns. */
export type EventStream = (sink: EventSink) => () => void;

export interface EventSink {
  /** `json` gives the event serialized, once for all who ask; only durable events have a `seq`, the SSE id. */
  event(event: ConversationEvent, json: () => string): void;
  /** The stream is complete; with a problem where it could not be. */
  end(problem?: Problem): void;
}

/** RFC 9457 problem details, with a stable `code` to branch on. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** The fields that are wrong, where the input was. */
  readonly errors?: readonly FieldError[];
}

export interface FieldError {
  /** Dotted path of the field, for example `text` or `settings.effort`; empty = the whole input. */
  readonly field: string;
  readonly message: string;
}

/** What a handler throws to answer with a problem. The message says what happened and what to do. */
export class ProblemError extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly errors: readonly FieldError[];

  constructor(
    status: number,
    code: string,
    detail: string,
    options: ErrorOptions & { readonly title?: string; readonly errors?: readonly FieldError[] } = {},
  ) {
    super(detail, options);
    this.name = "ProblemError";
    this.status = status;
    this.code = code;
    this.title = options.title ?? code.replaceAll("-", " ");
    this.errors = options.errors ?? [];
  }

  toProblem(): Problem {
    return {
      type: `urn:lathe:problem:${this.code}`,
      title: this.title,
      status: this.status,
      code: this.code,
      detail: this.message,
      ...(this.errors.length > 0 ? { errors: this.errors } : {}),
    };
  }
}

// biome-ignore lint/suspicious/noExplicitAny: an operation is contravariant in its input; the list holds all of them.
export type AnyOperation = Operation<any, any>;

/** Declares an operation with its types inferred from its schemas. */
export function defineOperation<Input extends GenericSchema, Output extends GenericSchema>(
  operation: Operation<Input, Output>,
): Operation<Input, Output> {
  return operation;
}

export const Operations: ContributionPoint<AnyOperation> = contributionPoint<AnyOperation>("operations");
