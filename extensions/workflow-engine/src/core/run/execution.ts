// One run of a workflow in this process: its script in a guest, its calls, its end.
//
// Invariants
//   E1  Every answer that a script gets is in the journal before it gets it.
//   E2  However the script ends, everything that it started has ended before the run is over.
//   E3  A run that this process lets go of (it is about to end, or the store refuses) is not over: another one goes on.
import {
  type JsonValue,
  noUsage,
  type RunEnding,
  type Usage,
  type WorkflowEvent,
  type WorkflowFailure,
} from "@lathe/kernel";
import type {
  CompiledScript,
  GuestAnswer,
  GuestCall,
  GuestEnding,
  GuestHost,
  GuestRun,
} from "@lathe/workflow-sandbox";
import { askedEvent, endApproval, newApproval, waitUntil } from "../approvals/approval-call.ts";
import { type CallWords, sha256, wordsKey } from "../cache/identity.ts";
import { AgentCall, type CallEnd, sumUsage } from "../calls/agent-call.ts";
import { readAgentOptions, wordsOf } from "../calls/agent-options.ts";
import { CallFailure } from "../calls/call-failure.ts";
import type { RunLog } from "../log/run-log.ts";
import { AnswerOrder } from "./answer-order.ts";
import type { ExecutionDesk } from "./execution-desk.ts";
import { type JournalCall, newCall, putCall } from "./journal.ts";
import type { NestedRun } from "./nested.ts";
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
}

/** How it went on in this process. */
export type ExecutionEnd = { readonly kind: "over" } | { readonly kind: "left" };

export class Execution implements GuestHost {
  readonly plan: ExecutionPlan;
  readonly #desk: ExecutionDesk;
  readonly #journal: Map<string, JournalCall>;
  readonly #says: ScriptSays;
  readonly #order: AnswerOrder;
  /** Aborts the script. */
  readonly #ending = new AbortController();
  /** Aborts what the script has started. */
  readonly #leaving = new AbortController();
  readonly #active = new Map<number, Promise<void>>();
  readonly #agents = new Map<number, AgentCall>();
  readonly #nested = new Map<number, NestedRun>();
  readonly #approvals = new Map<string, OpenApproval>();
  readonly #occurrences = new Map<string, number>();
  readonly #sites = new Map<string, number>();
  #guest: GuestRun | undefined;
  #nextOrder: number;
  #hitCount = 0;
  #openApprovalCount = 0;
  #stoppedUsage: readonly (Usage | null)[] = [];
  /** What is noted of the run's status, one after the other: each is checked against the one before. */
  #noted: Promise<void> = Promise.resolve();
  #isStopping = false;
  #isLeft = false;
  #storeFailure: unknown;
  #over: Promise<ExecutionEnd> | undefined;

  constructor(plan: ExecutionPlan, desk: ExecutionDesk) {
    this.plan = plan;
    this.#desk = desk;
    this.#journal = new Map(plan.journal);
    const finished = [...plan.journal.values()].filter(({ state }) => state === "finished");
    this.#nextOrder = Math.max(-1, ...finished.map(({ order }) => order ?? -1)) + 1;
    this.#order = new AnswerOrder(finished.length, (index, answer) => this.#give(index, answer));
    this.#says = new ScriptSays(plan.run.runId, plan.said, (event) => this.#say(event));
    for (const { approval, state } of plan.journal.values())
      if (approval !== null && state === "started") this.#approvals.set(approval.approvalId, openApproval());
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
    await this.run();
  }

  /** Lets go of it at once: it is not over, and nothing more is written. Settles when its process is gone. */
  async leave(): Promise<void> {
    this.#isLeft = true;
    this.#ending.abort();
    this.#leaving.abort();
    await this.run();
  }

  /** Answers a question that waits; settles when the answer is durable. */
  async approve(
    approvalId: string,
    answer: JsonValue,
    by: string,
  ): Promise<"answered" | "unknown" | "already-answered"> {
    const open = this.#approvals.get(approvalId);
    if (open === undefined) return this.#wasAsked(approvalId) ? "already-answered" : "unknown";
    if (open.isAnswered) return "already-answered";
    open.isAnswered = true;
    open.given.resolve({ answer, by });
    return (await open.concluded.promise) ? "answered" : "already-answered";
  }

