// Makes one commit of each batch.
//
// Invariants
//   W1  A batch is stored as a whole or not at all. After one that was not, nothing that it held is taken for stored,
//       and what was prepared meanwhile is discarded.
//   W2  Nothing is read: what is needed to write is in memory, and bounded.
import type { BodyRecord, ClockPower, SpanRecord, Storage } from "@lathe/kernel";
import { BodyShelf } from "./body-shelf.ts";
import { CallBook } from "./call-book.ts";
import type { Drops } from "./drops.ts";
import { type Generation, type Generations, generationRow } from "./generations.ts";
import type { TextDesk, Work } from "./item-text.ts";
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
  /** Lets others run. */
  readonly rest: () => Promise<void>;
}

/** A batch that is ready to go to the disk. */
export class PreparedBatch {
  readonly #commit: () => Promise<unknown>;
  readonly #takeBack: () => void;
  readonly #close: () => void;

  constructor(commit: () => Promise<unknown>, takeBack: () => void, close: () => void) {
    this.#commit = commit;
    this.#takeBack = takeBack;
    this.#close = close;
  }

  /** Settles when the batch is durable. Rejects with what the store throws; then none of it is stored. */
  async store(): Promise<void> {
    try {
      await this.#commit();
    } catch (cause) {
      this.#takeBack();
      throw cause;
    } finally {
      this.#close();
    }
  }

  /** It is not stored, since the one before it was not: it may refer to what that held. */
  discard(): void {
    this.#takeBack();
    this.#close();
  }
}

export class TraceWriter {
  readonly #desk: WriterDesk;
  readonly #traces = new LiveTraces();
  readonly #calls = new CallBook();
  #shelf: BodyShelf;
  #shelfGeneration = 0;
  readonly #open = new Set<Promise<void>>();

  constructor(desk: WriterDesk) {
    this.#desk = desk;
    this.#shelf = new BodyShelf(desk);
  }

  /**
   * Makes everything of a batch that can be made before those before it are durable. Whoever prepares it stores or
   * discards it. Rejects where it cannot be stored at all; then it is lost.
   */
  async prepare(entries: readonly TraceEntry[]): Promise<PreparedBatch> {
    const done = Promise.withResolvers<void>();
    this.#open.add(done.promise);
    const close = (): void => {
      this.#open.delete(done.promise);
      done.resolve();
    };
    try {
      return await this.#prepare(entries, close);
    } catch (cause) {
      close();
      throw cause;
    }
  }

  /** Settles when every batch that was begun before is stored or lost. */
  async idle(): Promise<void> {
    await Promise.all(this.#open);
  }

  async #prepare(entries: readonly TraceEntry[], close: () => void): Promise<PreparedBatch> {
    const { generations, storage, drops, clock } = this.#desk;
    if (generations.rollIfDue(clock.nowMs())) this.#desk.onRolled();
    const { current } = generations;
    // Nothing refers across generations, so what was known of the last one is forgotten.
    if (this.#shelfGeneration !== current.number) this.#forget();
    this.#shelfGeneration = current.number;
    const batch = new TraceBatch(current);
    for (const entry of entries) {
      if (!isBody(entry)) this.#takeRecord(entry, batch);
      else for (const _turn of this.#takeBody(entry, batch)) await this.#desk.rest();
    }
    drops.count("notSerializable", batch.brokenCount);
    const calls = this.#calls.write(batch, generations.firstKeptCall);
    const droppedCount = drops.takeUnstored();
    const puts = batch.changes();
    const uncount = count(current, batch, droppedCount, clock.nowMs());
    const takeBack = (): void => {
      this.#forget();
      this.#calls.giveBack(calls);
      uncount();
      drops.giveBackUnstored(droppedCount);
    };
    try {
      const sealed = storage.prepare({ puts: [...puts, generationRow(current)] });
      return new PreparedBatch(() => storage.commit({}, sealed), takeBack, close);
    } catch (cause) {
      takeBack();
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

  *#takeBody(record: BodyRecord, batch: TraceBatch): Work<void> {
    const trace = this.#traces.of(record.traceId);
    if (trace === undefined || !isName(record.spanId) || !isName(record.name)) {
      batch.skipItems(1);
      return;
    }
    const body = yield* this.#shelf.keep(record.body, batch);
    batch.addBody(trace, record, body);
    this.#calls.gotBody(record.spanId, record.name, body);
  }

  #forget(): void {
    this.#shelf = new BodyShelf(this.#desk);
  }
}

/** Adds to the generation what comes with the batch. Gives back how to take it away again. */
function count(generation: Generation, batch: TraceBatch, droppedCount: number, nowMs: number): () => void {
  const add = (sign: 1 | -1): void => {
    generation.bytes += sign * batch.bytes;
    generation.spanCount += sign * batch.spanCount;
    generation.bodyCount += sign * batch.bodyCount;
    generation.droppedCount += sign * droppedCount;
  };
  add(1);
  generation.lastAtMs = nowMs;
  return () => add(-1);
}
