// SIGINT and SIGTERM: the first asks the process to stop, the second ends it.
import { exitCodes } from "../exit-codes.ts";

// One Ctrl-C reaches the daemon twice under `npm start`: from the terminal, and from npm, which passes it on.
const sameMs = 250;

export class StopSignals {
  readonly #first = Promise.withResolvers<NodeJS.Signals>();
  #firstAtMs: number | undefined;

  constructor() {
    process.on("SIGINT", (signal) => this.#receive(signal));
    process.on("SIGTERM", (signal) => this.#receive(signal));
  }

  /** Settles with the first signal. */
  first(): Promise<NodeJS.Signals> {
    return this.#first.promise;
  }

  #receive(signal: NodeJS.Signals): void {
    const nowMs = performance.now();
    this.#firstAtMs ??= nowMs;
    this.#first.resolve(signal);
    if (nowMs - this.#firstAtMs > sameMs)
      process.exit(signal === "SIGINT" ? exitCodes.interrupted : exitCodes.terminated);
  }
}
