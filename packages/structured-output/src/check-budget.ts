// What one check may cost. Schemas come from scripts and answers from models; neither may keep the daemon busy.

/** Thrown out of a check whose budget is used up. */
export class CheckStoppedError extends Error {
  readonly code = "check-stopped";

  constructor() {
    super("The answer is too large to be checked against this schema.");
    this.name = "CheckStoppedError";
  }
}

/** Counts down; never refilled but by `begin`. */
export class CheckBudget {
  readonly #stepCountMax: number;
  #left = 0;

  constructor(stepCountMax: number) {
    this.#stepCountMax = stepCountMax;
  }

  begin(): void {
    this.#left = this.#stepCountMax;
  }

  /** Throws CheckStoppedError where that many are not left. */
  take(stepCount: number): void {
    this.#left -= stepCount;
    if (this.#left < 0) throw new CheckStoppedError();
  }
}
