// One run of a workflow in this process: its script in a guest, its calls, its end.
//
// Invariants
//   E1  Every answer that a script gets is in the journal before it gets it.
//   E2  However the script ends, everything that it started has ended before the run is over.
//   E3  A run that this process lets go of (it is about to end, or the store refuses) is not over: another one goes on.
import type {
  AgentStart,
  JsonValue,
  RunEnding,
  RunSpending,
  WorkflowEvent,
  WorkflowFailure,
} from "@lathe/kernel";
import type {
  CompiledScript,
  GuestAnswer,
  GuestCall,
  GuestEnding,
  GuestHost,
  GuestRun,
} from "@lathe/workflow-sandbox";
import { type AnswerOutcome, Approvals } from "../approvals/approvals.ts";
import { sumUsage } from "../budget/sum-usage.ts";
import { sha256, wordsKey } from "../cache/identity.ts";
import { AgentCall } from "../calls/agent-call.ts";
import type { AgentCallPlan } from "../calls/agent-call-plan.ts";
import { readAgentOptions, shortLabel } from "../calls/agent-options.ts";
import { type CallEnd, taken } from "../calls/call-end.ts";
import { CallFailure } from "../calls/call-failure.ts";
import { shownOf, wordsOfCall } from "../calls/call-words.ts";
import { NestedCall } from "../calls/nested-call.ts";
import type { RunLog } from "../log/run-log.ts";
import { type AnsweredScript, AnswerOrder, reachedIn, recordIn } from "./answer-order.ts";
import { Counts } from "./counts.ts";
import type { ExecutionDesk } from "./execution-desk.ts";
import { type JournalCall, newCall } from "./journal.ts";
import { stopLeftBehind } from "./left-behind.ts";
import { RunRecord } from "./run-record.ts";
import { RunWarnings } from "./run-warnings.ts";
import { type Said, ScriptSays } from "./script-says.ts";
import type { StoredRun } from "./stored-run.ts";
import type { Team } from "./team.ts";

export interface ExecutionPlan {
  readonly run: StoredRun;
  readonly script: CompiledScript;
  readonly log: RunLog;
  readonly team: Team;
  /** What this run has recorded so far, by the words of its calls. */
  readonly journal: ReadonlyMap<string, JournalCall>;
  /** What the run that this one resumes has recorded. */
  readonly resumed: ReadonlyMap<string, JournalCall>;
  readonly said: Said;
  /** Of the calls that the log says have begun, by conversation, or by run where there is none. */
  readonly starts: ReadonlyMap<string, AgentStart>;
}

/** How it went on in this process. */
export type ExecutionEnd = { readonly kind: "over" } | { readonly kind: "left" };

export class Execution implements GuestHost {
  readonly plan: ExecutionPlan;
  readonly #desk: ExecutionDesk;
  readonly #record: RunRecord;
  readonly #says: ScriptSays;
  readonly #order: AnswerOrder;
  readonly #approvals: Approvals;
  /** Aborts the script. */
  readonly #ending = new AbortController();
  /** Aborts what the script has started. */
  readonly #leaving = new AbortController();
  readonly #active = new Map<number, Promise<void>>();
  readonly #agents = new Map<number, AgentCall>();
  readonly #nested = new Map<number, NestedCall>();
  readonly #occurrences = new Counts();
  readonly #sites = new Counts();
  /** What the script has asked in this execution, by its words. */
  readonly #asked = new Set<string>();
  readonly #warnings: RunWarnings;
  #guest: GuestRun | undefined;
  #stopped: Promise<void> | undefined;
  #isStopping = false;
  #over: Promise<ExecutionEnd> | undefined;

