// All runs of workflows in this daemon, as whoever stands outside asks of them: begin, stop, answer, delete; and their
// recovery, which goes before anything that is asked.
//
// Invariants, beside those of `Executions`
//   W3  A run stays with the text of its script, by hash, from its first commit on.
import { type JsonValue, type Run, RunInputError, type Snapshots } from "@lathe/kernel";
import type { ScriptCompiler } from "@lathe/workflow-sandbox";
import type { AnswerOutcome } from "../approvals/approvals.ts";
import type { RunLogs } from "../log/run-logs.ts";
import type { NewWorkflowRun } from "./begin-run.ts";
import { deleteRun } from "./delete-run.ts";
import { endUnknown } from "./end-cut-off.ts";
import type { ExecutionDesk } from "./execution-desk.ts";
import { Executions } from "./executions.ts";
import { readJournal } from "./journal.ts";
import { NestedRuns, type NestedRunsDesk } from "./nested-runs.ts";
import { ScriptTexts } from "./script-texts.ts";
import { readStoredRun, type StoredRun } from "./stored-run.ts";
import { Teams } from "./teams.ts";

export interface EngineDesk
  extends Omit<ExecutionDesk, "nested" | "stopNested">,
    Pick<NestedRunsDesk, "findScript"> {
  readonly compiler: ScriptCompiler;
  readonly logs: RunLogs;
  readonly snapshots: Pick<Snapshots, "get">;
}

export class WorkflowEngine {
  readonly #desk: EngineDesk;
  readonly #teams: Teams;
  readonly #texts: ScriptTexts;
  readonly #executions: Executions;

  constructor(desk: EngineDesk) {
    this.#desk = desk;
    this.#teams = new Teams(desk);
    this.#texts = new ScriptTexts(desk.storage);
    this.#executions = new Executions({
      ...{ ...desk, teams: this.#teams, texts: this.#texts },
      nested: (request) => nestedRuns.ask(request),
      stopNested: (runId) => nestedRuns.stop(runId),
    });
    const nestedRuns = new NestedRuns(desk, this.#executions);
  }

  /**
   * Settles when the run's beginning is durable; it goes on by itself. Throws RunInputError where the daemon is about to
   * end, AppendConflictError, and what the store throws.
   */
  async begin(draft: NewWorkflowRun): Promise<void> {
    if (this.#executions.isClosing) throw draining();
    const team = this.#teams.begin(draft.runId, draft.budget);
    try {
      await this.#executions.begin(draft, { team, nestedIn: null });
    } catch (failure) {
      this.#teams.forget(draft.runId);
      throw failure;
    }
  }

  /**
   * Makes the budgets of all runs that an earlier daemon left unfinished, before any of their agents goes on, and their
   * logs, so that they can be followed.
   */
  async prepareRecovery(): Promise<void> {
    const runs = await this.#desk.runs.active("workflow");
    const stored = await Promise.all(runs.map(({ id }) => readStoredRun(this.#desk.storage, id)));
    const known = stored.filter((one) => one !== undefined);
    for (const { runId } of known) await this.#desk.logs.open(runId);
    for (const one of known) if (one.parentId === null) await this.#recallOrLeave(one);
  }

  /** Goes on with every run that was left unfinished; called once, after `prepareRecovery`. Never rejects. */
  async recover(): Promise<void> {
    try {
      for (const run of await this.#desk.runs.active("workflow")) await this.#recoverOne(run);
    } catch (failure) {
      this.#logFailure("Unfinished workflows could not be looked for.", failure);
    }
  }

  /** Asks a run to stop; settles when it has. */
  async stop(run: Run): Promise<void> {
    const execution = await this.#executions.of(run);
    await execution?.stop();
  }

  /** Answers a question that a script has asked; settles when the answer is durable. */
  async answer(run: Run, approvalId: string, answer: JsonValue, by: string): Promise<AnswerOutcome> {
    const execution = await this.#executions.of(run);
    if (execution !== undefined) return execution.approve(approvalId, this.#desk.redactor.value(answer), by);
    const journal = await readJournal(this.#desk.storage, run.id);
    const wasAsked = [...journal.values()].some(({ approval }) => approval?.approvalId === approvalId);
    return wasAsked ? "already-answered" : "unknown";
  }

  /** Lets go of every run: the next daemon goes on with them. */
  close(): Promise<void> {
    return this.#executions.close();
  }

  /** Removes what is kept of a run that is over. */
  async delete(runId: string): Promise<void> {
    await deleteRun(runId, { ...this.#desk, texts: this.#texts });
  }

  /** One run whose rows cannot be read must not keep the others from going on: it is looked at again by itself. */
  async #recallOrLeave(stored: StoredRun): Promise<void> {
    try {
      await this.#teams.recall(stored);
    } catch (failure) {
      this.#logFailure("What a workflow had used could not be read.", failure, stored.runId);
    }
  }

  async #recoverOne(run: Run): Promise<void> {
    const { id: runId } = run;
    if (this.#executions.has(runId)) return;
    try {
      const stored = await readStoredRun(this.#desk.storage, runId);
      if (stored === undefined) await this.#endUnknown(run);
      else if (stored.parentId === null) void this.#executions.goOn(stored);
      // The script that asked for it goes on with it.
      else if ((await this.#desk.runs.get(stored.parentId))?.endedAtMs !== null) await this.#endUnknown(run);
    } catch (failure) {
      this.#logFailure("A workflow could not be looked at.", failure, runId);
    }
  }

  /** Nobody goes on with it: nothing is kept of it, or of the run that it is nested in. */
  async #endUnknown(run: Run): Promise<void> {
    await endUnknown(run, this.#desk);
    this.#desk.logs.close(run.id);
  }

  #logFailure(message: string, failure: unknown, runId?: string): void {
    const reason = failure instanceof Error ? failure.message : String(failure);
    this.#desk.logger.log("error", message, { ...(runId === undefined ? {} : { runId }), reason });
  }
}

function draining(): RunInputError {
  return new RunInputError(503, "draining", "", "The daemon is about to stop. Try again when it runs again.");
}
