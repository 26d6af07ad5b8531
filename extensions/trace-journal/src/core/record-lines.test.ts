import type { SpanRecord } from "@lathe/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { logRecord } from "../testing/records.ts";
import { lineOf, parseLine } from "./record-lines.ts";

test("H7s: one record in, one line out, whatever its fields hold", () => {
  fc.assert(
    fc.property(anyRecord(), (record) => {
      const line = lineOf(record, Number.POSITIVE_INFINITY);
      expect(line.endsWith("\n")).toBe(true);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
      expect(line.slice(0, -1)).not.toMatch(/[\u0000-\u001f]/);
      expect(parseLine(line)).toEqual(record);
    }),
  );
});

test("a record that JSON cannot carry is told apart from one that is too long", () => {
  const circular: Record<string, unknown> = {};
  circular.itself = circular;
  const broken = { ...logRecord("x"), attributes: circular as never };
  const silent = { ...logRecord("x"), toJSON: () => undefined };
  expect(lineOf(broken, 1_000)).toBe("notSerializable");
  expect(lineOf(silent, 1_000)).toBe("notSerializable");
  // Each control character becomes six: the length that counts is the one on disk.
  expect(lineOf(logRecord("\u0001".repeat(400)), 1_000)).toBe("tooLarge");
});

test("a line that is not a whole record is not one", () => {
  const line = JSON.stringify(logRecord("hello"));
  expect(parseLine(line)).toEqual(logRecord("hello"));
  for (const text of [
    "",
    "null",
    "[]",
    "7",
    '{"kind":"log"}',
    '{"kind":"other","source":"a","atMs":1,"attributes":{}}',
  ])
    expect(parseLine(text)).toBeUndefined();
  for (let length = 0; length < line.length; length++)
    expect(parseLine(line.slice(0, length))).toBeUndefined();
});

/** Any record that an extension could write, with text as unpleasant as it can be. */
function anyRecord(): fc.Arbitrary<SpanRecord> {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      "\n",
      "\r\n",
      "\u0000",
      "\u001b[31m",
      '"}\n{"kind":"log"',
      "\u2028",
      "\ud800",
      "a\u0085b",
    ),
  );
  const idOrNull = fc.option(text, { nil: null });
  const value = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null));
  const attributes = fc.dictionary(text, value, { maxKeys: 5, noNullPrototype: true });
  const common = { source: text, spanId: text, traceId: text, atMs: fc.integer(), attributes };
  return fc.oneof(
    fc.record({ kind: fc.constant("open" as const), ...common, parentSpanId: idOrNull, name: text }),
    fc.record({
      kind: fc.constant("close" as const),
      ...common,
      parentSpanId: idOrNull,
      name: text,
      durationMs: fc.nat(),
      outcome: fc.constantFrom("ok" as const, "error" as const, "aborted" as const),
    }),
    fc.record({
      kind: fc.constant("log" as const),
      ...common,
      traceId: idOrNull,
      spanId: idOrNull,
      level: fc.constantFrom("debug" as const, "info" as const, "warn" as const, "error" as const),
      message: text,
    }),
  );
}
