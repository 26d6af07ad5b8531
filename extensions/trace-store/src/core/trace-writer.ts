// Writes one batch after the other, each in one commit.
//
// Invariants
//   W1  A batch is stored as a whole or not at all. After one that was not, nothing that it held is taken for stored.
//   W2  Nothing is read: what is needed to write is in memory, and bounded.
import type { BodyRecord, ClockPower, SpanRecord, Storage } from "@lathe/kernel";
import { BodyShelf } from "./body-shelf.ts";
import { CallBook } from "./call-book.ts";
import type { Drops } from "./drops.ts";
import { type Generations, generationRow } from "./generations.ts";
import type { TextDesk } from "./item-text.ts";
import { isName } from "./keys.ts";
import { LiveTraces } from "./live-traces.ts";
import { cleanAttributes, TraceBatch } from "./trace-batch.ts";
import { isBody, type TraceEntry } from "./trace-entry.ts";

export interface WriterDesk extends TextDesk {
  readonly storage: Storage;
  readonly generations: Generations;
  readonly clock: ClockPower;
  readonly drops: Drops;
  /** A generation is full: there may be something to remove. */
  readonly onRolled: () => void;
}

export class TraceWriter {
  readonly #desk: WriterDesk;
  readonly #traces = new LiveTraces();
  readonly #calls = new CallBook();
  #shelf: BodyShelf;
  #shelfGeneration = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(desk: WriterDesk) {
    this.#desk = desk;
    this.#shelf = new BodyShelf(desk);
  }

  /** Settles when the batch is durable. Rejects with what the store throws; then none of it is stored. */
  write(entries: readonly TraceEntry[]): Promise<void> {
    const writing = this.#write(entries);
    this.#writing = writing.catch(() => undefined);
    return writing;
  }

  /** Settles when the batch under way is done with. */
  idle(): Promise<void> {
    return this.#writing;
  }

  async #write(entries: readonly TraceEntry[]): Promise<void> {
    const { generations, storage, drops, clock } = this.#desk;
    if (generations.rollIfDue(clock.nowMs())) this.#desk.onRolled();
    const { current } = generations;
    // Nothing refers across generations, so what was known of the last one is forgotten.
    if (this.#shelfGeneration !== current.number) this.#forget();
    this.#shelfGeneration = current.number;
    const batch = new TraceBatch(current);
    for (const entry of entries) {
      if (isBody(entry)) await this.#takeBody(entry, batch);
      else this.#takeRecord(entry, batch);
    }
    drops.count("notSerializable", batch.brokenCount);
    const calls = this.#calls.write(batch, generations.firstKeptCall);
    const droppedCount = drops.takeUnstored();
    const puts = batch.changes();
    current.bytes += batch.bytes;
    current.spanCount += batch.spanCount;
    current.bodyCount += batch.bodyCount;
    current.droppedCount += droppedCount;
    current.lastAtMs = clock.nowMs();
    try {
      await storage.commit({ puts: [...puts, generationRow(current)] });
    } catch (cause) {
      this.#forget();
      this.#calls.giveBack(calls);
      current.bytes -= batch.bytes;
      current.spanCount -= batch.spanCount;
      current.bodyCount -= batch.bodyCount;
      current.droppedCount -= droppedCount;
      drops.giveBackUnstored(droppedCount);
      throw cause;
    }
  }

  #takeRecord(record: SpanRecord, batch: TraceBatch): void {
    // What belongs to no span is the journal's.
    if (record.kind === "log" && record.traceId === null) return;
    if (record.kind === "open") this.#traces.opened(record);
    const trace = this.#traces.of(record.traceId);
    if (trace === undefined || !isName(record.spanId)) {
      batch.skipItems(1);
      return;
    }
    const attributes = cleanAttributes(record.attributes);
    batch.addRecord(trace, attributes === record.attributes ? record : { ...record, attributes });
    if (record.kind === "open") this.#calls.opened(record, trace, batch);
    else if (record.kind === "close") this.#calls.closed(record, trace);
  }

  async #takeBody(record: BodyRecord, batch: TraceBatch): Promise<void> {
    const trace = this.#traces.of(record.traceId);
    if (trace === undefined || !isName(record.spanId) || !isName(record.name)) {
      batch.skipItems(1);
      return;
    }
    const body = await this.#shelf.keep(record.body, batch);
    batch.addBody(trace, record, body);
    this.#calls.gotBody(record.spanId, record.name, body);
  }

  #forget(): void {
    this.#shelf = new BodyShelf(this.#desk);
  }
}
