// What the script of one execution asks for, each call until its answer is given, or its work is stopped.
//
// Owns: the calls at work, and the signal that ends them; how often which words were asked, by which a call is found again.
//
// Invariants
//   E1  Every answer that a script gets is in the journal before it gets it.
import type { AgentStart, WorkflowEvent } from "@lathe/kernel";
import type { GuestAnswer, GuestCall } from "@lathe/workflow-sandbox";
import type { Approvals } from "../approvals/approvals.ts";
import { sha256, wordsKey } from "../cache/identity.ts";
import { AgentCall } from "../calls/agent-call.ts";
import type { AgentCallPlan } from "../calls/agent-call-plan.ts";
import { readAgentOptions, shortLabel } from "../calls/agent-options.ts";
import { type CallEnd, taken } from "../calls/call-end.ts";
import { CallFailure } from "../calls/call-failure.ts";
import { shownOf, wordsOfCall } from "../calls/call-words.ts";
import { NestedCall } from "../calls/nested-call.ts";
import type { AnswerOrder } from "./answer-order.ts";
import { Counts } from "./counts.ts";
import type { ExecutionDesk } from "./execution-desk.ts";
import type { ExecutionPlan } from "./execution-plan.ts";
import { type JournalCall, newCall } from "./journal.ts";
import { stopLeftBehind } from "./left-behind.ts";
import type { RunRecord } from "./run-record.ts";
import { RunWarnings } from "./run-warnings.ts";

/** Of the execution whose calls they are. */
export interface ScriptCallsPlan extends Pick<ExecutionPlan, "run" | "team" | "resumed" | "starts"> {
  readonly record: RunRecord;
  readonly order: AnswerOrder;
  readonly approvals: Approvals;
  /** The script's time as it was told last. */
  readonly toldMs: () => number;
}

export class ScriptCalls {
  readonly #plan: ScriptCallsPlan;
  readonly #desk: ExecutionDesk;
  readonly #leaving = new AbortController();
  readonly #active = new Map<number, Promise<void>>();
  readonly #agents = new Map<number, AgentCall>();
  readonly #nested = new Map<number, NestedCall>();
  readonly #occurrences = new Counts();
  readonly #sites = new Counts();
  /** What the script has asked in this execution, by its words. */
  readonly #asked = new Set<string>();
  readonly #warnings: RunWarnings;
  #stopped: Promise<void> | undefined;

  constructor(plan: ScriptCallsPlan, desk: ExecutionDesk) {
    this.#plan = plan;
    this.#desk = desk;
    const { team } = plan;
    this.#warnings = new RunWarnings({ team, config: desk.config, say: (text) => this.#warn(text) });
  }

