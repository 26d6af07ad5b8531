// Takes spans and bodies at once and writes them later, in batches.
//
// Owns: the queue, the pace of writing, and the counting of what is lost.
// Does not own: how a batch is stored.
//
// Invariants
//   K1  write() and writeBody() queue and return: they serialize nothing, wait for nothing and throw nothing.
//   K2  At most one batch is on its way to the disk, and the next one is made meanwhile. Records keep the order in which
//       they were written.
//   K3  What is lost is counted. A batch that could not be stored is lost; it is not tried again, since the queue behind
//       it grows meanwhile.
//   K4  The store's own records are left out, so that a report about a full queue cannot fill it.
import type { BodyRecord, LogSink, SpanRecord, TimersPower } from "@lathe/kernel";
import type { Drops } from "./drops.ts";
import type { TraceEntry } from "./trace-entry.ts";
import { type QueueLimits, TraceQueue } from "./trace-queue.ts";
import type { PreparedBatch } from "./trace-writer.ts";

export interface SinkSettings extends QueueLimits {
  /** A record waits at most about so long before it is written. */
  readonly flushMs: number;
  /** The pause after a batch that could not be stored. */
  readonly retryMs: number;
  /** How long close() waits for what is queued. */
  readonly closeMs: number;
}

export interface SinkDesk {
  readonly timers: TimersPower;
  readonly drops: Drops;
  /** The source whose records are left out. */
  readonly ownSource: string;
  prepare(entries: readonly TraceEntry[]): Promise<PreparedBatch>;
  /** Lets others run. */
  readonly rest: () => Promise<void>;
}

interface Batch {
  readonly prepared: PreparedBatch;
  readonly recordCount: number;
}

/** `waiting`: a flush is due within `flushMs`. `hurrying`: as soon as the caller's work is done. */
type Pace = "idle" | "waiting" | "hurrying" | "writing" | "paused";

