// The rows that one batch adds to the store.
import type { Attributes, BodyRecord, Changes, JsonValue, Key, SpanRecord } from "@lathe/kernel";
import type { BodyReference, BodyTaker } from "./body-shelf.ts";
import type { Generation } from "./generations.ts";
import { keys, type ListPart, type Part } from "./keys.ts";
import type { LiveTrace } from "./live-traces.ts";
import { encodeBody, encodeRecord, encodeRow, encodeWhole, type StoredRecord } from "./span-codec.ts";

interface TraceRows {
  readonly trace: LiveTrace;
  readonly calls: number[];
  readonly records: StoredRecord[];
  /** Where the spans that opened in this batch stand among the records. */
  readonly opened: Map<string, number>;
}

// About what a row or a record takes beside its text.
const recordBytes = 100;
const rowBytes = 70;

export class TraceBatch implements BodyTaker {
  readonly #generation: Generation;
  readonly #traces = new Map<LiveTrace, TraceRows>();
  readonly #lists = new Map<number, { readonly at: number; readonly parts: ListPart[] }>();
  readonly #puts: { readonly key: Key; readonly value: JsonValue }[] = [];
  #last: TraceRows | undefined;
  bytes = 0;
  spanCount = 0;
  bodyCount = 0;
  brokenCount = 0;

  constructor(generation: Generation) {
    this.#generation = generation;
  }

  addRecord(trace: LiveTrace, record: SpanRecord): void {
    const rows = this.#rowsOf(trace);
    this.bytes += recordBytes;
    if (record.kind === "open") {
      this.spanCount++;
      rows.opened.set(record.spanId, rows.records.length);
    } else if (record.kind === "close") {
      const at = rows.opened.get(record.spanId);
      const opened = at === undefined ? undefined : rows.records[at];
      if (at !== undefined && opened?.[0] === "o") {
        rows.records[at] = encodeWhole(opened, record);
        return;
      }
    }
    rows.records.push(encodeRecord(record));
  }

  addBody(trace: LiveTrace, { spanId, name }: BodyRecord, body: BodyReference): void {
    this.bodyCount++;
    this.bytes += recordBytes + inlineBytes(body.before) + inlineBytes(body.after);
    this.#rowsOf(trace).records.push(encodeBody(spanId, name, body));
  }

  /** The number of a tool call of the trace. */
  addCall(trace: LiveTrace): number {
    const number = this.#generation.nextCall++;
    this.#rowsOf(trace).calls.push(number);
    return number;
  }

  put(key: Key, value: JsonValue, bytes: number): void {
    this.bytes += bytes;
    this.#puts.push({ key, value });
  }

  takePiece(hash: string, text: string): void {
    this.put(keys.piece(this.#generation.number, hash), text, rowBytes + text.length);
  }

  nextList(): number {
    return this.#generation.nextList++;
  }

  takeListPart(list: number, at: number, itemCount: number, parts: readonly Part[]): void {
    const part: ListPart = [itemCount, ...parts];
    const row = this.#lists.get(list);
    if (row === undefined) this.#lists.set(list, { at, parts: [part] });
    else row.parts.push(part);
    this.bytes += rowBytes + inlineBytes(parts);
  }

  skipItems(count: number): void {
    this.brokenCount += count;
  }

  /** Everything, as one commit. */
  changes(): NonNullable<Changes["puts"]> {
    const generation = this.#generation;
    for (const [list, { at, parts }] of this.#lists)
      this.put(keys.listRow(generation.number, list, at), parts as unknown as JsonValue, 0);
    for (const { trace, calls, records } of this.#traces.values()) {
      const { name, traceId, conversationId } = trace;
      const row = encodeRow({ conversationId, traceId, calls, records });
      this.put(keys.traceRow(generation.number, name, generation.nextRow++), row, rowBytes);
    }
    return this.#puts;
  }

  #rowsOf(trace: LiveTrace): TraceRows {
    if (this.#last?.trace === trace) return this.#last;
    let rows = this.#traces.get(trace);
    if (rows === undefined) {
      rows = { trace, calls: [], records: [], opened: new Map() };
      this.#traces.set(trace, rows);
    }
    this.#last = rows;
    return rows;
  }
}

function inlineBytes(parts: readonly Part[]): number {
  let bytes = 0;
  for (const part of parts) bytes += typeof part === "string" ? part.length : 60;
  return bytes;
}

/** The attributes as JSON can hold them. The same ones where nothing had to be left out. */
export function cleanAttributes(attributes: Attributes): Attributes {
  for (const name in attributes) {
    if (isPlain(attributes[name])) continue;
    return Object.fromEntries(Object.entries(attributes).filter(([, value]) => isPlain(value)));
  }
  return attributes;
}

function isPlain(value: unknown): boolean {
  return (
    value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean"
  );
}
