// Knows when writes must be refused, since lmdb ends the process when it meets a disk that is really full.
//
// The disk is asked before each transaction, which costs two microseconds beside a flush, so that what others write
// meanwhile counts; and from time to time, so that people are warned and writes are welcome again.
import { type Logger, StorageReadOnlyError, type TimersPower } from "@lathe/kernel";
import { judgeSpace, type SpaceState, type Watermarks } from "./core/watermark.ts";
import type { FreeSpace } from "./edge/free-space.ts";

export interface SpaceDesk {
  readonly folder: string;
  readonly marks: Watermarks;
  readonly checkIntervalMs: number;
  readonly logger: Logger;
  readonly timers: TimersPower;
  readonly readFreeSpace: (folder: string) => FreeSpace;
}

export class SpaceGuard {
  readonly #desk: SpaceDesk;
  #state: SpaceState = "enough";
  #free: FreeSpace = { freeBytes: 0, sizeBytes: 0 };
  #cancelNext = (): void => undefined;
  #unreadable = false;

  constructor(desk: SpaceDesk) {
    this.#desk = desk;
  }

  get state(): SpaceState {
    return this.#state;
  }

  /** As it was when the disk was asked last. */
  get free(): FreeSpace {
    return this.#free;
  }

  /** Why nothing may be written at the moment; undefined = it may. */
  get refusal(): StorageReadOnlyError | undefined {
    return this.#state === "full" ? this.#refuse("nothing is written until there is space") : undefined;
  }

  /** Asks the disk, and says why so many bytes must not be written now; undefined = they may. */
  refusalOf(bytes: number): StorageReadOnlyError | undefined {
    this.check();
    if (this.refusal !== undefined || this.#unreadable) return this.refusal;
    const { freeBytes, sizeBytes } = this.#free;
    if (judgeSpace(freeBytes - bytes, sizeBytes, this.#desk.marks, "enough") !== "full") return undefined;
    return this.#refuse(`this may take ${mebibytes(bytes)} MiB, and is not written`);
  }

  /** Asks the disk now. Never throws. */
  check(): void {
    try {
      this.#free = this.#desk.readFreeSpace(this.#desk.folder);
    } catch (failure) {
      // The last answer stands: a disk that cannot be asked is no reason to refuse what it may well take.
      if (!this.#unreadable)
        this.#desk.logger.log("warn", "The free space cannot be read.", { failure: String(failure) });
      this.#unreadable = true;
      return;
    }
    this.#unreadable = false;
    this.#enter(judgeSpace(this.#free.freeBytes, this.#free.sizeBytes, this.#desk.marks, this.#state));
  }

  /** Asks the disk now, and again and again until it is stopped. */
  start(): void {
    this.check();
    this.#cancelNext = this.#desk.timers.after(this.#desk.checkIntervalMs, () => this.start());
  }

  stop(): void {
    this.#cancelNext();
  }

  #refuse(consequence: string): StorageReadOnlyError {
    const left = mebibytes(this.#free.freeBytes);
    return new StorageReadOnlyError(`The disk is nearly full (${left} MiB left): ${consequence}.`);
  }

  #enter(state: SpaceState): void {
    if (state === this.#state) return;
    this.#state = state;
    const attributes = { freeBytes: this.#free.freeBytes, sizeBytes: this.#free.sizeBytes };
    const { logger } = this.#desk;
    if (this.refusal !== undefined) logger.log("error", this.refusal.message, attributes);
    else if (state === "low")
      logger.log("warn", "The disk runs low. Make space before writes are refused.", attributes);
    else logger.log("info", "The disk has enough space again.", attributes);
  }
}

function mebibytes(bytes: number): number {
  return Math.floor(bytes / 2 ** 20);
}
