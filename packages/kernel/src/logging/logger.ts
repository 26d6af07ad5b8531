// Makes loggers and spans over one sink. The source is fixed when the logger is made, and the trace when the span is
// opened: whoever holds a logger or a span cannot write in another's name, or into another's trace. What was written is
// a value of its own: a sink may keep it, and nobody else can change it.
import type { Attributes, Body, Logger, LogLevel, LogSink, Span, SpanOutcome, SpanRef } from "./span.ts";

/** What a logger needs from outside. */
export interface LoggerDesk {
  readonly sink: LogSink;
  /** Milliseconds since 1970, for the time of a record. */
  readonly nowMs: () => number;
  /** For durations; never goes back. */
  readonly monotonicMs: () => number;
  /** 32 lower-case hexadecimal digits (W3C Trace Context). */
  readonly newTraceId: () => string;
  /** 16 lower-case hexadecimal digits. */
  readonly newSpanId: () => string;
}

const none: Attributes = Object.freeze({});

/** Creates the logger of one source, for example of an extension's id. */
export function createLogger(source: string, desk: LoggerDesk): Logger {
  return Object.freeze({
    source,
    log: (level: LogLevel, message: string, attributes?: Attributes, at?: SpanRef) =>
      writeLog(desk, source, at ?? null, level, message, attributes),
    openSpan: (name: string, attributes?: Attributes, parent?: SpanRef) =>
      new OpenSpan(
        desk,
        source,
        parent?.traceId ?? desk.newTraceId(),
        parent?.spanId ?? null,
        name,
        attributes,
      ),
  });
}

function writeLog(
  desk: LoggerDesk,
  source: string,
  span: SpanRef | null,
  level: LogLevel,
  message: string,
  attributes: Attributes | undefined,
): void {
  desk.sink.write({
    kind: "log",
    source,
    traceId: span === null ? null : span.traceId,
    spanId: span === null ? null : span.spanId,
    atMs: desk.nowMs(),
    level,
    message,
    attributes: copied(attributes),
  });
}

function copied(attributes: Attributes | undefined): Attributes {
  return attributes === undefined ? none : { ...attributes };
}

class OpenSpan implements Span {
  readonly spanId: string;
  readonly traceId: string;
  readonly #desk: LoggerDesk;
  readonly #source: string;
  readonly #parentSpanId: string | null;
  readonly #name: string;
  readonly #openedAtMs: number;
  #closed = false;

  constructor(
    desk: LoggerDesk,
    source: string,
    traceId: string,
    parentSpanId: string | null,
    name: string,
    attributes: Attributes | undefined,
  ) {
    this.#desk = desk;
    this.#source = source;
    this.#parentSpanId = parentSpanId;
    this.#name = name;
    this.traceId = traceId;
    this.spanId = desk.newSpanId();
    this.#openedAtMs = desk.monotonicMs();
    desk.sink.write({
      kind: "open",
      source,
      traceId,
      spanId: this.spanId,
      parentSpanId,
      name,
      atMs: desk.nowMs(),
      attributes: copied(attributes),
    });
    Object.freeze(this);
  }

  get keepsBodies(): boolean {
    return this.#desk.sink.writeBody !== undefined;
  }

  body(name: string, body: Body): void {
    const { sink, nowMs } = this.#desk;
    const { traceId, spanId } = this;
    sink.writeBody?.({ source: this.#source, traceId, spanId, atMs: nowMs(), name, body });
  }

  log(level: LogLevel, message: string, attributes?: Attributes): void {
    writeLog(this.#desk, this.#source, this, level, message, attributes);
  }

  openSpan(name: string, attributes?: Attributes): Span {
    return new OpenSpan(this.#desk, this.#source, this.traceId, this.spanId, name, attributes);
  }

  close(outcome: SpanOutcome, attributes?: Attributes): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#desk.sink.write({
      kind: "close",
      source: this.#source,
      traceId: this.traceId,
      spanId: this.spanId,
      parentSpanId: this.#parentSpanId,
      name: this.#name,
      atMs: this.#desk.nowMs(),
      durationMs: this.#desk.monotonicMs() - this.#openedAtMs,
      outcome,
      attributes: copied(attributes),
    });
  }
}

Object.freeze(OpenSpan.prototype);
