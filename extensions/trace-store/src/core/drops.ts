// What was lost: counted by reason, said through the logger at a bounded rate, and handed out to be kept.
import type { Attributes, ClockPower, Logger, TimersPower } from "@lathe/kernel";
import type { TraceDrops } from "@lathe/wire";

export type DropReason = keyof TraceDrops;

export interface DropDesk {
  readonly clock: ClockPower;
  readonly timers: TimersPower;
  readonly logger: Logger;
  /** Shortest time between two reports. */
  readonly reportMs: number;
}

export class Drops {
  readonly #desk: DropDesk;
  readonly #sinceStart = noDrops();
  #unreported = noDrops();
  #unstoredCount = 0;
  #lastFailure = "";
  #reportedAtMs: number | undefined;
  #waiting: (() => void) | undefined;

  constructor(desk: DropDesk) {
    this.#desk = desk;
  }

  /** Counts; the report itself is made later, off the path of whoever writes. */
  count(reason: DropReason, recordCount: number): void {
    if (recordCount === 0) return;
    this.#sinceStart[reason] += recordCount;
    this.#unreported[reason] += recordCount;
    this.#unstoredCount += recordCount;
    this.#waiting ??= this.#desk.timers.after(this.#untilNextMs(), () => this.#report());
  }

  countFailure(cause: unknown, recordCount: number): void {
    this.#lastFailure = codeOf(cause);
    this.count("notWritten", recordCount);
  }

  get sinceStart(): TraceDrops {
    return { ...this.#sinceStart };
  }

  /** How many were lost and have not been handed out to be kept. Whoever fails to keep the number gives it back. */
  takeUnstored(): number {
    const count = this.#unstoredCount;
    this.#unstoredCount = 0;
    return count;
  }

  giveBackUnstored(count: number): void {
    this.#unstoredCount += count;
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
    const counts = this.#unreported;
    this.#unreported = noDrops();
    this.#reportedAtMs = this.#desk.clock.monotonicMs();
    this.#desk.logger.log("warn", sentenceFor(counts, this.#lastFailure), attributesOf(counts));
  }
}

function sentenceFor(counts: TraceDrops, failure: string): string {
  if (counts.notWritten > 0)
    return `Traces could not be written (${failure}); turns go on without them. Check the disk of the state folder.`;
  if (counts.queueFull > 0)
    return "Traces come faster than the store takes them; some were dropped. Check the disk of the state folder.";
  return "Trace records were dropped that are too large or cannot be serialized.";
}

function attributesOf(counts: TraceDrops): Attributes {
  const { queueFull, tooLarge, notSerializable, notWritten } = counts;
  return {
    droppedCount: queueFull + tooLarge + notSerializable + notWritten,
    queueFullCount: queueFull,
    tooLargeCount: tooLarge,
    notSerializableCount: notSerializable,
    notWrittenCount: notWritten,
  };
}

function noDrops(): Record<DropReason, number> {
  return { queueFull: 0, tooLarge: 0, notSerializable: 0, notWritten: 0 };
}

/** The system's code alone: a message could name paths. */
function codeOf(cause: unknown): string {
  if (cause instanceof Error && "code" in cause && typeof cause.code === "string") return cause.code;
  return cause instanceof Error ? cause.name : "unknown error";
}
