// A pattern in a thread of its own. A regular expression of a model or of a hostile file can take longer than the
// universe is old; here it can only be given up.
import { Worker } from "node:worker_threads";
import type { TimersPower } from "@lathe/kernel";
import type { FileMatches } from "../core/match-lines.ts";

export interface MatchSettings {
  readonly source: string;
  readonly flags: string;
}

export interface MatchQuestion {
  readonly texts: readonly Uint8Array[];
  /** In all texts together. */
  readonly matchCountMax: number;
}

/** One answer for each text, in their order. */
export type MatchAnswer = readonly FileMatches[];

export type MatchOutcome =
  | { readonly kind: "answered"; readonly answer: MatchAnswer }
  | { readonly kind: "too-slow" }
  | { readonly kind: "aborted" }
  | { readonly kind: "failed"; readonly message: string };

// Built packages hold JavaScript, a checkout holds TypeScript; the worker has the ending of this file.
const workerUrl = new URL(
  import.meta.url.endsWith(".ts") ? "./match-worker.ts" : "./match-worker.js",
  import.meta.url,
);

export class LineMatcher implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #timers: TimersPower;
  readonly #timeMsMax: number;
  #failure: string | undefined;

  /** Starts the thread. Whoever makes one disposes it. */
  constructor(settings: MatchSettings, timers: TimersPower, timeMsMax: number) {
    this.#timers = timers;
    this.#timeMsMax = timeMsMax;
    this.#worker = new Worker(workerUrl, {
      workerData: settings,
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 256 },
    });
    this.#worker.on("error", (error) => {
      this.#failure = error.message;
    });
  }

  /** Asks about some texts; one question at a time. After anything but `answered` the matcher is of no more use. */
  async ask(question: MatchQuestion, signal: AbortSignal): Promise<MatchOutcome> {
    const { promise, resolve } = Promise.withResolvers<MatchOutcome>();
    const fail = () => resolve({ kind: "failed", message: this.#failure ?? "The search thread ended." });
    const onAnswer = (answer: MatchAnswer) => resolve({ kind: "answered", answer });
    const onAbort = () => resolve({ kind: "aborted" });
    const releaseTimer = this.#timers.after(this.#timeMsMax, () => resolve({ kind: "too-slow" }));
    this.#worker.once("message", onAnswer);
    this.#worker.once("exit", fail);
    signal.addEventListener("abort", onAbort);
    if (signal.aborted) onAbort();
    if (this.#failure !== undefined) fail();
    this.#worker.postMessage(question);
    const outcome = await promise;
    releaseTimer();
    this.#worker.off("message", onAnswer);
    this.#worker.off("exit", fail);
    signal.removeEventListener("abort", onAbort);
    return outcome;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }
}
