/** What to do with a call that was made before. */
export type RepeatVerdict = "go" | "warn" | "stop";

const warnAtCount = 3;
const stopAtCount = 5;

export const repeatWarning =
  "[You have made this same call three times in a row or more. Its result will not change: try something else, or answer with what you have.]";

/** Counts how often one call follows itself without another in between, over the steps of one turn. */
export class RepeatGuard {
  #lastKey: string | undefined;
  #count = 0;

  /** Judges the next call of the turn; calls are named by `callKey`. */
  judge(key: string): RepeatVerdict {
    this.#count = key === this.#lastKey ? this.#count + 1 : 1;
    this.#lastKey = key;
    if (this.#count >= stopAtCount) return "stop";
    return this.#count >= warnAtCount ? "warn" : "go";
  }
}
