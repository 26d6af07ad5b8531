// The executions that live in this process: begun, gone on with, let go of.
//
// Owns: which run has an execution, or one that is being made; the wait of those that could not be recorded.
//
// Invariants
//   W1  A run has at most one execution, and its log one writer: whoever asks for it while it is made gets the same one.
//   W2  A run that was asked to stop is not gone on with: a daemon that finds one ends it.
//   W4  Once they are closed none goes on: an execution that was being made is let go of at once.
import type { Run } from "@lathe/kernel";
import { CallFailure } from "../calls/call-failure.ts";
import { type BeginRunDesk, beginRun, type NewWorkflowRun, type RunPlace } from "./begin-run.ts";
import { type ContinueRunDesk, continueRun } from "./continue-run.ts";
import { endCutOff } from "./end-cut-off.ts";
import { Execution } from "./execution.ts";
import type { ExecutionPlan } from "./execution-plan.ts";
import { readStoredRun, type StoredRun } from "./stored-run.ts";

export type ExecutionsDesk = BeginRunDesk & ContinueRunDesk;

/** How long a run that could not be recorded waits before it is tried again. */
const goOnAfterMs = 15_000;

export class Executions {
  readonly #desk: ExecutionsDesk;
  readonly #live = new Map<string, Execution>();
  /** Runs whose execution is being made, so that nobody makes a second one. */
  readonly #opening = new Map<string, Promise<Execution | undefined>>();
  readonly #closing = new AbortController();

  constructor(desk: ExecutionsDesk) {
    this.#desk = desk;
  }

  get isClosing(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Whether it has one, or one is being made. */
  has(runId: string): boolean {
    return this.#live.has(runId) || this.#opening.has(runId);
  }

  /** Undefined of a run that is over. One that waits to be gone on with goes on now. */
  async of({ id: runId, endedAtMs }: Run): Promise<Execution | undefined> {
    if (endedAtMs !== null) return undefined;
    const known = (await this.#opening.get(runId)) ?? this.#live.get(runId);
    if (known !== undefined) return known;
    const stored = await readStoredRun(this.#desk.storage, runId);
    return stored === undefined ? undefined : this.goOn(stored);
  }

  /** As `beginRun`. Whoever asks for the run from its commit on is given this execution. */
  begin(draft: NewWorkflowRun, place: RunPlace): Promise<Execution> {
    const begun = beginRun(draft, place, this.#desk).then((plan) => this.#execute(plan));
    void this.#openingOf(
      draft.runId,
      begun.catch(() => undefined),
    );
    return begun;
  }

  /** Takes up a run that was cut off. Undefined where it is over, or that cannot be done now; why is in the log. */
  goOn(stored: StoredRun): Promise<Execution | undefined> {
    const { runId } = stored;
    const opening = this.#opening.get(runId);
    if (opening !== undefined) return opening;
    const live = this.#live.get(runId);
    if (live !== undefined) return Promise.resolve(live);
    return this.#openingOf(runId, this.#reopen(stored));
  }

  /** Lets go of every run: the next daemon goes on with them. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#opening.values());
    await Promise.all([...this.#live.values()].map((execution) => execution.leave()));
  }

  #openingOf(runId: string, execution: Promise<Execution | undefined>): Promise<Execution | undefined> {
    const opening = execution.finally(() => this.#opening.delete(runId));
    this.#opening.set(runId, opening);
    return opening;
  }

  async #reopen(stored: StoredRun): Promise<Execution | undefined> {
    const { runId } = stored;
    try {
      const plan = await continueRun(stored, this.#desk);
      return plan === undefined ? undefined : this.#execute(plan);
    } catch (failure) {
      const reason = failure instanceof Error ? failure.message : String(failure);
      this.#desk.logger.log("error", "A workflow could not be gone on with.", { runId, reason });
      if (!(failure instanceof CallFailure)) void this.#goOnLater(stored);
      else await this.#fail(stored, failure).catch(() => void this.#goOnLater(stored));
      return undefined;
    }
  }

  #fail(stored: StoredRun, { code, message }: CallFailure): Promise<void> {
    return endCutOff(stored, { status: "failed", error: { code, message } }, this.#desk);
  }

  /** Runs it, and forgets it when it is over, or goes on with it later where it could not be recorded. */
  #execute(plan: ExecutionPlan): Execution {
    const { run } = plan;
    const { runId } = run;
    const execution = new Execution(plan, this.#desk);
    this.#live.set(runId, execution);
    if (this.isClosing) void execution.leave();
    void execution.run().then((end) => {
      this.#live.delete(runId);
      this.#desk.logs.close(runId);
      if (end.kind === "over") this.#desk.teams.forget(runId);
      else void this.#goOnLater(run);
    });
    return execution;
  }

  async #goOnLater(stored: StoredRun): Promise<void> {
    // One that is nested is gone on with by the script that asked for it.
    if (stored.parentId !== null || this.isClosing) return;
    // Its followers are told to come again, since nothing more is shown by this log.
    await this.#desk.timers.sleep(goOnAfterMs, this.#closing.signal);
    if (!this.isClosing) await this.goOn(stored);
  }
}
