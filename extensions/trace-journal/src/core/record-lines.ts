// One record, one line. JSON escapes every control character, so nothing that a record holds can end its line early.
import type { SpanRecord } from "@lathe/kernel";
import { attributesOf, type DropCounts, type DropReason } from "./drop-counts.ts";

/** The line of a record with its line feed, or why it has none. Never throws. */
export function lineOf(
  record: SpanRecord,
  lengthMax: number,
): string | Extract<DropReason, "tooLarge" | "notSerializable"> {
  let json: string | undefined;
  try {
    json = JSON.stringify(record);
  } catch {
    return "notSerializable";
  }
  if (json === undefined) return "notSerializable";
  return json.length > lengthMax ? "tooLarge" : `${json}\n`;
}

/** What the journal says in its own name where records are missing. */
export function dropRecord(counts: DropCounts, source: string, atMs: number): SpanRecord {
  return {
    kind: "log",
    source,
    traceId: null,
    spanId: null,
    atMs,
    level: "warn",
    message: "Records were dropped here.",
    attributes: attributesOf(counts),
  };
}

/** The record of one line, or undefined where the line is not a whole record (a torn write, foreign text). */
export function parseLine(line: string): SpanRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  return isRecord(value) ? value : undefined;
}

function isRecord(value: unknown): value is SpanRecord {
  if (typeof value !== "object" || value === null) return false;
  const { kind, source, atMs, attributes } = value as Partial<Record<keyof SpanRecord, unknown>>;
  return (
    (kind === "open" || kind === "close" || kind === "log") &&
    typeof source === "string" &&
    typeof atMs === "number" &&
    typeof attributes === "object" &&
    attributes !== null
  );
}
