/** Why the store could not be looked after as was asked; the message says what to do. */
export class StateCareError extends Error {
  /** `state-care-failed`: what was read is damaged, or the helper did not come to its end. */
  readonly code: "bad-folder" | "no-space" | "state-busy" | "state-care-failed" | "aborted";

  constructor(code: StateCareError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StateCareError";
    this.code = code;
  }
}
