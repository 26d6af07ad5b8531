// SIGINT and SIGTERM: the first asks the process to stop, the second ends it.
import { exitCodes } from "../exit-codes.ts";
import { leaveAtOnce } from "./last-words.ts";

// One Ctrl-C reaches the process twice under `npm start`: from the terminal, and from npm, which passes it on.
const sameMs = 250;

export class StopSignals {
  readonly #first = Promise.withResolvers<void>();
  #firstAtMs: number | undefined;
  #exitCode: number | undefined;

  constructor() {
    process.on("SIGINT", () => this.#receive(exitCodes.interrupted));
    process.on("SIGTERM", () => this.#receive(exitCodes.terminated));
  }

  /** The exit code that the first signal stands for; undefined while none came. */
  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  /** Settles with the first signal. */
  first(): Promise<void> {
    return this.#first.promise;
  }

  #receive(exitCode: number): void {
    const nowMs = performance.now();
    if (this.#firstAtMs !== undefined && nowMs - this.#firstAtMs > sameMs) leaveAtOnce(exitCode);
    this.#firstAtMs ??= nowMs;
    this.#exitCode ??= exitCode;
    this.#first.resolve();
  }
}
