import { expect, test } from "vitest";
import { newSpanId, newTraceId } from "./trace-ids.ts";

test("names of traces and spans have the form of W3C Trace Context and do not repeat", () => {
  const traceIds = Array.from({ length: 2_000 }, newTraceId);
  const spanIds = Array.from({ length: 2_000 }, newSpanId);
  expect(traceIds.filter((id) => !/^[0-9a-f]{32}$/.test(id))).toEqual([]);
  expect(spanIds.filter((id) => !/^[0-9a-f]{16}$/.test(id))).toEqual([]);
  expect(new Set([...traceIds, ...spanIds]).size).toBe(4_000);
});
