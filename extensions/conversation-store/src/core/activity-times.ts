// When conversations were active, so that their order is the order of events whatever the clock of the wall does.
//
// Invariant: no time is given twice, and none before one that was given. Where the clock has gone back, times run a
// millisecond ahead of each other until it has caught up; what is shown of them is wrong for so long, and their order is not.

export class ActivityTimes {
  #lastMs: number;

  /** @param newestMs the newest one that is stored; 0 = none is */
  constructor(newestMs: number) {
    this.#lastMs = newestMs;
  }

  /** @param nowMs what the clock says; milliseconds since 1970, as the result */
  next(nowMs: number): number {
    this.#lastMs = Math.max(nowMs, this.#lastMs + 1);
    return this.#lastMs;
  }
}