  /** Answers it in its time. Where the store refuses, the record is told. */
  begin(call: GuestCall): void {
    const work = this.#answer(this.#desk.redactor.value(call))
      .catch((failure: unknown) => this.#plan.record.refuse(failure))
      .finally(() => {
        this.#active.delete(call.index);
        this.#agents.delete(call.index);
        this.#nested.delete(call.index);
      });
    this.#active.set(call.index, work);
  }

  /** Nobody waits for them any more; nothing is recorded of that. */
  leave(): void {
    this.#leaving.abort();
  }

  /**
   * Stops what they have started, and what an earlier execution has and the script did not come to again. Settles when
   * that is recorded; the same promise however often it is called. Never rejects.
   */
  stop(): Promise<void> {
    const calls = [...this.#agents.values(), ...this.#nested.values()];
    this.#leaving.abort();
    this.#stopped ??= this.#recordStopped(calls).catch((failure: unknown) =>
      this.#plan.record.refuse(failure),
    );
    return this.#stopped;
  }

  /** Settles when none is at work. Never rejects. */
  async settled(): Promise<void> {
    await Promise.all(this.#active.values());
  }

  async #recordStopped(calls: readonly (AgentCall | NestedCall)[]): Promise<void> {
    const { run, team, record } = this.#plan;
    const notAsked = record
      .calls()
      .filter(({ state, wordsKey: key }) => state === "started" && !this.#asked.has(key));
    const stopped = await Promise.all([
      ...calls.map((call) => call.stop()),
      ...notAsked.map((call) => stopLeftBehind(call, this.#startOf(call), this.#desk)),
    ]);
    const ended = stopped.filter((one) => one !== undefined);
    for (const { call, events } of ended) await record.note(call, events);
    // What they had used by then.
    if (ended.length > 0) record.say(team.budget.event(run.runId));
  }

  #startOf({ conversationId, childRunId }: JournalCall): AgentStart | undefined {
    return this.#plan.starts.get(conversationId ?? childRunId ?? "");
  }

  async #answer(call: GuestCall): Promise<void> {
    const { run, record, order, resumed: before } = this.#plan;
    const askedAtMs = this.#plan.toldMs();
    const words = wordsOfCall(call);
    const occurrence = this.#occurrences.next(sha256(words));
    const key = wordsKey(words, occurrence);
    this.#asked.add(key);
    const known = record.find(key);
    if (known?.state === "finished" && known.answer !== null) {
      const { order: place, answer, answeredAtMs } = known;
      order.recorded({ order: place ?? 0, atMs: answeredAtMs ?? 0, index: call.index, answer });
      this.#sayHit(call, key, "this-run", run.runId);
      return;
    }
    const resumed = before.get(key);
    if (resumed?.reusable === true && resumed.answer !== null && run.resumeOf !== null) {
      this.#sayHit(call, key, "resumed-run", run.resumeOf);
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

  async #agent(call: Extract<GuestCall, { kind: "agent" }>, asked: AskedCall): Promise<void> {
    const { run, team, record } = this.#plan;
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
        note: (journal, events, joined) => record.note(journal, events, joined),
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
    const { run, team, record } = this.#plan;
    const note = (journal: JournalCall, events: readonly WorkflowEvent[]): Promise<void> =>
      record.note(journal, events);
    const nested = new NestedCall({ run, team, call, known, resumeOf, note }, this.#desk);
    this.#nested.set(call.index, nested);
    await this.#conclude(call.index, await nested.run());
  }

  #approval(call: Extract<GuestCall, { kind: "approve" }>, known: JournalCall): Promise<void> {
    const { signal } = this.#leaving;
    return this.#plan.approvals.ask(call, known, signal, (end) => this.#conclude(call.index, end));
  }

  /** Makes the answer durable, and then gives it. */
  async #conclude(index: number, end: CallEnd): Promise<void> {
    if (end.kind === "left") return;
    const { run, team, record, order } = this.#plan;
    const { answer, call } = this.#desk.redactor.value({ answer: end.answer, call: end.call });
    const events = call.usage === null ? [] : [team.budget.event(run.runId)];
    const stamp = await record.conclude({ ...end, answer, call }, events);
    if (stamp === undefined) return;
    const spending = team.spendingOf(run);
    if (spending !== undefined) this.#desk.runs.noteSpending(run.runId, spending);
    this.#desk.failpoint("workflow-call-is-answered");
    order.live(index, answer, stamp);
  }

  #sayHit(call: GuestCall, key: string, reason: "this-run" | "resumed-run", fromRunId: string): void {
    if (call.kind !== "agent") return;
    const { label, phase } = shownOf(call);
    const about = { runId: this.#plan.run.runId, callIndex: call.index, label, phase };
    this.#plan.record.say({ type: "cache-hit", ...about, key, reason, fromRunId });
  }

  #warn(text: string): void {
    const { run, record } = this.#plan;
    record.say({ type: "log", runId: run.runId, source: "engine", level: "warn", text });
  }
}

type AskedCall = Pick<AgentCallPlan, "words" | "wordsKey" | "occurrence" | "known" | "askedAtMs">;
