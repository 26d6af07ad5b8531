// What waits to be written, already cut into batches, so that a batch costs nothing to find.
import type { SpanRecord } from "@lathe/kernel";
import { BodySizes } from "./body-sizes.ts";
import { isBody, type TraceEntry } from "./trace-entry.ts";

export interface QueueLimits {
  /** A batch is full when it holds about so many bytes. */
  readonly batchBytes: number;
  readonly queueRecordCountMax: number;
  readonly queueBytesMax: number;
  readonly recordBytesMax: number;
  readonly bodyBytesMax: number;
}

interface Batch {
  readonly entries: TraceEntry[];
  bytes: number;
}

export class TraceQueue {
  readonly #limits: QueueLimits;
  readonly #sizes = new BodySizes();
  readonly #full: Batch[] = [];
  #open: Batch = { entries: [], bytes: 0 };
  #recordCount = 0;
  #bytes = 0;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  get recordCount(): number {
    return this.#recordCount;
  }

  /** About. */
  get bytes(): number {
    return this.#bytes;
  }

  get hasFullBatch(): boolean {
    return this.#full.length > 0;
  }

  push(entry: TraceEntry): "queued" | "queueFull" | "tooLarge" {
    const limits = this.#limits;
    if (this.#recordCount >= limits.queueRecordCountMax) return "queueFull";
    const body = isBody(entry) ? entry.body : undefined;
    const bytes = body === undefined ? recordBytes(entry as SpanRecord) : this.#sizes.newBytes(body);
    if (bytes > (body === undefined ? limits.recordBytesMax : limits.bodyBytesMax)) return "tooLarge";
    if (this.#bytes + bytes > limits.queueBytesMax) return "queueFull";
    if (body !== undefined) this.#sizes.taken(body);
    this.#recordCount++;
    this.#bytes += bytes;
    this.#open.entries.push(entry);
    this.#open.bytes += bytes;
    if (this.#open.bytes >= limits.batchBytes) {
      this.#full.push(this.#open);
      this.#open = { entries: [], bytes: 0 };
    }
    return "queued";
  }

  /** Takes the oldest batch; it may be empty. */
  take(): readonly TraceEntry[] {
    let batch = this.#full.shift();
    if (batch === undefined) {
      batch = this.#open;
      this.#open = { entries: [], bytes: 0 };
    }
    this.#recordCount -= batch.entries.length;
    this.#bytes -= batch.bytes;
    return batch.entries;
  }
}

// Names, ids, numbers and punctuation of a usual record; only what can be long is measured.
const usualBytes = 250;

function recordBytes(record: SpanRecord): number {
  let bytes = usualBytes;
  if (record.kind === "log") bytes += record.message.length;
  const { attributes } = record;
  for (const name in attributes) {
    const value = attributes[name];
    if (typeof value === "string") bytes += name.length + value.length;
  }
  return bytes;
}
