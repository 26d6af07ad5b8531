// What a trace is made of, and who may write one. Records are plain values, written when a span opens, when it
// closes and when something is said in between, so that a crash leaves a readable tree.
import { type ContributionPoint, contributionPoint } from "../token.ts";

/** Small facts about a span. No prompt, no output, no secret: large or private content does not belong here. */
export interface Attributes {
  readonly [name: string]: string | number | boolean | null;
}

/** Writes records of one source. The host makes it and stamps the extension's id; it cannot be forged. */
export interface Logger {
  readonly source: string;
  /** Says something; of a span where one is named. */
  log(level: LogLevel, message: string, attributes?: Attributes, at?: SpanRef): void;
  /** Opens a span, below another where one is named, else as a root. Whoever opens a span closes it. */
  openSpan(name: string, attributes?: Attributes, parent?: SpanRef): Span;
}

/** Names a span without the right to write to it. */
export interface SpanRef {
  readonly spanId: string;
  readonly traceId: string;
}

export interface Span extends SpanRef {
  /** Whether anybody keeps bodies: if not, nobody needs to make them. */
  readonly keepsBodies: boolean;
  /** Hands over large content that belongs to the span, under a name such as `prompt`. */
  body(name: string, body: Body): void;
  log(level: LogLevel, message: string, attributes?: Attributes): void;
  /** Opens a span below this one, in the same trace. */
  openSpan(name: string, attributes?: Attributes): Span;
  /** Ends the span. A second call does nothing. */
  close(outcome: SpanOutcome, attributes?: Attributes): void;
}

export type LogLevel = "debug" | "info" | "warn" | "error";
export type SpanOutcome = "ok" | "error" | "aborted";

export type SpanRecord =
  | {
      readonly kind: "open";
      readonly source: string;
      readonly traceId: string;
      readonly spanId: string;
      readonly parentSpanId: string | null;
      readonly name: string;
      readonly atMs: number;
      readonly attributes: Attributes;
    }
  | {
      readonly kind: "close";
      readonly source: string;
      readonly traceId: string;
      readonly spanId: string;
      readonly parentSpanId: string | null;
      readonly name: string;
      readonly atMs: number;
      readonly durationMs: number;
      readonly outcome: SpanOutcome;
      readonly attributes: Attributes;
    }
  | {
      readonly kind: "log";
      readonly source: string;
      readonly traceId: string | null;
      readonly spanId: string | null;
      readonly atMs: number;
      readonly level: LogLevel;
      readonly message: string;
      readonly attributes: Attributes;
    };

/**
 * Large content that belongs to a span: the head, the items in order, the tail, one behind the other. It is kept apart
 * from the thin attributes, and is made into text by the sink alone, when it has the time.
 */
export interface Body {
  /** The same string again costs nothing. */
  readonly head: string;
  /** Only ever grows at its end while it keeps its identity: a sink that knows its beginning looks at what is new. */
  readonly items: readonly BodyItem[];
  /** How many of the items belong to this body. */
  readonly itemCount: number;
  readonly tail: string;
}

/** A string stands for itself, bytes for UTF-8 text, anything else for its JSON and a line end. None is ever changed. */
export type BodyItem = string | Uint8Array | object;

export interface BodyRecord {
  readonly source: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly atMs: number;
  readonly name: string;
  readonly body: Body;
}

/**
 * Takes records. `write` must return at once and must not throw: a sink queues within a bound and counts what it
 * drops. A sink that throws is left out for that record and counted; the turn goes on.
 */
export interface LogSink {
  write(record: SpanRecord): void;
  /** As `write`. Absent = the sink keeps no bodies. It redacts what it keeps of them. */
  readonly writeBody?: ((record: BodyRecord) => void) | undefined;
  /** Settles when everything that was written before the call is stored or counted as dropped. Never rejects. */
  flush?(): Promise<void>;
}

export const LogSinks: ContributionPoint<LogSink> = contributionPoint<LogSink>("log-sinks");