  started(): void {
    void this.#noteStatus("running");
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

  call(call: GuestCall): void {
    const work = this.#answer(call)
      .catch((failure: unknown) => this.#onStoreFailure(failure))
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
    this.#guest = pool.run(
      {
        ...{ name: run.name, dialect: script.dialect, code: script.code },
        ...{ args: run.hasArgs ? run.args : undefined, budget: team.budget.shown },
        nullStopsPipeline: config.nullStopsPipeline,
      },
      this,
      this.#ending.signal,
    );
    const ending = await this.#guest.ended;
    this.#leaving.abort();
    if (!this.#isLeft) await this.#stopCalls();
    await Promise.all(this.#active.values());
    if (this.#isLeft) return { kind: "left" };
    try {
      await this.#finish(ending);
      return { kind: "over" };
    } catch (failure) {
      this.#onStoreFailure(failure);
      return { kind: "left" };
    }
  }

  async #stopCalls(): Promise<void> {
    const agents = [...this.#agents.values()];
    const nested = [...this.#nested.values()];
    const stopped = await Promise.all(agents.map((agent) => agent.stop()));
    await Promise.all(nested.map((run) => run.stop()));
    this.#stoppedUsage = stopped.map(({ usage }) => usage);
    const events = stopped.flatMap((one) => one.events);
    if (events.length > 0)
      await this.plan.log.append(events).catch((failure) => this.#onStoreFailure(failure));
  }

  #wasAsked(approvalId: string): boolean {
    return [...this.#journal.values()].some(({ approval }) => approval?.approvalId === approvalId);
  }

  async #finish(ending: GuestEnding): Promise<void> {
    const { run, log, team } = this.plan;
    const { runId } = run;
    const { status, result, error } = this.#verdict(ending);
    const answered = [...this.#journal.values()]
      .filter(({ state }) => state === "finished")
      .map((call) => call.usage);
    const usage = sumUsage([...answered, ...this.#stoppedUsage], noUsage);
    await this.#noted;
    const runEnding: RunEnding = {
      ...{ status, usage, result, lastSeq: log.nextSeq },
      error: error === null ? null : { code: error.code, message: error.message },
    };
    const ended = await this.#desk.runs.end(runId, runEnding);
    const event: WorkflowEvent = {
      ...{ type: "workflow-finish", runId, status, result, error, usage },
      ...{ agentCount: team.agentCount, cacheHitCount: this.#hitCount },
      durationMs: Math.max(0, this.#desk.clock.nowMs() - run.startedAtMs),
    };
    await log.append([event], ended === undefined ? {} : { joined: [ended] });
  }

  #verdict(ending: GuestEnding): {
    readonly status: "succeeded" | "failed" | "stopped";
    readonly result: JsonValue;
    readonly error: WorkflowFailure | null;
  } {
    if (this.#isStopping) return { status: "stopped", result: null, error: null };
    if (this.#storeFailure !== undefined)
      return { status: "failed", result: null, error: storeFailed(this.#storeFailure) };
    if (ending.kind === "returned") return { status: "succeeded", result: ending.value ?? null, error: null };
    if (ending.kind === "aborted") return { status: "stopped", result: null, error: null };
    const { errorName, ...failure } = ending.failure;
    const code = errorName === "BudgetExceededError" ? "over-budget" : failure.code;
    return { status: "failed", result: null, error: { ...failure, code } };
  }

  async #answer(call: GuestCall): Promise<void> {
    const words = this.#wordsOf(call);
    const occurrence = countUp(this.#occurrences, sha256(words));
    const key = wordsKey(words, occurrence);
    const known = this.#journal.get(key);
    if (known?.state === "finished" && known.answer !== null) {
      this.#order.recorded({ order: known.order ?? 0, index: call.index, answer: known.answer });
      if (call.kind === "agent") this.#sayHit(call, key, "this-run", this.plan.run.runId);
      return;
    }
    const resumed = this.plan.resumed.get(key);
    if (resumed?.reusable === true && resumed.answer !== null && this.plan.run.resumeOf !== null) {
      const { answer } = resumed;
      if (call.kind === "agent") this.#sayHit(call, key, "resumed-run", this.plan.run.resumeOf);
      const taken = { ...resumed, usage: null, childRunId: null, conversationId: null };
      return this.#conclude(call.index, { kind: "answered", answer, call: taken, events: [], puts: [] });
    }
    const begun = { ...newCall, wordsKey: key };
    if (call.kind === "agent") await this.#agent(call, words, key, occurrence, known);
    else if (call.kind === "approve") await this.#approval(call, known ?? begun);
    else await this.#workflow(call, known ?? begun, resumed?.childRunId ?? null);
  }

  #wordsOf(call: GuestCall): CallWords {
    if (call.kind === "agent") return wordsOf(call.prompt, call.options);
    if (call.kind === "approve") return { kind: "approve", prompt: call.question, options: {} };
    const options = call.args === undefined ? {} : { args: call.args };
    return { kind: "workflow", prompt: JSON.stringify(call.reference), options };
  }

  async #agent(
    call: Extract<GuestCall, { kind: "agent" }>,
    words: CallWords,
    key: string,
    occurrence: number,
    known: JournalCall | undefined,
  ): Promise<void> {
    const { run, team } = this.plan;
    let options: ReturnType<typeof readAgentOptions>;
    try {
      options = readAgentOptions(call.options);
    } catch (failure) {
      return this.#refuse(call.index, key, failure);
    }
    for (const text of known === undefined ? options.warnings : []) this.#warn(text);
    const label = options.label ?? shortLabel(call.prompt, call.index);
    const name = `${run.name}/${options.label ?? "agent"}`;
    const site = `${name}#${countUp(this.#sites, name)}`;
    const phase = options.phase ?? call.phase;
    const agent = new AgentCall(
      {
        ...{ run, team, call, options, words, wordsKey: key, occurrence, site, label, phase, known },
        signal: this.#leaving.signal,
        note: (journal, events) => this.#note(journal, events),
      },
      this.#desk,
    );
    this.#agents.set(call.index, agent);
    this.#warnOfMany();
    await this.#conclude(call.index, await agent.run());
  }

  async #workflow(
    call: Extract<GuestCall, { kind: "workflow" }>,
    known: JournalCall,
    resumeOf: string | null,
  ): Promise<void> {
    const { run, team } = this.plan;
    const childRunId = known.childRunId ?? this.#desk.ids.newId("run");
    const journal = { ...known, childRunId };
    try {
      if (known.childRunId === null) await this.#note(journal, []);
      const { reference, args } = call;
      const nested = await this.#desk.nested({ parent: run, team, reference, args, childRunId, resumeOf });
      this.#nested.set(call.index, nested);
      const child = await nested.over;
      if (child === undefined || this.#leaving.signal.aborted) return;
      const isDone = child.status === "succeeded";
      const message = child.error?.message ?? `The workflow ${nested.name} was ${child.status}.`;
      const errorName = child.error?.code === "over-budget" ? "BudgetExceededError" : "WorkflowError";
      const answer: GuestAnswer = isDone
        ? { kind: "value", value: child.result }
        : { kind: "error", name: errorName, message };
      const ended = { ...journal, state: "finished" as const, answer, reusable: isDone, usage: child.usage };
      await this.#conclude(call.index, { kind: "answered", answer, call: ended, events: [], puts: [] });
    } catch (failure) {
      await this.#refuse(call.index, known.wordsKey, failure);
    }
  }

  async #approval(call: Extract<GuestCall, { kind: "approve" }>, known: JournalCall): Promise<void> {
    const { runId } = this.plan.run;
    const { clock, timers, ids, config } = this.#desk;
    let approval = known.approval;
    try {
      const desk = { ids, nowMs: clock.nowMs(), timeoutMs: config.approvalTimeoutMs };
      approval ??= newApproval(call.question, call.options, desk);
    } catch (failure) {
      return this.#refuse(call.index, known.wordsKey, failure);
    }
    const { approvalId } = approval;
    const open = this.#approvals.get(approvalId) ?? openApproval();
    if (known.approval === null) {
      this.#approvals.set(approvalId, open);
      await this.#note({ ...known, approval }, [askedEvent(approval, runId, call.index)]);
    }
    this.#openApprovalCount += 1;
    await this.#noteStatus("waiting");
    const over = new AbortController();
    const { signal } = this.#leaving;
    const onAbort = (): void => over.abort();
    signal.addEventListener("abort", onAbort);
    const inTime = waitUntil(approval.expiresAtMs, { nowMs: () => clock.nowMs(), timers }, over.signal);
    const given = await Promise.race([open.given.promise, inTime]);
    over.abort();
    signal.removeEventListener("abort", onAbort);
    this.#openApprovalCount -= 1;
    this.#approvals.delete(approvalId);
    if (signal.aborted) return open.concluded.resolve(false);
    if (this.#openApprovalCount === 0) await this.#noteStatus("running");
    const { answer, event } = endApproval(approval, given);
    const ended = {
      ...known,
      approval,
      state: "finished" as const,
      answer,
      reusable: answer.kind === "value",
    };
    const answered = { type: "approval-answered" as const, runId, callIndex: call.index };
    const events = event === null ? [] : [{ ...answered, ...event }];
    try {
      await this.#conclude(call.index, { kind: "answered", answer, call: ended, events, puts: [] });
    } finally {
      open.concluded.resolve(given !== null);
    }
  }

  /** A call that can never be answered with a value. Throws what is no CallFailure. */
  async #refuse(index: number, key: string, failure: unknown): Promise<void> {
    if (!(failure instanceof CallFailure)) throw failure;
    const answer: GuestAnswer = { kind: "error", name: failure.shownName, message: failure.message };
    const call = { ...newCall, wordsKey: key, state: "finished" as const, answer };
    await this.#conclude(index, { kind: "answered", answer, call, events: [], puts: [] });
  }

  /** Makes the answer durable, and then gives it. */
  async #conclude(index: number, end: CallEnd): Promise<void> {
    if (end.kind === "left" || this.#isLeft) return;
    const call: JournalCall = { ...end.call, order: this.#nextOrder };
    this.#nextOrder += 1;
    this.#journal.set(call.wordsKey, call);
    if (end.events.some(({ type }) => type === "cache-hit")) this.#hitCount += 1;
    const spent = call.usage === null ? [] : [this.plan.team.budget.event(this.plan.run.runId)];
    const puts = [putCall(this.plan.run.runId, call), ...end.puts];
    await this.plan.log.append([...end.events, ...spent], { puts });
    this.#order.live(index, end.answer);
  }

  async #note(call: JournalCall, events: readonly WorkflowEvent[]): Promise<void> {
    if (this.#isLeft) return;
    this.#journal.set(call.wordsKey, call);
    await this.plan.log.append(events, { puts: [putCall(this.plan.run.runId, call)] });
  }

  #give(index: number, answer: GuestAnswer): void {
    this.#guest?.spend(this.plan.team.budget.shown);
    this.#guest?.answer(index, answer);
  }

  #say(event: WorkflowEvent): void {
    if (this.#isLeft) return;
    this.plan.log.append([event]).catch((failure: unknown) => this.#onStoreFailure(failure));
  }

  #sayHit(
    call: Extract<GuestCall, { kind: "agent" }>,
    key: string,
    reason: "this-run" | "resumed-run",
    fromRunId: string,
  ): void {
    const label = typeof call.options.label === "string" ? call.options.label : null;
    const phase = typeof call.options.phase === "string" ? call.options.phase : call.phase;
    const shown = label ?? shortLabel(call.prompt, call.index);
    this.#hitCount += 1;
    const about = { runId: this.plan.run.runId, callIndex: call.index, label: shown, phase };
    this.#say({ type: "cache-hit", ...about, key, reason, fromRunId });
  }

  #warn(text: string): void {
    const { runId } = this.plan.run;
    this.#say({ type: "log", runId, source: "engine", level: "warn", text });
  }

  /** Once in a run: whoever did not mean to start so many can still stop it. */
  #warnOfMany(): void {
    const { warnAgentCount, agentCountMax } = this.#desk.config;
    if (this.plan.team.agentCount + 1 !== warnAgentCount) return;
    this.#warn(`This run has started ${warnAgentCount} agents. It may start ${agentCountMax} in all.`);
  }

  #noteStatus(status: "running" | "waiting"): Promise<void> {
    this.#noted = this.#noted.then(() => this.#noteStatusNow(status));
    return this.#noted;
  }

  async #noteStatusNow(status: "running" | "waiting"): Promise<void> {
    try {
      const noted = await this.#desk.runs.note(this.plan.run.runId, status);
      if (noted !== undefined && !this.#isLeft) await this.plan.log.append([], { joined: [noted] });
    } catch (failure) {
      this.#onStoreFailure(failure);
    }
  }

  /** Nothing can be kept now: the script is ended, and the run goes on, or ends, when something can. */
  #onStoreFailure(failure: unknown): void {
    if (this.#storeFailure !== undefined || this.#isLeft) return;
    this.#storeFailure = failure;
    this.#isLeft = true;
    const reason = failure instanceof Error ? failure.message : String(failure);
    const { runId } = this.plan.run;
    this.#desk.logger.log("error", "A workflow could not be recorded; it goes on later.", { runId, reason });
    this.#ending.abort();
    this.#leaving.abort();
  }
}

interface OpenApproval {
  readonly given: PromiseWithResolvers<{ readonly answer: JsonValue; readonly by: string }>;
  /** Whether the answer that was given is the one that counts. */
  readonly concluded: PromiseWithResolvers<boolean>;
  isAnswered: boolean;
}

function openApproval(): OpenApproval {
  return { given: Promise.withResolvers(), concluded: Promise.withResolvers(), isAnswered: false };
}

function countUp(counts: Map<string, number>, key: string): number {
  const count = counts.get(key) ?? 0;
  counts.set(key, count + 1);
  return count;
}

function shortLabel(prompt: string, index: number): string {
  const line = prompt.trim().split("\n", 1)[0] ?? "";
  return line === "" ? `agent ${index + 1}` : line.slice(0, 60).toWellFormed();
}

function storeFailed(failure: unknown): WorkflowFailure {
  const message = failure instanceof Error ? failure.message : "The store refused.";
  return { code: "not-recorded", message };
}
