// Looks at the free space from time to time, never in the way of a commit, and says when writes must be refused.
import type { Logger, TimersPower } from "@lathe/kernel";
import { judgeSpace, type SpaceState, type Watermarks } from "./core/watermark.ts";
import type { FreeSpace } from "./edge/free-space.ts";

export interface SpaceDesk {
  readonly folder: string;
  readonly marks: Watermarks;
  readonly config: { readonly freeSpaceCheckIntervalMs: number; readonly freeSpaceCheckBytes: number };
  readonly logger: Logger;
  readonly timers: TimersPower;
  readonly readFreeSpace: (folder: string) => Promise<FreeSpace>;
}

export class SpaceGuard {
  readonly #desk: SpaceDesk;
  #state: SpaceState = "enough";
  #free: FreeSpace = { freeBytes: 0, sizeBytes: 0 };
  #writtenBytes = 0;
  #checking: Promise<void> | undefined;
  #cancelNext = (): void => undefined;
  #stopped = false;
  #unreadable = false;

  constructor(desk: SpaceDesk) {
    this.#desk = desk;
  }

  /** Whether writes must be refused. */
  get full(): boolean {
    return this.#state === "full";
  }

  /** Why writes are refused, for the one who wanted to write. */
  get refusal(): string {
    return `The disk is nearly full (${mebibytes(this.#free.freeBytes)} MiB left): nothing is written until there is space.`;
  }

  /** Counts what is about to be written, and looks again when it was much. */
  wrote(bytes: number): void {
    this.#writtenBytes += bytes;
    if (this.#writtenBytes >= this.#desk.config.freeSpaceCheckBytes) void this.check();
  }

  /** Looks now, or waits for the look that is under way, and plans the next one. Never rejects. */
  check(): Promise<void> {
    this.#checking ??= this.#look().finally(() => {
      this.#checking = undefined;
      this.#plan();
    });
    return this.#checking;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelNext();
  }

  #plan(): void {
    this.#cancelNext();
    if (this.#stopped) return;
    this.#cancelNext = this.#desk.timers.after(
      this.#desk.config.freeSpaceCheckIntervalMs,
      () => void this.check(),
    );
  }

  async #look(): Promise<void> {
    this.#writtenBytes = 0;
    try {
      this.#free = await this.#desk.readFreeSpace(this.#desk.folder);
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

  #enter(state: SpaceState): void {
    if (state === this.#state) return;
    this.#state = state;
    const attributes = { freeBytes: this.#free.freeBytes, sizeBytes: this.#free.sizeBytes };
    if (state === "full") this.#desk.logger.log("error", this.refusal, attributes);
    else if (state === "low")
      this.#desk.logger.log("warn", "The disk runs low. Make space before writes are refused.", attributes);
    else this.#desk.logger.log("info", "The disk has enough space again.", attributes);
  }
}

function mebibytes(bytes: number): number {
  return Math.floor(bytes / 2 ** 20);
}
