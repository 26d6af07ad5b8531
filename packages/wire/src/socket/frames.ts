// What goes over a WebSocket: JSON texts, one frame each. A client says hello first; then it asks and subscribes, in any
// order and as much at once as it likes. Answers name the request, events name the stream.
import type { JsonObject, JsonValue, StreamEvent } from "@lathe/kernel";
import {
  exactOptional,
  type GenericSchema,
  literal,
  maxLength,
  minLength,
  nullable,
  object,
  picklist,
  pipe,
  strictObject,
  string,
  variant,
} from "valibot";
import type { OperationScope, Problem } from "../operation.ts";
import { agreesWith } from "../schemas/agreement.ts";
import { StreamEventSchema } from "../schemas/changes.ts";
import { ProblemSchema } from "../schemas/documents.ts";
import {
  CountSchema,
  IdSchema,
  JsonObjectSchema,
  JsonValueSchema,
  listOf,
  MillisecondsSchema,
} from "../schemas/values.ts";

/** What a client sends. */
export type ClientFrame = Hello | RequestFrame | SubscribeFrame | UnsubscribeFrame | PingFrame;

/** The first frame. `token` where the connection was opened without one (a page cannot send the header). */
export interface Hello {
  readonly type: "hello";
  /** The protocol version that the client speaks; the major number must be the daemon's. */
  readonly protocol: string;
  readonly token?: string;
}

/** Asks for one operation. Answered by a `response` or a `problem` with the same id. */
export interface RequestFrame {
  readonly type: "request";
  /** The client's own name for it, 1 to 64 characters. */
  readonly id: string;
  readonly operation: string;
  readonly input?: JsonObject;
  readonly idempotencyKey?: string;
}

/**
 * Asks for an operation that can be followed, and for what follows. Answered by a `subscribed` or a `problem`. Where its
 * stream is followed already, it begins again: what comes behind `subscribed` is what follows from the new position.
 */
export interface SubscribeFrame {
  readonly type: "subscribe";
  readonly id: string;
  readonly operation: string;
  readonly input?: JsonObject;
  readonly idempotencyKey?: string;
  /** Position of the last entry that the client has of the stream. */
  readonly lastEventId?: string;
}

/** No more events of this stream; one that is not subscribed is ignored. */
export interface UnsubscribeFrame {
  readonly type: "unsubscribe";
  readonly stream: string;
}

/** Asks for a `pong` with the same id: whether the daemon is there, for clients that cannot see protocol pings. */
export interface PingFrame {
  readonly type: "ping";
  readonly id: string;
}

/** What the daemon sends. */
export type ServerFrame =
  | Welcome
  | ResponseFrame
  | SubscribedFrame
  | ProblemFrame
  | EventFrame
  | EndFrame
  | PongFrame;

/** Answers the hello: from now on requests are taken. */
export interface Welcome {
  readonly type: "welcome";
  readonly protocol: string;
  readonly principal: { readonly id: string; readonly scopes: readonly OperationScope[] };
  readonly limits: {
    /** A larger frame closes the socket. */
    readonly frameBytesMax: number;
    /** One more is refused with the problem `too-many-subscriptions`. */
    readonly subscriptionCountMax: number;
    /** Frames of every kind; twice as many may come at once. More close the socket. */
    readonly framesPerSecondMax: number;
  };
  /** The daemon pings so often, and lets a connection go that is silent for twice as long. */
  readonly heartbeatMs: number;
}

export interface ResponseFrame {
  readonly type: "response";
  readonly id: string;
  readonly output: JsonValue;
}

export interface SubscribedFrame {
  readonly type: "subscribed";
  readonly id: string;
  /** What the operation answered. */
  readonly output: JsonValue;
  /** Name of the stream that follows, the same for everyone who follows it; null = it is over, nothing follows. */
  readonly stream: string | null;
}

/** `id` is that of the request; null = the frame could not be understood so far. */
export interface ProblemFrame {
  readonly type: "problem";
  readonly id: string | null;
  readonly problem: Problem;
}

/** One event of a stream. Entries come each once and in order; transient events may be merged or left out. */
export interface EventFrame {
  readonly type: "event";
  readonly stream: string;
  readonly event: StreamEvent;
}

/** The stream is over; with a problem where it could not be completed. */
export interface EndFrame {
  readonly type: "end";
  readonly stream: string;
  readonly problem?: Problem;
}

export interface PongFrame {
  readonly type: "pong";
  readonly id: string;
}

/** Why the daemon closes a socket (RFC 6455, section 7.4; 4000 to 4999 are Lathe's own). */
export const socketCloseCodes = {
  /** The daemon is shutting down: come again. */
  goingAway: 1001,
  /** The frame was no text. */
  notText: 1003,
  /** A limit was broken: the rate, the pieces of a frame, frames before the hello. Do not come again at once. */
  policy: 1008,
  /** A frame was larger than `frameBytesMax`. */
  tooLarge: 1009,
  /** The client read too slowly, and too much waits for it: come again, and go on from the last positions. */
  tooSlow: 1013,
  /** No hello in time, or nobody's token, or a token that is no longer good. */
  unauthorized: 4401,
  /** The client speaks another protocol version; the reason names the daemon's. */
  wrongProtocol: 4406,
} as const;

/** Where the daemon answers WebSocket upgrades. */
export const socketPath = "/api/socket";

const RequestIdSchema = pipe(string(), minLength(1), maxLength(64));
const OperationNameSchema = pipe(string(), minLength(1), maxLength(100));
const asked = {
  id: RequestIdSchema,
  operation: OperationNameSchema,
  input: exactOptional(JsonObjectSchema),
  idempotencyKey: exactOptional(pipe(string(), minLength(1), maxLength(200))),
};

export const ClientFrameSchema: GenericSchema<ClientFrame> = agreesWith<ClientFrame>()(
  variant("type", [
    strictObject({
      type: literal("hello"),
      protocol: pipe(string(), maxLength(40)),
      token: exactOptional(pipe(string(), maxLength(4_096))),
    }),
    strictObject({ type: literal("request"), ...asked }),
    strictObject({
      type: literal("subscribe"),
      ...asked,
      lastEventId: exactOptional(pipe(string(), maxLength(100))),
    }),
    strictObject({ type: literal("unsubscribe"), stream: pipe(string(), maxLength(300)) }),
    strictObject({ type: literal("ping"), id: RequestIdSchema }),
  ]),
);

export const ServerFrameSchema: GenericSchema<ServerFrame> = agreesWith<ServerFrame>()(
  variant("type", [
    object({
      type: literal("welcome"),
      protocol: string(),
      principal: object({ id: IdSchema, scopes: listOf(picklist(["public", "read", "write", "admin"])) }),
      limits: object({
        frameBytesMax: CountSchema,
        subscriptionCountMax: CountSchema,
        framesPerSecondMax: CountSchema,
      }),
      heartbeatMs: MillisecondsSchema,
    }),
    object({ type: literal("response"), id: string(), output: JsonValueSchema }),
    object({
      type: literal("subscribed"),
      id: string(),
      output: JsonValueSchema,
      stream: nullable(string()),
    }),
    object({ type: literal("problem"), id: nullable(string()), problem: ProblemSchema }),
    object({ type: literal("event"), stream: string(), event: StreamEventSchema }),
    object({ type: literal("end"), stream: string(), problem: exactOptional(ProblemSchema) }),
    object({ type: literal("pong"), id: string() }),
  ]),
);
