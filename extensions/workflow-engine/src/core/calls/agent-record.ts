// What is recorded of one agent() call: its row in the journal, its events in the log, and what the cache keeps of it.
//
// Owns: the row as it was noted last, when the agent began, and what it has used by now.
//
// Invariants
//   A1  An answer is only kept for other runs where it is whole, and the files that it was made from have stayed the same.
//   A2  A worktree is given back before the log says that its agent is over.
import type { AgentFinish, Changes, JsonValue, Usage, WorkflowEvent } from "@lathe/kernel";
import type { AnswerSchema } from "@lathe/structured-output";
import type { GuestAnswer } from "@lathe/workflow-sandbox";
import { sumUsage } from "../budget/sum-usage.ts";
import { filesOf } from "../cache/agent-identity.ts";
import type { KeptAnswer, Site } from "../cache/step-cache.ts";
import type { ExecutionDesk } from "../run/execution-desk.ts";
import { type JournalCall, newCall } from "../run/journal.ts";
import type { AgentAsked, AgentCallPlan } from "./agent-call-plan.ts";
import { type AboutCall, finishEvent, hitEvent, missEvent, startEvent } from "./agent-events.ts";
import type { PlannedPlace } from "./agent-place.ts";
import type { AgentAtWork, TaskOutcome } from "./agent-task.ts";
import type { CallEnd } from "./call-end.ts";
import type { CallFailure } from "./call-failure.ts";
import { madeUpAnswer } from "./made-up.ts";
import { releaseWorktree } from "./release-worktree.ts";
import type { StoppedCall } from "./stopped-call.ts";

export type AgentRecordDesk = Pick<
  ExecutionDesk,
  "cache" | "clock" | "config" | "folders" | "runs" | "worktrees"
>;

export class AgentRecord {
  readonly #plan: AgentCallPlan;
  readonly #desk: AgentRecordDesk;
  #call: JournalCall;
  /** Undefined until its start is in the log. */
  #begunAtMs: number | undefined;
  /** What makes up the call; undefined until its agent is let in. */
  #asked: Site | undefined;
  /** Counts what is used from here on. */
  #work: AgentAtWork | undefined;
  #usd: number;

  constructor(plan: AgentCallPlan, desk: AgentRecordDesk) {
    this.#plan = plan;
    this.#desk = desk;
    this.#call = plan.known ?? newCall("agent", plan.wordsKey, plan.askedAtMs);
    this.#usd = this.#call.usd;
  }

  /** As it was noted last. */
  get call(): JournalCall {
    return this.#call;
  }

  /** There is a place for the agent, and something to spend: what was asked here is compared with next time. */
  letIn({ parts }: AgentAsked): void {
    this.#asked = parts;
  }

