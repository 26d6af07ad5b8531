// All runs of workflows in this daemon: begun, gone on with, stopped, answered.
//
// Invariants
//   W1  A run has at most one execution, and its log one writer.
//   W2  A run that was asked to stop is not gone on with: a daemon that finds one ends it.
//   W3  A run stays with the text of its script, by hash, from its first commit on.
import {
  AppendConflictError,
  type BudgetLimits,
  type JsonValue,
  type PreparedChanges,
  type Run,
  RunInputError,
  type Snapshots,
  type WorkflowStart,
} from "@lathe/kernel";
import type { CompiledScript, ScriptCompiler } from "@lathe/workflow-sandbox";
import type { AnswerOutcome } from "../approvals/approvals.ts";
import { RunBudget } from "../budget/run-budget.ts";
import { CallFailure } from "../calls/call-failure.ts";
import { runKey, scriptUseKey } from "../log/keys.ts";
import { RunLogConflictError } from "../log/run-log.ts";
import type { RunLogs } from "../log/run-logs.ts";
import { checkArguments } from "./check-arguments.ts";
import { deleteRun } from "./delete-run.ts";
import { type CutOffEnd, endCutOff, endUnknown } from "./end-cut-off.ts";
import { Execution } from "./execution.ts";
import type { ExecutionDesk } from "./execution-desk.ts";
import { readJournal } from "./journal.ts";
import type { NestedRequest, NestedRun } from "./nested.ts";
import { recallTeam } from "./recall-team.ts";
import { compileStored, readPast } from "./run-past.ts";
import type { RunnableScript } from "./runnable-script.ts";
import { ScriptTexts } from "./script-texts.ts";
import type { CacheUse, StoredRun } from "./stored-run.ts";
import { Team } from "./team.ts";

export interface EngineDesk extends Omit<ExecutionDesk, "nested" | "stopNested"> {
  readonly compiler: ScriptCompiler;
  readonly logs: RunLogs;
  readonly snapshots: Pick<Snapshots, "get">;
  /** Reads the script that a nested call names. Throws CallFailure. */
  readonly findScript: (reference: JsonValue, cwd: string) => Promise<RunnableScript>;
}

/** A run that is to be begun. */
export interface NewWorkflowRun {
  readonly runId: string;
  readonly owner: string;
  /** The run that started it, of whatever kind. */
  readonly parentRunId: string | null;
  readonly found: RunnableScript;
  readonly cwd: string;
  readonly args: JsonValue | undefined;
  readonly budget: BudgetLimits;
  readonly dry: boolean;
  readonly cache: CacheUse;
  readonly resumeOf: string | null;
  readonly joined: readonly PreparedChanges[];
}

/** How long a run that could not be recorded waits before it is tried again. */
const goOnAfterMs = 15_000;
const kind = "workflow";
const titleLengthMax = 200;

export class WorkflowEngine {
  readonly #desk: EngineDesk;
  readonly #executions = new Map<string, Execution>();
  /** Runs whose execution is being made, so that nobody makes a second one. */
  readonly #opening = new Map<string, Promise<Execution | undefined>>();
  /** Of runs that are not nested and not over, from the recovery or their beginning on. */
  readonly #teams = new Map<string, Team>();
  readonly #closing = new AbortController();
  readonly #texts: ScriptTexts;

  constructor(desk: EngineDesk) {
    this.#desk = desk;
    this.#texts = new ScriptTexts(desk.storage);
  }

