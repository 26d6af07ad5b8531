// Takes records at once and writes them later, in batches.
//
// Owns: the queue, the pace of writing, and the counting of what is lost.
// Does not own: files. Whoever appends is handed in.
//
// Invariants
//   J1  write() queues and returns: it serializes nothing, waits for nothing and throws nothing.
//   J2  At most one append is under way. Records keep the order in which they were written.
//   J3  What is lost is counted, and the count is written as a record with the next batch that can be.
//   J4  The journal's own source is left out, so that a report about a full queue cannot fill it.
import type { ClockPower, Logger, LogSink, SpanRecord, TimersPower } from "@lathe/kernel";
import { DropLedger, type DropReason } from "./drop-counts.ts";
import { DropReports } from "./drop-reports.ts";
import { dropRecord, lineOf } from "./record-lines.ts";
import { type QueueLimits, RecordQueue } from "./record-queue.ts";

export interface JournalSettings extends QueueLimits {
  /** What is kept; everything else is left out, and not counted as lost. */
  readonly records: readonly ("log" | "span")[];
  /** A record waits at most about so long before it is written. */
  readonly flushMs: number;
  /** The pause after an append that failed. */
  readonly retryMs: number;
  /** Shortest time between two reports of lost records. */
  readonly reportMs: number;
  /** How long close() waits for what is queued. */
  readonly closeMs: number;
}

export interface JournalDesk {
  readonly clock: ClockPower;
  readonly timers: TimersPower;
  readonly logger: Logger;
  /** Appends whole lines. Where it rejects, a part of them may have been written. */
  append(lines: string): Promise<void>;
  /** Called once, after the last append. */
  close(): Promise<void>;
}

/** `waiting`: a flush is due within `flushMs`. `hurrying`: as soon as the caller's work is done. */
type Pace = "idle" | "waiting" | "hurrying" | "appending" | "paused";

export class Journal implements LogSink {
  readonly #settings: JournalSettings;
  readonly #desk: JournalDesk;
  readonly #queue: RecordQueue;
  readonly #reports: DropReports;
  readonly #missing = new DropLedger();
  #pace: Pace = "idle";
  #cancelNext: (() => void) | undefined;
  #appending: Promise<boolean> = Promise.resolve(true);
  #closing: Promise<void> | undefined;

  constructor(settings: JournalSettings, desk: JournalDesk) {
    this.#settings = settings;
    this.#desk = desk;
    this.#queue = new RecordQueue(settings);
    this.#reports = new DropReports({ ...desk, reportMs: settings.reportMs });
  }

  write(record: SpanRecord): void {
    if (this.#closing !== undefined || !this.#keeps(record)) return;
    const kept = this.#queue.push(record);
    if (kept !== "queued") this.#drop(kept);
    if (this.#pace === "idle") this.#schedule("waiting", this.#settings.flushMs);
    else if (this.#pace === "waiting" && this.#queue.hasFullBatch) this.#schedule("hurrying", 0);
  }

  #keeps({ kind, source }: SpanRecord): boolean {
    const { records } = this.#settings;
    return records.includes(kind === "log" ? "log" : "span") && source !== this.#desk.logger.source;
  }

  /** Settles when what was written before was appended, or when appending has failed and waits to be tried again. */
  async flush(): Promise<void> {
    while (this.#queue.recordCount > 0 && this.#closing === undefined && this.#pace !== "paused") {
      if (this.#pace !== "appending") {
        this.#cancelNext?.();
        void this.#flush();
      }
      await this.#appending;
    }
    await this.#appending;
  }

  /**
   * Takes no more records, writes what is queued and closes. Settles at the latest after `closeMs`: a disk that hangs
   * then costs what is still queued. Where an append fails, the rest is not tried.
   */
  close(): Promise<void> {
    this.#closing ??= this.#flushWithin(this.#settings.closeMs);
    return this.#closing;
  }

  async #flushWithin(closeMs: number): Promise<void> {
    this.#cancelNext?.();
    const flushed = new AbortController();
    const flushing = this.#flushAll().finally(() => flushed.abort());
    await Promise.race([flushing, this.#desk.timers.sleep(closeMs, flushed.signal)]);
    this.#reports.stop();
  }

  async #flushAll(): Promise<void> {
    let written = await this.#appending;
    while (written && (this.#queue.recordCount > 0 || this.#missing.any)) written = await this.#appendBatch();
    await this.#desk.close();
  }

  #schedule(pace: Pace, delayMs: number, then: () => void = () => void this.#flush()): void {
    this.#cancelNext?.();
    this.#pace = pace;
    this.#cancelNext = this.#desk.timers.after(delayMs, then);
  }

  async #flush(): Promise<void> {
    this.#pace = "appending";
    this.#appending = this.#appendBatch();
    const written = await this.#appending;
    if (this.#closing !== undefined) return;
    if (written) this.#goOn();
    else this.#schedule("paused", this.#settings.retryMs, () => this.#goOn());
  }

  #goOn(): void {
    if (this.#queue.hasFullBatch) this.#schedule("hurrying", 0);
    else if (this.#queue.recordCount > 0) this.#schedule("waiting", this.#settings.flushMs);
    else this.#pace = "idle";
  }

  /** Writes the oldest batch, after a record of what is missing before it. Never rejects; false where it failed. */
  async #appendBatch(): Promise<boolean> {
    const records = this.#queue.take();
    let lines = "";
    let lineCount = 0;
    for (const record of records) {
      const line = lineOf(record, this.#settings.recordBytesMax);
      if (line === "tooLarge" || line === "notSerializable") this.#drop(line);
      else {
        lines += line;
        lineCount++;
      }
    }
    const missing = this.#missing.take();
    if (missing !== undefined) {
      const own = dropRecord(missing, this.#desk.logger.source, this.#desk.clock.nowMs());
      lines = `${JSON.stringify(own)}\n${lines}`;
    }
    try {
      await this.#desk.append(lines);
      return true;
    } catch (cause) {
      if (missing !== undefined) this.#missing.add(missing);
      this.#missing.count("notWritten", lineCount);
      this.#reports.countFailure(cause, lineCount);
      return false;
    }
  }

  #drop(reason: DropReason): void {
    this.#missing.count(reason, 1);
    this.#reports.count(reason, 1);
  }
}
