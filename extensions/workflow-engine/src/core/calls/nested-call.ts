// One workflow() of a script: another workflow, which shares the places, the agents and the budget of this one.
import { type AgentFinish, type AgentStart, noUsage, type Run, type WorkflowEvent } from "@lathe/kernel";
import type { GuestAnswer, GuestCall } from "@lathe/workflow-sandbox";
import type { ExecutionDesk } from "../run/execution-desk.ts";
import type { JournalCall } from "../run/journal.ts";
import type { NestedRun } from "../run/nested.ts";
import type { StoredRun } from "../run/stored-run.ts";
import type { Team } from "../run/team.ts";
import type { CallEnd } from "./call-end.ts";
import type { StoppedCall } from "./stopped-call.ts";

export interface NestedCallPlan {
  readonly run: StoredRun;
  readonly team: Team;
  readonly call: Extract<GuestCall, { kind: "workflow" }>;
  /** What the journal holds of it, or begins with. */
  readonly known: JournalCall;
  /** As in `NestedRequest`. */
  readonly resumeOf: string | null;
  readonly note: (call: JournalCall, events: readonly WorkflowEvent[]) => Promise<void>;
}

export type NestedCallDesk = Pick<ExecutionDesk, "clock" | "ids" | "runs" | "nested">;

export class NestedCall {
  readonly #plan: NestedCallPlan;
  readonly #desk: NestedCallDesk;
  #nested: NestedRun | undefined;
  #ended: Promise<CallEnd> | undefined;
  #isStopping = false;

  constructor(plan: NestedCallPlan, desk: NestedCallDesk) {
    this.#plan = plan;
    this.#desk = desk;
  }

  /** The same promise however often it is called. Throws CallFailure, and what the store throws. */
  run(): Promise<CallEnd> {
    this.#ended ??= this.#run();
    return this.#ended;
  }

  /** Settles when the nested run has stopped; with undefined where it had not begun, or has ended by itself. */
  async stop(): Promise<StoppedCall | undefined> {
    this.#isStopping = true;
    await this.#nested?.stop();
    const end = await this.run().catch(() => undefined);
    if (end?.kind !== "left" || this.#nested === undefined) return undefined;
    const { name, runId } = this.#nested;
    const child = await this.#desk.runs.get(runId);
    if (child === undefined) return undefined;
    const call = { ...this.#plan.known, childRunId: runId, usage: child.usage };
    return { call, events: [this.#finishEvent(child, name, 0)] };
  }

  async #run(): Promise<CallEnd> {
    const { run, team, call, known, resumeOf, note } = this.#plan;
    const begunAtMs = this.#desk.clock.nowMs();
    const childRunId = known.childRunId ?? this.#desk.ids.newId("run");
    const journal = { ...known, childRunId };
    if (known.childRunId === null) await note(journal, []);
    const { reference, args } = call;
    const nested = await this.#desk.nested({ parent: run, team, reference, args, childRunId, resumeOf });
    this.#nested = nested;
    if (this.#isStopping) await nested.stop();
    await note(journal, [this.#startEvent(nested.name, childRunId)]);
    const child = await nested.over;
    if (child === undefined || this.#isStopping) return { kind: "left" };
    const answer = answerOf(child, nested.name);
    const reusable = child.status === "succeeded";
    const ended = { ...journal, state: "finished" as const, answer, reusable, usage: child.usage };
    const events = [this.#finishEvent(child, nested.name, this.#desk.clock.nowMs() - begunAtMs)];
    return { kind: "answered", answer, call: ended, events, puts: [] };
  }

  #startEvent(name: string, childRunId: string): AgentStart {
    const { run, call } = this.#plan;
    const about = { runId: run.runId, callIndex: call.index, label: name, phase: call.phase };
    const what = { prompt: "", agent: "workflow", model: null, childRunId, conversationId: null };
    return { type: "agent-start", ...about, ...what };
  }

  #finishEvent(child: Run, name: string, passedMs: number): AgentFinish {
    const { run, call } = this.#plan;
    const isDone = child.status === "succeeded";
    return {
      ...{ type: "agent-finish", runId: run.runId, callIndex: call.index, label: name, phase: call.phase },
      outcome: isDone ? "ok" : child.status === "stopped" ? "stopped" : "error",
      ...(child.error === null ? {} : { error: child.error }),
      ...{ usage: child.usage ?? noUsage, durationMs: Math.max(0, passedMs) },
      ...{ childRunId: child.id, conversationId: null, triesAgain: 0 },
    };
  }
}

function answerOf(child: Run, name: string): GuestAnswer {
  if (child.status === "succeeded") return { kind: "value", value: child.result };
  const message = child.error?.message ?? `The workflow ${name} was ${child.status}.`;
  const isOverBudget = child.error?.code === "over-budget";
  return { kind: "error", name: isOverBudget ? "BudgetExceededError" : "WorkflowError", message };
}
