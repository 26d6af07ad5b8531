// Takes spans and bodies at once and writes them later, in batches.
//
// Owns: the queue, the pace of writing, and the counting of what is lost.
// Does not own: how a batch is stored.
//
// Invariants
//   K1  write() and writeBody() queue and return: they serialize nothing, wait for nothing and throw nothing.
//   K2  At most one batch is under way. Records keep the order in which they were written.
//   K3  What is lost is counted. A batch that could not be stored is lost; it is not tried again, since the queue behind
//       it grows meanwhile.
//   K4  The store's own records are left out, so that a report about a full queue cannot fill it.
import type { BodyRecord, LogSink, SpanRecord, TimersPower } from "@lathe/kernel";
import type { Drops } from "./drops.ts";
import type { TraceEntry } from "./trace-entry.ts";
import { type QueueLimits, TraceQueue } from "./trace-queue.ts";

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
  store(entries: readonly TraceEntry[]): Promise<void>;
}

/** `waiting`: a flush is due within `flushMs`. `hurrying`: as soon as the caller's work is done. */
type Pace = "idle" | "waiting" | "hurrying" | "writing" | "paused";

export class TraceSink implements LogSink {
  readonly #settings: SinkSettings;
  readonly #desk: SinkDesk;
  readonly #queue: TraceQueue;
  #pushedCount = 0;
  #pace: Pace = "idle";
  #cancelNext: (() => void) | undefined;
  #writing: Promise<boolean> = Promise.resolve(true);
  #closing: Promise<void> | undefined;

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
    const written = this.#pushedCount;
    const isTaken = (): boolean => this.#pushedCount - this.#queue.recordCount >= written;
    while (!isTaken() && this.#closing === undefined && this.#pace !== "paused") {
      if (this.#pace !== "writing") {
        this.#cancelNext?.();
        void this.#flush();
      }
      await this.#writing;
    }
    await this.#writing;
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
  }

  async #flushAll(): Promise<void> {
    let written = await this.#writing;
    while (written && this.#queue.recordCount > 0) written = await this.#storeBatch();
  }

  #schedule(pace: Pace, delayMs: number, then: () => void = () => void this.#flush()): void {
    this.#cancelNext?.();
    this.#pace = pace;
    this.#cancelNext = this.#desk.timers.after(delayMs, then);
  }

  async #flush(): Promise<void> {
    this.#pace = "writing";
    this.#writing = this.#storeBatch();
    const written = await this.#writing;
    if (this.#closing !== undefined) return;
    if (written) this.#goOn();
    else this.#schedule("paused", this.#settings.retryMs, () => this.#goOn());
  }

  #goOn(): void {
    if (this.#queue.hasFullBatch) this.#schedule("hurrying", 0);
    else if (this.#queue.recordCount > 0) this.#schedule("waiting", this.#settings.flushMs);
    else this.#pace = "idle";
  }

  /** Stores the oldest batch. Never rejects; false where it was lost. */
  async #storeBatch(): Promise<boolean> {
    const entries = this.#queue.take();
    try {
      await this.#desk.store(entries);
      return true;
    } catch (cause) {
      this.#desk.drops.countFailure(cause, entries.length);
      return false;
    }
  }
}
