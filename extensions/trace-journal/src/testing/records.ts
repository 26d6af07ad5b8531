// Records for tests.
import type { SpanRecord } from "@lathe/kernel";

export function logRecord(message: string, source = "agents"): SpanRecord {
  return {
    kind: "log",
    source,
    traceId: null,
    spanId: null,
    atMs: 1,
    level: "info",
    message,
    attributes: {},
  };
}