  /**
   * Settles when the run's beginning is durable; it goes on by itself. Throws RunInputError where the daemon is about to
   * end, AppendConflictError, and what the store throws.
   */
  async begin(draft: NewWorkflowRun): Promise<void> {
    if (this.#closing.signal.aborted) throw draining();
    const team = this.#newTeam(draft.budget);
    this.#teams.set(draft.runId, team);
    try {
      await this.#begin(draft, { team, nestedIn: null });
    } catch (failure) {
      this.#teams.delete(draft.runId);
      throw failure;
    }
  }

  /**
   * Makes the budgets of all runs that an earlier daemon left unfinished, before any of their agents goes on, and their
   * logs, so that they can be followed.
   */
  async prepareRecovery(): Promise<void> {
    const runs = await this.#desk.runs.active(kind);
    const stored = await Promise.all(runs.map(({ id }) => this.#stored(id)));
    const known = stored.filter((one) => one !== undefined);
    for (const { runId } of known) await this.#desk.logs.open(runId);
    for (const one of known) if (one.parentId === null) await this.#recallOrLeave(one);
  }

  /** One run whose rows cannot be read must not keep the others from going on: it is looked at again by itself. */
  async #recallOrLeave(stored: StoredRun): Promise<void> {
    try {
      await this.#recallTeam(stored);
    } catch (failure) {
      const { runId } = stored;
      const reason = reasonOf(failure);
      this.#desk.logger.log("error", "What a workflow had used could not be read.", { runId, reason });
    }
  }

  /** Goes on with every run that was left unfinished; called once, after `prepareRecovery`. Never rejects. */
  async recover(): Promise<void> {
    try {
      for (const run of await this.#desk.runs.active(kind)) await this.#recoverOne(run);
    } catch (failure) {
      this.#desk.logger.log("error", "Unfinished workflows could not be looked for.", {
        reason: reasonOf(failure),
      });
    }
  }

  async #recoverOne(run: Run): Promise<void> {
    const { id: runId } = run;
    if (this.#executions.has(runId) || this.#opening.has(runId)) return;
    try {
      const stored = await this.#stored(runId);
      if (stored === undefined) await this.#endUnknown(run);
      else if (stored.parentId === null) void this.#goOn(stored);
      // The script that asked for it goes on with it.
      else if ((await this.#desk.runs.get(stored.parentId))?.endedAtMs !== null) await this.#endUnknown(run);
    } catch (failure) {
      this.#desk.logger.log("error", "A workflow could not be looked at.", {
        runId,
        reason: reasonOf(failure),
      });
    }
  }

  /** Asks a run to stop; settles when it has. */
  async stop(run: Run): Promise<void> {
    const execution = run.endedAtMs === null ? await this.#executionOf(run.id) : undefined;
    await execution?.stop();
  }

  /** Answers a question that a script has asked; settles when the answer is durable. */
  async answer(run: Run, approvalId: string, answer: JsonValue, by: string): Promise<AnswerOutcome> {
    const execution = run.endedAtMs === null ? await this.#executionOf(run.id) : undefined;
    if (execution !== undefined) return execution.approve(approvalId, this.#desk.redactor.value(answer), by);
    const journal = await readJournal(this.#desk.storage, run.id);
    const wasAsked = [...journal.values()].some(({ approval }) => approval?.approvalId === approvalId);
    return wasAsked ? "already-answered" : "unknown";
  }

  /** Lets go of every run: the next daemon goes on with them. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#opening.values());
    await Promise.all([...this.#executions.values()].map((execution) => execution.leave()));
  }

  /** Removes what is kept of a run that is over. */
  async delete(runId: string): Promise<void> {
    await deleteRun(runId, { ...this.#desk, texts: this.#texts });
  }

  /** Of a run that is not over. One that waits to be gone on with goes on now. */
  async #executionOf(runId: string): Promise<Execution | undefined> {
    const known = (await this.#opening.get(runId)) ?? this.#executions.get(runId);
    if (known !== undefined) return known;
    const stored = await this.#stored(runId);
    return stored === undefined ? undefined : this.#goOn(stored);
  }

  async #nested(request: NestedRequest): Promise<NestedRun> {
    const { parent, team, childRunId } = request;
    const known = await this.#stored(childRunId);
    if (known !== undefined) return this.#nestedAgain(known);
    if (parent.parentId !== null) throw nestedTooDeep();
    const found = await this.#desk.findScript(request.reference, parent.cwd);
    const { name, all } = found.script.meta;
    const wrong = checkArguments(all, request.args);
    if (wrong !== undefined)
      throw new CallFailure("invalid-arguments", "WorkflowError", `workflow(): ${wrong.message}`);
    const { owner, cwd, budget, dry, cache } = parent;
    const { resumeOf } = request;
    const draft: NewWorkflowRun = {
      ...{ runId: childRunId, owner, parentRunId: parent.runId, found, cwd, args: request.args },
      ...{ budget, dry, cache, resumeOf, joined: [] },
    };
    const execution = await this.#begin(draft, { team, nestedIn: parent.runId });
    this.#desk.failpoint("workflow-nested-is-begun");
    return this.#nestedRun(name, childRunId, execution);
  }

  async #nestedAgain(stored: StoredRun): Promise<NestedRun> {
    const { runId, name } = stored;
    const run = await this.#desk.runs.get(runId);
    if (run !== undefined && run.endedAtMs !== null)
      return { runId, name, over: Promise.resolve(run), stop: () => Promise.resolve() };
    return this.#nestedRun(name, runId, await this.#goOn(stored));
  }

  #nestedRun(name: string, runId: string, execution: Execution | undefined): NestedRun {
    const over = this.#overOf(runId, execution);
    // Whoever asks for it later is told as well.
    over.catch(() => undefined);
    return { runId, name, over, stop: async () => execution?.stop() };
  }

  async #overOf(runId: string, execution: Execution | undefined): Promise<Run | undefined> {
    await execution?.run();
    const run = await this.#desk.runs.get(runId);
    if (run !== undefined && run.endedAtMs !== null) return run;
    if (this.#closing.signal.aborted) return undefined;
    throw new Error(`The nested workflow ${runId} cannot go on now.`);
  }

  /** Whoever asks for the run from its commit on is given this execution. */
  #begin(
    draft: NewWorkflowRun,
    place: { readonly team: Team; readonly nestedIn: string | null },
  ): Promise<Execution> {
    const begun = this.#commitBeginning(draft, place);
    void this.#openingOf(
      draft.runId,
      begun.catch(() => undefined),
    );
    return begun;
  }

