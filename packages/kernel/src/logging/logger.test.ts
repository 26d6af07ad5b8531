import { expect, test } from "vitest";
import { createLogger, type LoggerDesk } from "./logger.ts";
import type { Logger, SpanRecord } from "./span.ts";

interface Written {
  readonly logger: Logger;
  readonly records: readonly SpanRecord[];
  /** Lets both clocks go on; the wall clock can go back. */
  pass(ms: number, wallMs?: number): void;
}

function openLogger(source = "reader"): Written {
  const records: SpanRecord[] = [];
  let monotonicMs = 50;
  let wallMs = 1_000;
  let count = 0;
  const desk: LoggerDesk = {
    sink: { write: (record) => records.push(record) },
    nowMs: () => wallMs,
    monotonicMs: () => monotonicMs,
    newTraceId: () => `trace${++count}`,
    newSpanId: () => `span${++count}`,
  };
  const pass = (ms: number, wall = ms) => {
    monotonicMs += ms;
    wallMs += wall;
  };
  return { logger: createLogger(source, desk), records, pass };
}

test("a span is written when it opens and when it closes, with what is said in between", () => {
  const { logger, records, pass } = openLogger();
  const span = logger.openSpan("step", { index: 0 });
  pass(5);
  span.log("warn", "Slow.", { waitedMs: 5 });
  pass(7);
  span.close("ok", { tokens: 3 });
  const ids = { source: "reader", traceId: "trace1", spanId: "span2" };
  const opened = { parentSpanId: null, name: "step" };
  expect(records).toEqual([
    { kind: "open", ...ids, ...opened, atMs: 1_000, attributes: { index: 0 } },
    { kind: "log", ...ids, atMs: 1_005, level: "warn", message: "Slow.", attributes: { waitedMs: 5 } },
    {
      kind: "close",
      ...ids,
      ...opened,
      atMs: 1_012,
      durationMs: 12,
      outcome: "ok",
      attributes: { tokens: 3 },
    },
  ]);
});

test("a span below another names it as its parent, when it opens and when it closes, in the same trace", () => {
  const { logger, records } = openLogger();
  const turn = logger.openSpan("turn");
  const step = turn.openSpan("step");
  step.close("ok");
  turn.close("ok");
  expect(records.map((record) => "parentSpanId" in record && [record.name, record.parentSpanId])).toEqual([
    ["turn", null],
    ["step", turn.spanId],
    ["step", turn.spanId],
    ["turn", null],
  ]);
  expect(new Set(records.map((record) => record.traceId))).toEqual(new Set([turn.traceId]));
});

test("a second close writes nothing, whatever it says", () => {
  const { logger, records } = openLogger();
  const span = logger.openSpan("step");
  span.close("aborted");
  span.close("ok", { late: true });
  expect(records.filter((record) => record.kind === "close")).toMatchObject([{ outcome: "aborted" }]);
});

test("a duration does not follow a wall clock that jumps", () => {
  const { logger, records, pass } = openLogger();
  const span = logger.openSpan("step");
  pass(20, -86_400_000);
  span.close("ok");
  expect(records[1]).toMatchObject({ durationMs: 20, atMs: 1_000 - 86_400_000 });
});

test("what is said outside of any span belongs to no trace", () => {
  const { logger, records } = openLogger();
  logger.log("info", "Ready.");
  expect(records).toEqual([
    {
      kind: "log",
      source: "reader",
      traceId: null,
      spanId: null,
      atMs: 1_000,
      level: "info",
      message: "Ready.",
      attributes: {},
    },
  ]);
});

test("T7: whoever holds a logger or a span cannot write in another's name, or into another's trace", () => {
  const { logger, records } = openLogger();
  const span = logger.openSpan("turn");
  const { spanId, traceId } = span;
  const forged = { source: "kernel", spanId: "span0", traceId: "trace0" };
  for (const target of [logger, span]) {
    for (const [name, value] of Object.entries(forged)) {
      try {
        Object.defineProperty(target, name, { value });
      } catch {
        // A refusal is as good as no effect.
      }
    }
  }
  logger.log("error", "It was me.", forged);
  span.log("error", "It was me.", forged);
  span.openSpan("step", forged).close("ok", forged);
  span.close("ok", forged);
  logger.openSpan("other", forged);
  expect(logger.source).toBe("reader");
  expect([span.spanId, span.traceId]).toEqual([spanId, traceId]);
  expect(new Set(records.map((record) => record.source))).toEqual(new Set(["reader"]));
  expect(new Set(records.slice(2, -1).map((record) => record.traceId))).toEqual(new Set([traceId]));
});

test("T7: a method of one logger writes in the same name when it is called on another", () => {
  const { logger, records } = openLogger();
  const other = openLogger("kernel");
  logger.log.call(other.logger, "info", "Hello.");
  expect([records[0]?.source, other.records.length]).toEqual(["reader", 0]);
  const span = logger.openSpan("step");
  expect(() => span.close.call({ ...span, source: "kernel" } as never, "ok")).toThrow(TypeError);
});

test("attributes that are changed after the call do not change the record", () => {
  const { logger, records } = openLogger();
  const attributes = { index: 0 };
  const span = logger.openSpan("step", attributes);
  span.log("info", "Hello.", attributes);
  span.close("ok", attributes);
  attributes.index = 1;
  expect(records.map((record) => record.attributes.index)).toEqual([0, 0, 0]);
});
