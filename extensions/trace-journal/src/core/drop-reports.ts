// Says through the logger that records are being lost, at a bounded rate.
import type { ClockPower, Logger, TimersPower } from "@lathe/kernel";
import { attributesOf, type DropCounts, DropLedger, type DropReason } from "./drop-counts.ts";

export interface ReportDesk {
  readonly clock: ClockPower;
  readonly timers: TimersPower;
  readonly logger: Logger;
  /** Shortest time between two reports. */
  readonly reportMs: number;
}

export class DropReports {
  readonly #desk: ReportDesk;
  readonly #ledger = new DropLedger();
  #lastFailure = "";
  #reportedAtMs: number | undefined;
  #waiting: (() => void) | undefined;

  constructor(desk: ReportDesk) {
    this.#desk = desk;
  }

  /** Counts; the report itself is made later, off the path of whoever writes. */
  count(reason: DropReason, recordCount: number): void {
    this.#ledger.count(reason, recordCount);
    this.#waiting ??= this.#desk.timers.after(this.#untilNextMs(), () => this.#report());
  }

  countFailure(cause: unknown, recordCount: number): void {
    this.#lastFailure = codeOf(cause);
    this.count("notWritten", recordCount);
  }

  stop(): void {
    this.#waiting?.();
    this.#waiting = undefined;
  }

  #untilNextMs(): number {
    if (this.#reportedAtMs === undefined) return 0;
    return Math.max(0, this.#reportedAtMs + this.#desk.reportMs - this.#desk.clock.monotonicMs());
  }

  #report(): void {
    this.#waiting = undefined;
    const counts = this.#ledger.take();
    if (counts === undefined) return;
    this.#reportedAtMs = this.#desk.clock.monotonicMs();
    this.#desk.logger.log("warn", sentenceFor(counts, this.#lastFailure), attributesOf(counts));
  }
}

function sentenceFor(counts: DropCounts, failure: string): string {
  if (counts.notWritten > 0)
    return `The trace journal could not be written (${failure}); turns go on without it. Check the disk of the state folder.`;
  if (counts.queueFull > 0)
    return "The trace journal's disk is slower than its records come; some were dropped. Check the disk of the state folder.";
  return "The trace journal dropped records that are too large or cannot be serialized.";
}

/** The system's code alone: a message could name paths. */
function codeOf(cause: unknown): string {
  if (cause instanceof Error && "code" in cause && typeof cause.code === "string") return cause.code;
  return cause instanceof Error ? cause.name : "unknown error";
}
