// The time of one script, in whole milliseconds from its beginning. Its process is told of it with each answer, and when one of
// its timers is due; by nothing else does it notice time. So a script that is given the same answers with the same times
// does the same again, whatever its timers decide.
//
// Invariants
//   M1  What is told never goes back.
//   M2  While an answer has its time and is not given yet, no other time is told: a timer that is due later than the answer
//       comes after it.
//   M3  While a script is replayed time stands still, but for what is told of the record. Then it goes on from where it was.

export interface ScriptTimeOptions {
  /** How far an earlier process had come; 0 = there was none. */
  readonly reachedMs: number;
  /** Tells the process that it is so late now. */
  readonly tell: (nowMs: number) => void;
}

/** Scripts are not told of their timers more often than this; what is due meanwhile fires in one go, in its order. */
const spacingMs = 4;
/** What timers take at a time, at most. */
const timerMsMax = 2 ** 31 - 1;

export class ScriptTime {
  readonly #reachedMs: number;
  readonly #tell: (nowMs: number) => void;
  /** When it began to go on; undefined while it stands still. */
  #liveAtMs: number | undefined;
  #toldMs = 0;
  #stampCount = 0;
  #dueMs: number | undefined;
  #wake: NodeJS.Timeout | undefined;

  constructor({ reachedMs, tell }: ScriptTimeOptions) {
    this.#reachedMs = reachedMs;
    this.#tell = tell;
  }

  /** What was told last. */
  get toldMs(): number {
    return this.#toldMs;
  }

  /** Time goes on from now. */
  goLive(): void {
    if (this.#liveAtMs !== undefined) return;
    this.#liveAtMs = performance.now();
    if (this.#reachedMs > this.#toldMs) this.#advance(this.#reachedMs);
    else this.#schedule();
  }

  /** The time of an answer that is about to be given. Until it is, no other is told. */
  stamp(): number {
    this.#stampCount += 1;
    this.#cancel();
    return this.#now();
  }

  /** A stamped answer is told with its time. */
  noteStamped(atMs: number): void {
    this.#stampCount -= 1;
    this.noteTold(atMs);
  }

  /** It was told something, with this time: what it waits for it says anew. */
  noteTold(atMs: number): void {
    this.#toldMs = Math.max(this.#toldMs, atMs);
    this.#dueMs = undefined;
    this.#cancel();
  }

  /** The script waits, its next timer is due then; undefined = it has none. */
  rest(dueMs: number | undefined): void {
    this.#dueMs = dueMs;
    this.#schedule();
  }

  close(): void {
    this.#dueMs = undefined;
    this.#cancel();
  }

  #now(): number {
    const passedMs = this.#liveAtMs === undefined ? 0 : Math.floor(performance.now() - this.#liveAtMs);
    return Math.max(this.#toldMs, this.#reachedMs + passedMs);
  }

  #schedule(): void {
    this.#cancel();
    if (this.#dueMs === undefined || this.#liveAtMs === undefined || this.#stampCount > 0) return;
    const waitMs = Math.max(spacingMs, this.#dueMs - this.#now());
    this.#wake = setTimeout(() => this.#look(), Math.min(waitMs, timerMsMax));
  }

  #look(): void {
    const nowMs = this.#now();
    if (this.#dueMs !== undefined && nowMs < this.#dueMs) this.#schedule();
    else this.#advance(nowMs);
  }

  #advance(nowMs: number): void {
    this.noteTold(nowMs);
    this.#tell(nowMs);
  }

  #cancel(): void {
    clearTimeout(this.#wake);
    this.#wake = undefined;
  }
}