export class TraceSink implements LogSink {
  readonly #settings: SinkSettings;
  readonly #desk: SinkDesk;
  readonly #queue: TraceQueue;
  #pace: Pace = "idle";
  #cancelNext: (() => void) | undefined;
  #running: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;
  #pushedCount = 0;
  /** Stored, or lost. */
  #settledCount = 0;
  /** Batches need not be full before so many records are taken. */
  #wantedCount = 0;
  readonly #waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  constructor(settings: SinkSettings, desk: SinkDesk) {
    this.#settings = settings;
    this.#desk = desk;
    this.#queue = new TraceQueue(settings);
  }

  get queuedRecordCount(): number {
    return this.#queue.recordCount;
  }

  get queuedBytes(): number {
    return this.#queue.bytes;
  }

  write(record: SpanRecord): void {
    if (record.source !== this.#desk.ownSource) this.#push(record);
  }

  writeBody(record: BodyRecord): void {
    this.#push(record);
  }

  /** Settles when what was written before was stored, or when storing has failed and waits to be tried again. */
  async flush(): Promise<void> {
    if (this.#closing !== undefined) return this.#closing;
    const count = this.#pushedCount;
    if (this.#settledCount >= count || this.#pace === "paused") return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ count, resolve });
    this.#wantedCount = count;
    if (this.#pace !== "writing") this.#begin();
    await promise;
  }

  /**
   * Takes no more records and stores what is queued. Settles at the latest after `closeMs`: a disk that hangs then costs
   * what is still queued. Where a batch cannot be stored, the rest is not tried.
   */
  close(): Promise<void> {
    this.#closing ??= this.#flushWithin(this.#settings.closeMs);
    return this.#closing;
  }

  #push(entry: TraceEntry): void {
    if (this.#closing !== undefined) return;
    const kept = this.#queue.push(entry);
    if (kept === "queued") this.#pushedCount++;
    else this.#desk.drops.count(kept, 1);
    if (this.#pace === "idle") this.#schedule("waiting", this.#settings.flushMs);
    else if (this.#pace === "waiting" && this.#queue.hasFullBatch) this.#schedule("hurrying", 0);
  }

  async #flushWithin(closeMs: number): Promise<void> {
    this.#cancelNext?.();
    const flushed = new AbortController();
    const flushing = this.#flushAll().finally(() => flushed.abort());
    await Promise.race([flushing, this.#desk.timers.sleep(closeMs, flushed.signal)]);
    this.#desk.drops.stop();
    this.#tellWaiting(Number.POSITIVE_INFINITY);
  }

  async #flushAll(): Promise<void> {
    await this.#running;
    if (this.#queue.recordCount > 0 && this.#pace !== "paused") await this.#run();
  }

  #schedule(pace: Pace, delayMs: number, then: () => void = () => this.#begin()): void {
    this.#cancelNext?.();
    this.#pace = pace;
    this.#cancelNext = this.#desk.timers.after(delayMs, then);
  }

  #begin(): void {
    this.#cancelNext?.();
    this.#pace = "writing";
    this.#running = this.#run();
  }

  /** Stores what there is to be stored now. Never rejects. */
  async #run(): Promise<void> {
    let batch = await this.#prepareNext();
    let isStored = true;
    while (batch !== undefined && isStored) {
      const storing = this.#store(batch);
      // The store gets its turn first, so that the next batch is made while this one is on its way to the disk.
      await this.#desk.rest();
      const next: Batch | undefined = this.#hasMore() ? await this.#prepareNext() : undefined;
      isStored = await storing;
      if (!isStored && next !== undefined) this.#discard(next);
      batch = next ?? (isStored && this.#hasMore() ? await this.#prepareNext() : undefined);
    }
    if (!isStored) this.#pause();
    else if (this.#closing === undefined) this.#goOn();
  }

  #pause(): void {
    this.#tellWaiting(Number.POSITIVE_INFINITY);
    this.#pace = "paused";
    if (this.#closing === undefined) this.#schedule("paused", this.#settings.retryMs, () => this.#goOn());
  }

  #goOn(): void {
    if (this.#queue.hasFullBatch) this.#schedule("hurrying", 0);
    else if (this.#queue.recordCount > 0) this.#schedule("waiting", this.#settings.flushMs);
    else this.#pace = "idle";
  }

  #hasMore(): boolean {
    const takenCount = this.#pushedCount - this.#queue.recordCount;
    const isWanted = this.#closing !== undefined || takenCount < this.#wantedCount;
    return this.#queue.hasFullBatch || (isWanted && this.#queue.recordCount > 0);
  }

  /** The oldest batch that can be stored; undefined where there is none that should be stored now. */
  async #prepareNext(): Promise<Batch | undefined> {
    for (;;) {
      const batch = await this.#prepare();
      if (batch !== undefined || !this.#hasMore()) return batch;
    }
  }

  async #prepare(): Promise<Batch | undefined> {
    const entries = this.#queue.take();
    try {
      return { prepared: await this.#desk.prepare(entries), recordCount: entries.length };
    } catch (cause) {
      this.#desk.drops.countFailure(cause, entries.length);
      this.#settled(entries.length);
      return undefined;
    }
  }

  /** Never rejects; false where the batch was lost. */
  async #store({ prepared, recordCount }: Batch): Promise<boolean> {
    try {
      await prepared.store();
      return true;
    } catch (cause) {
      this.#desk.drops.countFailure(cause, recordCount);
      return false;
    } finally {
      this.#settled(recordCount);
    }
  }

  #discard({ prepared, recordCount }: Batch): void {
    prepared.discard();
    this.#desk.drops.count("notWritten", recordCount);
    this.#settled(recordCount);
  }

  #settled(recordCount: number): void {
    this.#settledCount += recordCount;
    this.#tellWaiting(this.#settledCount);
  }

  #tellWaiting(settledCount: number): void {
    for (
      let first = this.#waiting[0];
      first !== undefined && first.count <= settledCount;
      first = this.#waiting[0]
    ) {
      this.#waiting.shift();
      first.resolve();
    }
  }
}