  constructor(plan: ExecutionPlan, desk: ExecutionDesk) {
    const { run, log, journal } = plan;
    const { runId } = run;
    const { clock, timers, ids, config, runs, failpoint } = desk;
    this.plan = plan;
    this.#desk = desk;
    const onRefused = (failure: unknown): void => this.#onRefused(failure);
    const stamp = (): number => this.#guest?.stamp() ?? 0;
    this.#record = new RunRecord({ runId, log, runs, onRefused, stamp }, journal);
    this.#says = new ScriptSays(runId, plan.said, (event) => this.#record.say(event));
    this.#warnings = new RunWarnings({ team: plan.team, config, say: (text) => this.#warn(text) });
    this.#order = new AnswerOrder(recordIn(this.#record.calls()), this.#script);
    const { approvalTimeoutMs: timeoutMs } = config;
    const powers = { clock, timers, ids, failpoint };
    this.#approvals = new Approvals({ runId, record: this.#record, timeoutMs, ...powers });
  }

  /** Runs it to its end; the same promise however often it is called. Never rejects. */
  run(): Promise<ExecutionEnd> {
    this.#over ??= this.#run();
    return this.#over;
  }

  /** Asks it to stop; settles when it has. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#ending.abort();
    // At once: an agent that is stopped with the run was not skipped.
    void this.#stopCalls();
    await this.run();
  }

  /** Lets go of it at once: it is not over, and nothing more is written. Settles when its process is gone. */
  async leave(): Promise<void> {
    this.#record.leave();
    this.#ending.abort();
    this.#leaving.abort();
    await this.run();
  }

  /** As `Approvals.answer`. */
  approve(approvalId: string, answer: JsonValue, by: string): Promise<AnswerOutcome> {
    return this.#approvals.answer(approvalId, answer, by);
  }

  started(): void {
    void this.#record.noteStatus("running");
  }

  phase(title: string): void {
    this.#says.phase(title);
  }

  log(level: "info" | "warn" | "error", text: string): void {
    this.#says.log(level, text);
  }

  waiting(): void {
    this.#order.scriptWaits();
  }

  resting(dueMs: number): void {
    this.#order.scriptWaits(dueMs);
  }

