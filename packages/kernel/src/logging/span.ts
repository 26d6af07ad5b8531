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
  /** Says something outside of any span. */
  log(level: LogLevel, message: string, attributes?: Attributes): void;
  /** Opens a root span. Whoever opens a span closes it. */
  openSpan(name: string, attributes?: Attributes): Span;
}

export interface Span {
  readonly spanId: string;
  readonly traceId: string;
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
 * Takes records. `write` must return at once and must not throw: a sink queues within a bound and counts what it
 * drops. A sink that throws is left out for that record and counted; the turn goes on.
 */
export interface LogSink {
  write(record: SpanRecord): void;
  /** Settles when everything that was written before the call is stored or counted as dropped. Never rejects. */
  flush?(): Promise<void>;
}

export const LogSinks: ContributionPoint<LogSink> = contributionPoint<LogSink>("log-sinks");