  async #commitBeginning(
    draft: NewWorkflowRun,
    place: { readonly team: Team; readonly nestedIn: string | null },
  ): Promise<Execution> {
    const { runId, found } = draft;
    const stored = this.#storedOf(draft, place.nestedIn);
    // All of it before the run begins: from then on it can be stopped.
    const resumed = await this.#resumedJournal(draft.resumeOf);
    const log = await this.#desk.logs.open(runId);
    const joined = [this.#newRow(draft, place), ...draft.joined];
    const puts = [
      { key: runKey(runId), value: stored as unknown as JsonValue },
      { key: scriptUseKey(stored.scriptHash, runId), value: null },
    ];
    try {
      const commit = () => log.append([startEvent(stored, found.script)], { puts, joined });
      await this.#texts.keepFor(stored.scriptHash, found.source, commit);
    } catch (failure) {
      this.#desk.logs.close(runId);
      throw failure instanceof RunLogConflictError ? new AppendConflictError(runId) : failure;
    }
    this.#desk.failpoint("workflow-is-begun");
    const said = { phaseCount: 0, logCount: 0 };
    const plan = { run: stored, script: found.script, log, team: place.team, journal: new Map(), resumed };
    return this.#execute(new Execution({ ...plan, said, starts: new Map() }, this.#executionDesk));
  }

  #newRow(
    { runId, owner, parentRunId, found }: NewWorkflowRun,
    { team, nestedIn }: { readonly team: Team; readonly nestedIn: string | null },
  ): PreparedChanges {
    const limits = nestedIn === null ? team.budget.spending?.limits : undefined;
    const title = found.script.meta.name.slice(0, titleLengthMax).toWellFormed();
    return this.#desk.runs.begin({
      ...{ id: runId, kind, owner, title, parentId: parentRunId, agent: null },
      ...{ conversationId: null, turnId: null, firstSeq: 1, status: "queued" as const },
      ...(limits === undefined ? {} : { budget: limits }),
    });
  }

  #storedOf(draft: NewWorkflowRun, parentId: string | null): StoredRun {
    const { runId, owner, found, cwd, args, budget, dry, cache, resumeOf } = draft;
    const { meta, dialect, hash: scriptHash } = found.script;
    return {
      ...{ runId, owner, parentId, name: meta.name, dialect, scriptHash, cwd },
      ...{ hasArgs: args !== undefined, args: args ?? null, budget, dry, cache, resumeOf },
      startedAtMs: this.#desk.clock.nowMs(),
    };
  }

  /** Runs it, and forgets it when it is over, or goes on with it later where it could not be recorded. */
  #execute(execution: Execution): Execution {
    const { runId } = execution.plan.run;
    this.#executions.set(runId, execution);
    if (this.#closing.signal.aborted) void execution.leave();
    void execution.run().then((end) => {
      this.#executions.delete(runId);
      this.#desk.logs.close(runId);
      if (end.kind === "over") this.#teams.delete(runId);
      else void this.#goOnLater(execution.plan.run);
    });
    return execution;
  }

  async #goOnLater(stored: StoredRun): Promise<void> {
    // One that is nested is gone on with by the script that asked for it.
    if (stored.parentId !== null || this.#closing.signal.aborted) return;
    // Its followers are told to come again, since nothing more is shown by this log.
    await this.#desk.timers.sleep(goOnAfterMs, this.#closing.signal);
    if (!this.#closing.signal.aborted) await this.#goOn(stored);
  }

  /** Takes up a run that was cut off. Undefined where it is over, or that cannot be done now; why is in the log. */
  #goOn(stored: StoredRun): Promise<Execution | undefined> {
    const { runId } = stored;
    const known = this.#opening.get(runId);
    if (known !== undefined) return known;
    const execution = this.#executions.get(runId);
    if (execution !== undefined) return Promise.resolve(execution);
    return this.#openingOf(runId, this.#reopen(stored));
  }

  #openingOf(runId: string, execution: Promise<Execution | undefined>): Promise<Execution | undefined> {
    const opening = execution.finally(() => this.#opening.delete(runId));
    this.#opening.set(runId, opening);
    return opening;
  }

  async #reopen(stored: StoredRun): Promise<Execution | undefined> {
    const { runId } = stored;
    try {
      if ((await this.#desk.runs.get(runId))?.endedAtMs !== null) return undefined;
      if (await this.#desk.runs.wasAskedToStop(runId)) return await this.#endCutOff(stored, stopped);
      const script = await compileStored(stored, { texts: this.#texts, compiler: this.#desk.compiler });
      const team = this.#teams.get(stored.parentId ?? runId) ?? (await this.#recallTeam(stored));
      const journal = await readJournal(this.#desk.storage, runId);
      const resumed = await this.#resumedJournal(stored.resumeOf);
      const past = await readPast(runId, this.#desk.logs);
      const log = await this.#desk.logs.open(runId);
      await log.append([{ type: "workflow-continued", runId }]);
      this.#desk.failpoint("workflow-is-continued");
      const plan = { run: stored, script, log, team, journal, resumed, ...past };
      return this.#execute(new Execution(plan, this.#executionDesk));
    } catch (failure) {
      const reason = reasonOf(failure);
      this.#desk.logger.log("error", "A workflow could not be gone on with.", { runId, reason });
      if (!(failure instanceof CallFailure)) void this.#goOnLater(stored);
      else await this.#endCutOff(stored, failed(failure)).catch(() => void this.#goOnLater(stored));
      return undefined;
    }
  }

  async #endCutOff(run: StoredRun, how: CutOffEnd): Promise<undefined> {
    const { runId } = run;
    try {
      const journal = await readJournal(this.#desk.storage, runId);
      const { starts } = await readPast(runId, this.#desk.logs);
      const log = await this.#desk.logs.open(runId);
      await endCutOff({ run, log, journal, starts }, how, this.#executionDesk);
      this.#teams.delete(runId);
    } finally {
      this.#desk.logs.close(runId);
    }
  }

  async #resumedJournal(runId: string | null): ReturnType<typeof readJournal> {
    return runId === null ? new Map() : readJournal(this.#desk.storage, runId);
  }

  /** Nobody goes on with it: nothing is kept of it, or of the run that it is nested in. */
  async #endUnknown(run: Run): Promise<void> {
    await endUnknown(run, this.#desk);
    this.#desk.logs.close(run.id);
  }

  async #stored(runId: string): Promise<StoredRun | undefined> {
    const row = await this.#desk.storage.get(runKey(runId));
    return row?.value as unknown as StoredRun | undefined;
  }

  #newTeam(limits: BudgetLimits): Team {
    const { config, prices } = this.#desk;
    return new Team(config, new RunBudget(limits, config, prices));
  }

  async #recallTeam({ runId, parentId, budget }: StoredRun): Promise<Team> {
    const team = this.#newTeam(budget);
    await recallTeam(runId, team, this.#desk);
    this.#teams.set(runId, team);
    const { spending } = team.budget;
    if (spending !== undefined && parentId === null) this.#desk.runs.noteSpending(runId, spending);
    return team;
  }

  async #stopNested(runId: string): Promise<void> {
    const run = await this.#desk.runs.get(runId);
    if (run !== undefined) await this.stop(run);
  }

  get #executionDesk(): ExecutionDesk {
    return {
      ...this.#desk,
      nested: (request) => this.#nested(request),
      stopNested: (runId) => this.#stopNested(runId),
    };
  }
}

function startEvent(stored: StoredRun, { meta }: CompiledScript): WorkflowStart {
  const { runId, name, dialect, scriptHash, hasArgs, args, budget, dry, resumeOf } = stored;
  return {
    ...{ type: "workflow-start", runId, name, description: meta.description, dialect, scriptHash },
    ...{ phases: meta.phases, ...(hasArgs ? { args } : {}), budget, dry, resumeOf },
  };
}

const stopped: CutOffEnd = { status: "stopped", error: null };

function failed({ code, message }: CallFailure): CutOffEnd {
  return { status: "failed", error: { code, message } };
}

function draining(): RunInputError {
  return new RunInputError(503, "draining", "", "The daemon is about to stop. Try again when it runs again.");
}

function nestedTooDeep(): CallFailure {
  return new CallFailure(
    "nested-too-deep",
    "WorkflowError",
    "A workflow that another one called cannot call a third one: one level of nesting is possible.",
  );
}

function reasonOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}