  call(call: GuestCall): void {
    const work = this.#answer(this.#desk.redactor.value(call))
      .catch((failure: unknown) => this.#record.refuse(failure))
      .finally(() => {
        this.#active.delete(call.index);
        this.#agents.delete(call.index);
        this.#nested.delete(call.index);
      });
    this.#active.set(call.index, work);
  }

  async #run(): Promise<ExecutionEnd> {
    const { run, script, team } = this.plan;
    const { config, pool } = this.#desk;
    const what = { name: run.name, dialect: script.dialect, code: script.code };
    const given = { args: run.hasArgs ? run.args : undefined, budget: team.budget.shown };
    const replay = { reachedMs: reachedIn(this.#record.calls()) };
    const how = { nullStopsPipeline: config.nullStopsPipeline, isNested: run.parentId !== null, replay };
    this.#guest = pool.run({ ...what, ...given, ...how }, this, this.#ending.signal);
    this.#order.begin();
    const ending = await this.#guest.ended;
    this.#leaving.abort();
    if (!this.#record.isLeft) await this.#stopCalls();
    await Promise.all(this.#active.values());
    this.#approvals.close();
    if (!this.#record.isLeft) await this.#finish(ending).catch((failure) => this.#record.refuse(failure));
    return { kind: this.#record.isLeft ? "left" : "over" };
  }

  #stopCalls(): Promise<void> {
    const calls = [...this.#agents.values(), ...this.#nested.values()];
    this.#leaving.abort();
    this.#stopped ??= this.#recordStopped(calls).catch((failure: unknown) => this.#record.refuse(failure));
    return this.#stopped;
  }

  async #recordStopped(calls: readonly (AgentCall | NestedCall)[]): Promise<void> {
    const notAsked = this.#record
      .calls()
      .filter(({ state, wordsKey: key }) => state === "started" && !this.#asked.has(key));
    const stopped = await Promise.all([
      ...calls.map((call) => call.stop()),
      ...notAsked.map((call) => stopLeftBehind(call, this.#startOf(call), this.#desk)),
    ]);
    const ended = stopped.filter((one) => one !== undefined);
    for (const { call, events } of ended) await this.#record.note(call, events);
    // What they had used by then.
    if (ended.length > 0) this.#record.say(this.plan.team.budget.event(this.plan.run.runId));
  }

  #startOf({ conversationId, childRunId }: JournalCall): AgentStart | undefined {
    return this.plan.starts.get(conversationId ?? childRunId ?? "");
  }

  async #finish(ending: GuestEnding): Promise<void> {
    const { run, log, team } = this.plan;
    const { runId } = run;
    const { status, result, error } = this.#desk.redactor.value(this.#verdict(ending));
    const usage = sumUsage(this.#record.calls().map((call) => call.usage));
    await this.#record.settled();
    const shownError = error === null ? null : { code: error.code, message: error.message };
    const budget = this.#spending;
    const spent = budget === undefined ? {} : { budget };
    const runEnding: RunEnding = { status, usage, ...spent, result, lastSeq: log.nextSeq, error: shownError };
    const ended = await this.#desk.runs.end(runId, runEnding);
    const event: WorkflowEvent = {
      ...{ type: "workflow-finish", runId, status, result, error, usage },
      ...{ agentCount: team.agentCount, cacheHitCount: this.#record.hitCount },
      durationMs: Math.max(0, this.#desk.clock.nowMs() - run.startedAtMs),
    };
    this.#desk.failpoint("before-workflow-is-finished");
    await log.append([event], ended === undefined ? {} : { joined: [ended] });
    this.#desk.failpoint("workflow-is-finished");
  }

  #verdict(ending: GuestEnding): {
    readonly status: "succeeded" | "failed" | "stopped";
    readonly result: JsonValue;
    readonly error: WorkflowFailure | null;
  } {
    if (this.#isStopping || ending.kind === "aborted")
      return { status: "stopped", result: null, error: null };
    if (ending.kind === "returned") return { status: "succeeded", result: ending.value ?? null, error: null };
    const { errorName, ...failure } = ending.failure;
    const code = errorName === "BudgetExceededError" ? "over-budget" : failure.code;
    return { status: "failed", result: null, error: { ...failure, code } };
  }

  async #answer(call: GuestCall): Promise<void> {
    const askedAtMs = this.#guest?.toldMs ?? 0;
    const words = wordsOfCall(call);
    const occurrence = this.#occurrences.next(sha256(words));
    const key = wordsKey(words, occurrence);
    this.#asked.add(key);
    const known = this.#record.find(key);
    if (known?.state === "finished" && known.answer !== null) {
      const { order, answer, answeredAtMs } = known;
      this.#order.recorded({ order: order ?? 0, atMs: answeredAtMs ?? 0, index: call.index, answer });
      this.#sayHit(call, key, "this-run", this.plan.run.runId);
      return;
    }
    const { resumeOf } = this.plan.run;
    const resumed = this.plan.resumed.get(key);
    if (resumed?.reusable === true && resumed.answer !== null && resumeOf !== null) {
      this.#sayHit(call, key, "resumed-run", resumeOf);
      return this.#conclude(call.index, taken(resumed, resumed.answer, askedAtMs));
    }
    const begun = newCall(call.kind, key, askedAtMs);
    try {
      if (call.kind === "agent")
        await this.#agent(call, { words, wordsKey: key, occurrence, known, askedAtMs });
      else if (call.kind === "workflow")
        await this.#workflow(call, known ?? begun, resumed?.childRunId ?? null);
      else await this.#approval(call, known ?? begun);
    } catch (failure) {
      if (!(failure instanceof CallFailure)) throw failure;
      const answer: GuestAnswer = { kind: "error", name: failure.shownName, message: failure.message };
      const ended = { ...(known ?? begun), state: "finished" as const, answer };
      await this.#conclude(call.index, { kind: "answered", answer, call: ended, events: [], puts: [] });
    }
  }

  async #agent(call: Extract<GuestCall, { kind: "agent" }>, asked: AskedAgent): Promise<void> {
    const { run, team } = this.plan;
    const options = readAgentOptions(call.options);
    const isNew = asked.known === undefined;
    if (isNew) this.#warnings.ofOptions(options.warnings);
    const label = options.label ?? shortLabel(call.prompt, call.index);
    const name = `${run.name}/${options.label ?? "agent"}`;
    const site = `${name}#${this.#sites.next(name)}`;
    const phase = options.phase ?? call.phase;
    const agent = new AgentCall(
      {
        ...{ run, team, call, options, site, label, phase, ...asked },
        signal: this.#leaving.signal,
        note: (journal, events, joined) => this.#record.note(journal, events, joined),
      },
      this.#desk,
    );
    this.#agents.set(call.index, agent);
    if (isNew) this.#warnings.ofMany();
    const end = await agent.run();
    if (end.kind === "answered") this.#warnings.ofTokens(end.call.usage);
    await this.#conclude(call.index, end);
  }

  async #workflow(
    call: Extract<GuestCall, { kind: "workflow" }>,
    known: JournalCall,
    resumeOf: string | null,
  ): Promise<void> {
    const { run, team } = this.plan;
    const note = (journal: JournalCall, events: readonly WorkflowEvent[]): Promise<void> =>
      this.#record.note(journal, events);
    const nested = new NestedCall({ run, team, call, known, resumeOf, note }, this.#desk);
    this.#nested.set(call.index, nested);
    await this.#conclude(call.index, await nested.run());
  }

  #approval(call: Extract<GuestCall, { kind: "approve" }>, known: JournalCall): Promise<void> {
    const { signal } = this.#leaving;
    return this.#approvals.ask(call, known, signal, (end) => this.#conclude(call.index, end));
  }

  /** Makes the answer durable, and then gives it. */
  async #conclude(index: number, end: CallEnd): Promise<void> {
    if (end.kind === "left") return;
    const { answer, call } = this.#desk.redactor.value({ answer: end.answer, call: end.call });
    const events = call.usage === null ? [] : [this.plan.team.budget.event(this.plan.run.runId)];
    const stamp = await this.#record.conclude({ ...end, answer, call }, events);
    if (stamp === undefined) return;
    this.#showSpending();
    this.#desk.failpoint("workflow-call-is-answered");
    this.#order.live(index, answer, stamp);
  }

  /** Of a run that stands alone: one that is nested spends from the budget of the run around it. */
  get #spending(): RunSpending | undefined {
    const { run, team } = this.plan;
    return run.parentId === null ? team.budget.spending : undefined;
  }

  #showSpending(): void {
    const budget = this.#spending;
    if (budget !== undefined) this.#desk.runs.noteSpending(this.plan.run.runId, budget);
  }

  /** With each answer it is told what has been spent by then. */
  get #script(): AnsweredScript {
    const spend = (): void => this.#guest?.spend(this.plan.team.budget.shown);
    return {
      answer: (index, answer, atMs) => {
        spend();
        this.#guest?.answer(index, answer, atMs);
      },
      replay: (index, answer, atMs) => {
        spend();
        this.#guest?.replay(index, answer, atMs);
      },
      replayUntil: (nowMs) => this.#guest?.replayUntil(nowMs),
      goLive: () => this.#guest?.goLive(),
    };
  }

  #sayHit(call: GuestCall, key: string, reason: "this-run" | "resumed-run", fromRunId: string): void {
    if (call.kind !== "agent") return;
    const { label, phase } = shownOf(call);
    const about = { runId: this.plan.run.runId, callIndex: call.index, label, phase };
    this.#record.say({ type: "cache-hit", ...about, key, reason, fromRunId });
  }

  #warn(text: string): void {
    const { runId } = this.plan.run;
    this.#record.say({ type: "log", runId, source: "engine", level: "warn", text });
  }

  /** Nothing can be kept now: the script is ended, and the run goes on when something can. */
  #onRefused(failure: unknown): void {
    const reason = failure instanceof Error ? failure.message : String(failure);
    const { runId } = this.plan.run;
    this.#desk.logger.log("error", "A workflow could not be recorded; it goes on later.", { runId, reason });
    this.#ending.abort();
    this.#leaving.abort();
  }
}

type AskedAgent = Pick<AgentCallPlan, "words" | "wordsKey" | "occurrence" | "known" | "askedAtMs">;
