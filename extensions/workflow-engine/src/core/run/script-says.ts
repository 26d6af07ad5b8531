// What a script says by the way: its phases and its log. A script that is run again says it again, and nobody wants to
// read it twice.
import type { WorkflowEvent } from "@lathe/kernel";

export interface Said {
  readonly phaseCount: number;
  readonly logCount: number;
}

export class ScriptSays {
  readonly #runId: string;
  readonly #say: (event: WorkflowEvent) => void;
  #phasesKnown: number;
  #logsKnown: number;

  /** `known`: what was said before, and is in the log. */
  constructor(runId: string, known: Said, say: (event: WorkflowEvent) => void) {
    this.#runId = runId;
    this.#phasesKnown = known.phaseCount;
    this.#logsKnown = known.logCount;
    this.#say = say;
  }

  phase(title: string): void {
    if (this.#phasesKnown > 0) this.#phasesKnown -= 1;
    else this.#say({ type: "phase", runId: this.#runId, title });
  }

  log(level: "info" | "warn" | "error", text: string): void {
    if (this.#logsKnown > 0) this.#logsKnown -= 1;
    else this.#say({ type: "log", runId: this.#runId, source: "script", level, text });
  }
}
