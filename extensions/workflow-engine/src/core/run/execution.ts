// One run of a workflow in this process: its script in a guest, from its start to its end.
//
// Owns: the guest, the signal that ends it, and the record that it leaves. What the script asks for is answered by
// `ScriptCalls`, in the order of `AnswerOrder`.
//
// Invariants
//   E2  However the script ends, everything that it started has ended before the run is over.
//   E3  A run that this process lets go of (it is about to end, or the store refuses) is not over: another one goes on.
import type { JsonValue } from "@lathe/kernel";
import type { GuestCall, GuestEnding, GuestHost, GuestRun } from "@lathe/workflow-sandbox";
import { type AnswerOutcome, Approvals } from "../approvals/approvals.ts";
import { type AnsweredScript, AnswerOrder, reachedIn, recordIn } from "./answer-order.ts";
import type { ExecutionDesk } from "./execution-desk.ts";
import type { ExecutionPlan } from "./execution-plan.ts";
import { finishRun, verdictOn } from "./finish-run.ts";
import { RunRecord } from "./run-record.ts";
import { ScriptCalls } from "./script-calls.ts";
import { ScriptSays } from "./script-says.ts";

/** How it went on in this process. */
export type ExecutionEnd = { readonly kind: "over" } | { readonly kind: "left" };

export class Execution implements GuestHost {
  readonly #plan: ExecutionPlan;
  readonly #desk: ExecutionDesk;
  readonly #record: RunRecord;
  readonly #says: ScriptSays;
  readonly #order: AnswerOrder;
  readonly #approvals: Approvals;
  readonly #calls: ScriptCalls;
  /** Aborts the script. */
  readonly #ending = new AbortController();
  #guest: GuestRun | undefined;
  #isStopping = false;
  #over: Promise<ExecutionEnd> | undefined;

  constructor(plan: ExecutionPlan, desk: ExecutionDesk) {
    const { run, log, journal } = plan;
    const { runId } = run;
    const { clock, timers, ids, config, runs, failpoint } = desk;
    this.#plan = plan;
    this.#desk = desk;
    const onRefused = (failure: unknown): void => this.#onRefused(failure);
    const stamp = (): number => this.#guest?.stamp() ?? 0;
    const record = new RunRecord({ runId, log, runs, onRefused, stamp }, journal);
    const order = new AnswerOrder(recordIn(record.calls()), this.#script);
    const powers = { clock, timers, ids, failpoint };
    const approvals = new Approvals({ runId, record, timeoutMs: config.approvalTimeoutMs, ...powers });
    const toldMs = (): number => this.#guest?.toldMs ?? 0;
    this.#record = record;
    this.#order = order;
    this.#approvals = approvals;
    this.#says = new ScriptSays(runId, plan.said, (event) => record.say(event));
    this.#calls = new ScriptCalls({ ...plan, record, order, approvals, toldMs }, desk);
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
    void this.#calls.stop();
    await this.run();
  }

  /** Lets go of it at once: it is not over, and nothing more is written. Settles when its process is gone. */
  async leave(): Promise<void> {
    this.#record.leave();
    this.#ending.abort();
    this.#calls.leave();
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
    this.#calls.begin(call);
  }

  async #run(): Promise<ExecutionEnd> {
    const { run, script, team } = this.#plan;
    const { config, pool } = this.#desk;
    const what = { name: run.name, dialect: script.dialect, code: script.code };
    const given = { args: run.hasArgs ? run.args : undefined, budget: team.budget.shown };
    const replay = { reachedMs: reachedIn(this.#record.calls()) };
    const how = { nullStopsPipeline: config.nullStopsPipeline, isNested: run.parentId !== null, replay };
    this.#guest = pool.run({ ...what, ...given, ...how }, this, this.#ending.signal);
    this.#order.begin();
    const ending = await this.#guest.ended;
    this.#calls.leave();
    if (!this.#record.isLeft) await this.#calls.stop();
    await this.#calls.settled();
    this.#approvals.close();
    if (!this.#record.isLeft) await this.#finish(ending).catch((failure) => this.#record.refuse(failure));
    return { kind: this.#record.isLeft ? "left" : "over" };
  }

  async #finish(ending: GuestEnding): Promise<void> {
    const verdict = this.#desk.redactor.value(verdictOn(ending, this.#isStopping));
    await finishRun(verdict, this.#plan, this.#record, this.#desk);
  }

  /** With each answer it is told what has been spent by then. */
  get #script(): AnsweredScript {
    const spend = (): void => this.#guest?.spend(this.#plan.team.budget.shown);
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

  /** Nothing can be kept now: the script is ended, and the run goes on when something can. */
  #onRefused(failure: unknown): void {
    const reason = failure instanceof Error ? failure.message : String(failure);
    const { runId } = this.#plan.run;
    this.#desk.logger.log("error", "A workflow could not be recorded; it goes on later.", { runId, reason });
    this.#ending.abort();
    this.#calls.leave();
  }
}