  /**
   * In one commit the agent gets its place, and it is known which run will do the work. `place` is undefined where that was
   * committed before.
   */
  async begin({ agent, key, reason }: AgentAsked, place: PlannedPlace | undefined): Promise<void> {
    const { call, note } = this.#plan;
    this.#call = { ...this.#call, ...place?.row };
    this.#begunAtMs = this.#desk.clock.nowMs();
    const start = startEvent(this.#about, call.prompt, agent, this.#call);
    const joined = place === undefined ? [] : [place.changes];
    await note(this.#call, [missEvent(this.#about, key, reason), start], joined);
  }

  async note(change: Partial<JournalCall>): Promise<void> {
    this.#call = { ...this.#call, ...change };
    await this.#plan.note(this.#call, []);
  }

  /** It works, and counts what it uses. */
  working(work: AgentAtWork): void {
    this.#work = work;
  }

  /** So much it has cost by now, in all. */
  spent(usd: number): void {
    this.#usd = usd;
  }

  /** Of a call that another run has answered. */
  hit(key: string, { value, runId }: Pick<KeptAnswer, "value" | "runId">): CallEnd {
    const events = [hitEvent(this.#about, key, "other-run", runId)];
    return this.#answered({ kind: "value", value }, events, { reusable: true, puts: [] });
  }

  /** Of a call in a dry run. Throws CallFailure where nothing fits its schema. */
  madeUp(schema: AnswerSchema | undefined): CallEnd {
    const { call, options } = this.#plan;
    const value = madeUpAnswer(call.prompt, schema);
    this.#begunAtMs = this.#desk.clock.nowMs();
    const name = options.agent ?? this.#desk.config.agent;
    const start = startEvent(this.#about, call.prompt, { name, model: null }, this.#call);
    const finish = this.#finishEvent("ok", undefined);
    return this.#answered({ kind: "value", value }, [start, finish], { reusable: false, puts: [] });
  }

  /** Of a call whose agent is over. */
  async ended(outcome: TaskOutcome, asked: AgentAsked): Promise<CallEnd> {
    if (outcome.kind === "left") return { kind: "left" };
    const events: WorkflowEvent[] = [...(await this.#releaseWorktree())];
    if (outcome.kind === "nothing") {
      const { code, message } = outcome;
      events.push(this.#finishEvent("null", { code, message }));
      return this.#answered({ kind: "value", value: null }, events, { reusable: false, puts: this.#site() });
    }
    const isPartial = outcome.kind === "partial";
    const note = isPartial ? partialNote : noteOf(outcome.note);
    events.push(this.#finishEvent(isPartial ? "partial" : "ok", note));
    const isWhole = note === undefined;
    const puts = isWhole ? await this.#keep(outcome.value, asked) : this.#site();
    return this.#answered({ kind: "value", value: outcome.value }, events, { reusable: isWhole, puts });
  }

  async failed({ code, shownName, message }: CallFailure): Promise<CallEnd> {
    const events = [...(await this.#releaseWorktree()), this.#finishEvent("error", { code, message })];
    const answer: GuestAnswer = { kind: "error", name: shownName, message };
    return this.#answered(answer, events, { reusable: false, puts: this.#site() });
  }

  /** Of a call whose agent was stopped with the run; `childRunId` is its last turn, which may not be counted yet. */
  async stopped(childRunId: string): Promise<StoppedCall> {
    const isCounted = this.#work?.countedRunId === childRunId;
    const child = isCounted ? undefined : await this.#desk.runs.get(childRunId);
    const usage = sumUsage([this.#usage, child?.usage ?? null]);
    this.#work = undefined;
    this.#call = { ...this.#call, usage, usd: this.#usd };
    const events = [...(await this.#releaseWorktree()), this.#finishEvent("stopped", undefined)];
    return { call: this.#call, events };
  }

  async #keep(value: JsonValue, { agent, key, parts }: AgentAsked): Promise<NonNullable<Changes["puts"]>> {
    const { run, site, options } = this.#plan;
    if (options.inWorktree) return [];
    // Somebody has changed them meanwhile: nobody knows which of them it has read.
    const files = await filesOf({ run, inWorktree: false }, agent, this.#desk.folders);
    if (files !== parts.files) return this.#site();
    const { owner, name: workflow, runId } = run;
    const atMs = this.#desk.clock.nowMs();
    const kept = { key, owner, workflow, value, mayWrite: !agent.readOnly, runId, atMs };
    return this.#desk.cache.puts(kept, site, parts);
  }

  /** That the call was asked, and has no answer to keep. */
  #site(): NonNullable<Changes["puts"]> {
    const { run, site, options } = this.#plan;
    if (this.#asked === undefined || options.inWorktree) return [];
    const asked = { parts: this.#asked, atMs: this.#desk.clock.nowMs() };
    return this.#desk.cache.placePuts(run.owner, site, asked);
  }

  #releaseWorktree(): Promise<readonly WorkflowEvent[]> {
    const { run, label } = this.#plan;
    return releaseWorktree(this.#call, { runId: run.runId, label }, this.#desk.worktrees);
  }

  #answered(
    answer: GuestAnswer,
    events: readonly WorkflowEvent[],
    { reusable, puts }: { readonly reusable: boolean; readonly puts: NonNullable<Changes["puts"]> },
  ): CallEnd {
    const triesAgain = this.#work?.triesAgain ?? 0;
    const ended = {
      state: "finished" as const,
      answer,
      reusable,
      usage: this.#usage,
      usd: this.#usd,
      triesAgain,
    };
    return { kind: "answered", answer, call: { ...this.#call, ...ended }, events, puts };
  }

  get #usage(): Usage | null {
    return this.#work?.usage ?? this.#call.usage;
  }

  #finishEvent(
    outcome: AgentFinish["outcome"],
    error: { readonly code: string; readonly message: string } | undefined,
  ): AgentFinish {
    const nowMs = this.#desk.clock.nowMs();
    const durationMs = Math.max(0, nowMs - (this.#begunAtMs ?? nowMs));
    const how = { outcome, error, usage: this.#usage, durationMs, triesAgain: this.#work?.triesAgain ?? 0 };
    return finishEvent(this.#about, how, this.#call);
  }

  get #about(): AboutCall {
    const { run, call, label, phase } = this.#plan;
    return { runId: run.runId, callIndex: call.index, label, phase };
  }
}

const partialNote = {
  code: "over-budget",
  message: "The budget was used up in the middle of the work; this is what there was by then.",
};

function noteOf(note: string | null): { readonly code: string; readonly message: string } | undefined {
  return note === null ? undefined : { code: "not-whole", message: note };
}
