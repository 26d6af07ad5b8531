// What the outside can ask for, declared once. Transports turn the declaration into routes, validation, OpenAPI,
// requests and subscriptions; nothing else describes the API.
import { type ContributionPoint, contributionPoint, type RunEvent, type StreamEvent } from "@lathe/kernel";
import type { GenericSchema, InferOutput } from "valibot";

/**
 * One thing that a caller can ask for, as both sides know it: the daemon implements it, clients are typed from it.
 *
 * The input is one flat object: path parameters, query parameters and body fields together; names must not clash.
 */
export interface OperationDeclaration<
  Input extends GenericSchema = GenericSchema,
  Output extends GenericSchema = GenericSchema,
  Event extends StreamEvent = StreamEvent,
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
  /** What those who follow it are shown; absent = it cannot be followed. */
  readonly events?: GenericSchema<Event>;
  /** Whether a call that has the `idempotencyKey` of an earlier one is answered as that one was. */
  readonly idempotencyKeys?: true;
}

/** A declaration with what it does. It is contributed under its `name`. */
export interface Operation<
  Input extends GenericSchema = GenericSchema,
  Output extends GenericSchema = GenericSchema,
> extends OperationDeclaration<Input, Output> {
  /** Answers with the output, or throws a ProblemError. Anything else that it throws is answered as `internal`. */
  run(input: InferOutput<Input>, call: Call): Promise<InferOutput<Output>>;

  /**
   * Where present, a caller may ask for events instead of the output (`Accept: text/event-stream`): `run` is called
   * first, then the stream of what follows from its output is opened. Undefined = all of it is over and known: a client
   * that comes again with its last position is told so (204) instead of being sent nothing for ever.
   */
  readonly follow?: (
    input: InferOutput<Input>,
    output: InferOutput<Output>,
    call: Call,
  ) => EventStream | undefined;
  /**
   * What the stream shows, for example `conversation:cnv_1`: two that have the same name show the same events. Needed
   * where there is a `follow`.
   */
  readonly streamName?: (input: InferOutput<Input>, output: InferOutput<Output>) => string;
}

export type OperationScope = "public" | "read" | "write" | "admin";

export interface RestMapping {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With `:name` for parameters, for example `/api/conversations/:id`. */
  readonly path: string;
  /** Status of success: 200, 201, 202 or 204 (then the output is not sent). */
  readonly status: 200 | 201 | 202 | 204;
  /** The address is that of a stream: whoever does not ask for JSON by name gets the events. */
  readonly stream?: true;
}

/** Who calls, and until when the caller waits. */
export interface Call {
  readonly principal: Principal;
  /** Aborts when the caller has gone away. Work that belongs to the daemon must not end with it. */
  readonly signal: AbortSignal;
  /** The caller's own name for this request: asked again with it, the same is answered and nothing is done twice. */
  readonly idempotencyKey?: string;
  /** What a client that comes again says it saw last, as it was sent (`Last-Event-ID`); it may be anything. */
  readonly lastEventId?: string;
  /** The one cookie that a browser keeps for this daemon. Absent where the transport has none, as over WebSocket. */
  readonly cookie?: CallCookie;
}

/** The cookie of a page's session. What is kept or dropped goes out with the answer, whatever the answer is. */
export interface CallCookie {
  /** By which the caller was recognized; null where it was by a token. */
  readonly secret: string | null;
  /** Has the browser keep `secret` for so long, in place of what it has: visible ASCII without `;`, `,`, `"` and `\`. */
  keep(secret: string, maxAgeMs: number): void;
  /** Has the browser forget it. */
  drop(): void;
}

export interface Principal {
  readonly id: string;
  readonly scopes: readonly OperationScope[];
}

/** Starts delivery to a sink; returns how to stop. Nothing is delivered before it returns. */
export type EventStream = (sink: EventSink) => () => void;

export interface EventSink {
  /**
   * Asked before each entry of a replay: undefined = the client can take more now, else it settles when it can, or has
   * gone. Absent = always. A source that asks is never ended for what its client has not read of the replay.
   */
  ready?(): Promise<void> | undefined;
  /** `json` gives the event serialized, once for all who ask; only durable events have a `seq`, the SSE id. */
  event(event: StreamEvent, json: () => string): void;
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

/** A declaration by the types of its sides: what is taken, what is answered, and what may be sent where defaults fill in. */
export type Declared<
  Input,
  Output,
  Sent = Input,
  Event extends StreamEvent = RunEvent,
> = OperationDeclaration<GenericSchema<Sent, Input>, GenericSchema<Output>, Event>;

/** An input of which these fields may be left out: the schema fills them in. */
export type Defaulted<Input, Fields extends keyof Input> = Omit<Input, Fields> & {
  readonly [Field in Fields]?: Input[Field] | undefined;
};

/** One page of a list; `nextCursor` is what to ask the next one with, null where this is the last. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** Declares an operation, with the types of both sides inferred from its schemas. */
export function declareOperation<
  Input extends GenericSchema,
  Output extends GenericSchema,
  Event extends StreamEvent,
>(declaration: OperationDeclaration<Input, Output, Event>): OperationDeclaration<Input, Output, Event> {
  return declaration;
}

/** What makes an operation of a declaration. */
export type OperationHandlers<Input extends GenericSchema, Output extends GenericSchema> = Pick<
  Operation<Input, Output>,
  "run" | "follow" | "streamName"
>;

/** Implements a declared operation. */
export function implementOperation<Input extends GenericSchema, Output extends GenericSchema>(
  declaration: OperationDeclaration<Input, Output>,
  handlers: OperationHandlers<Input, Output>,
): Operation<Input, Output> {
  return { ...declaration, ...handlers };
}

/** Declares and implements in one, for operations that no client needs to be typed from. */
export function defineOperation<Input extends GenericSchema, Output extends GenericSchema>(
  operation: Operation<Input, Output>,
): Operation<Input, Output> {
  return operation;
}

export const Operations: ContributionPoint<AnyOperation> = contributionPoint<AnyOperation>("operations");
