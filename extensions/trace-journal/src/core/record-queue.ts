// Records that wait to be written, already cut into batches, so that a batch costs nothing to find.
import type { SpanRecord } from "@lathe/kernel";

export interface QueueLimits {
  /** A batch is full when it holds about so many bytes. */
  readonly batchBytes: number;
  readonly queueRecordCountMax: number;
  readonly queueBytesMax: number;
  readonly recordBytesMax: number;
}

export class RecordQueue {
  readonly #limits: QueueLimits;
  readonly #full: Batch[] = [];
  #open: Batch = { records: [], bytes: 0 };
  #recordCount = 0;
  #bytes = 0;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  get recordCount(): number {
    return this.#recordCount;
  }

  get hasFullBatch(): boolean {
    return this.#full.length > 0;
  }

  push(record: SpanRecord): "queued" | "queueFull" | "tooLarge" {
    const limits = this.#limits;
    const bytes = estimateBytes(record);
    if (bytes > limits.recordBytesMax) return "tooLarge";
    if (this.#recordCount >= limits.queueRecordCountMax || this.#bytes + bytes > limits.queueBytesMax)
      return "queueFull";
    this.#recordCount++;
    this.#bytes += bytes;
    this.#open.records.push(record);
    this.#open.bytes += bytes;
    if (this.#open.bytes >= limits.batchBytes) {
      this.#full.push(this.#open);
      this.#open = { records: [], bytes: 0 };
    }
    return "queued";
  }

  /** Takes the oldest batch; it may be empty. */
  take(): readonly SpanRecord[] {
    let batch = this.#full.shift();
    if (batch === undefined) {
      batch = this.#open;
      this.#open = { records: [], bytes: 0 };
    }
    this.#recordCount -= batch.records.length;
    this.#bytes -= batch.bytes;
    return batch.records;
  }
}

interface Batch {
  readonly records: SpanRecord[];
  bytes: number;
}

// Names, ids, numbers and punctuation of a usual record; only what can be long is measured.
const usualBytes = 250;

function estimateBytes(record: SpanRecord): number {
  let bytes = usualBytes;
  if (record.kind === "log") bytes += record.message.length;
  const { attributes } = record;
  for (const name in attributes) {
    const value = attributes[name];
    bytes += typeof value === "string" ? name.length + value.length : name.length + 8;
  }
  return bytes;
}
