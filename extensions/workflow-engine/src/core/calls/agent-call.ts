// One agent() of a script, from what it says to what it is answered with.
import {
  type AgentFinish,
  type CacheMissReason,
  type Changes,
  type JsonValue,
  type ModelName,
  type PreparedChanges,
  type ResolvedAgent,
  TurnRefusedError,
  type Usage,
  type WorkflowEvent,
} from "@lathe/kernel";
import { type AnswerSchema, askForAnswer, compileSchema } from "@lathe/structured-output";
import type { GuestAnswer, GuestCall } from "@lathe/workflow-sandbox";
import type { AgentSpending } from "../budget/run-budget.ts";
import type { SpendingPlan } from "../budget/spending-plan.ts";
import { sumUsage } from "../budget/sum-usage.ts";
import { filesOf, identityOf } from "../cache/agent-identity.ts";
import type { CallWords } from "../cache/identity.ts";
import type { Site } from "../cache/step-cache.ts";
import type { ExecutionDesk } from "../run/execution-desk.ts";
import { type JournalCall, newCall } from "../run/journal.ts";
import type { StoredRun } from "../run/stored-run.ts";
import type { Team } from "../run/team.ts";
import type { ReleaseSlot } from "../schedule/slots.ts";
import { takeAll } from "../schedule/take-all.ts";
import { type AboutCall, finishEvent, hitEvent, missEvent, startEvent } from "./agent-events.ts";
import type { AgentOptions } from "./agent-options.ts";
import { AgentAtWork, type TaskOutcome } from "./agent-task.ts";
import type { CallEnd } from "./call-end.ts";
import { CallFailure, overBudget } from "./call-failure.ts";
import { madeUpAnswer } from "./made-up.ts";
import { releaseWorktree } from "./release-worktree.ts";
import type { StoppedCall } from "./stopped-call.ts";

export interface AgentCallPlan {
  readonly run: StoredRun;
  readonly team: Team;
  readonly call: Extract<GuestCall, { kind: "agent" }>;
  readonly options: AgentOptions;
  readonly words: CallWords;
  readonly wordsKey: string;
  /** How many calls of the same words came before this one in the run. */
  readonly occurrence: number;
  /** Names the place of the call within its workflow, whatever it says there. */
  readonly site: string;
  readonly label: string;
  readonly phase: string | null;
  /** What the journal holds of it where it was begun before. */
  readonly known: JournalCall | undefined;
  /** As in `JournalCall`. */
  readonly askedAtMs: number;
  readonly signal: AbortSignal;
  /** Makes events, the journal's row and what others have prepared durable in one commit. */
  readonly note: (
    call: JournalCall,
    events: readonly WorkflowEvent[],
    joined?: readonly PreparedChanges[],
  ) => Promise<void>;
}

export class AgentCall {
  readonly #plan: AgentCallPlan;
  readonly #desk: ExecutionDesk;
  #journal: JournalCall;
  /** Undefined until its start is in the log. */
  #begunAtMs: number | undefined;
  #ended: Promise<CallEnd> | undefined;
  #work: AgentAtWork | undefined;
  /** Where an agent was asked: what makes up the call. */
  #asked: Site | undefined;
  #usd: number;

  constructor(plan: AgentCallPlan, desk: ExecutionDesk) {
    this.#plan = plan;
    this.#desk = desk;
    this.#journal = plan.known ?? newCall("agent", plan.wordsKey, plan.askedAtMs);
    this.#usd = this.#journal.usd;
  }

  /** The same promise however often it is called. Throws what the store throws. */
  run(): Promise<CallEnd> {
    this.#ended ??= this.#runToEnd();
    return this.#ended;
  }

  async #runToEnd(): Promise<CallEnd> {
    try {
      return await this.#run();
    } catch (failure) {
      if (failure instanceof TurnRefusedError)
        return this.#fail(new CallFailure(failure.code, "AgentError", failure.message));
      if (failure instanceof CallFailure) return this.#fail(failure);
      throw failure;
    }
  }

  /**
   * Stops the agent's turn; called when the plan's signal has aborted. Settles when it has stopped; with undefined where it
   * had not begun, or has ended by itself.
   */
  async stop(): Promise<StoppedCall | undefined> {
    // What was about to be begun has begun by then, or never will.
    const end = await this.run().catch(() => undefined);
    const { conversationId, childRunId } = this.#journal;
    if (end?.kind !== "left" || conversationId === null || childRunId === null) return undefined;
    // Where the conversation is gone its turn is as well.
    await this.#desk.turns.stop(conversationId).catch(() => false);
    const isCounted = this.#work?.countedRunId === childRunId;
    const child = isCounted ? undefined : await this.#desk.runs.get(childRunId);
    const usage = sumUsage([this.#usage, child?.usage ?? null]);
    this.#work = undefined;
    this.#journal = { ...this.#journal, usage, usd: this.#usd };
    const events = [...(await this.#releaseWorktree()), this.#finishEvent("stopped", undefined)];
    return { call: this.#journal, events };
  }

  async #run(): Promise<CallEnd> {
    const { run, options, call, known } = this.#plan;
    const schema = readSchema(options.schema);
    this.#plan.team.addAgent(run.runId, this.#plan.wordsKey);
    if (run.dry) return this.#madeUp(schema);
    const agent = await this.#resolve();
    const question = { ...this.#plan, schema, inWorktree: options.inWorktree };
    const { key, parts } = await identityOf(question, agent, this.#desk.folders);
    const isCached = !(run.cache === "fresh" || options.inWorktree);
    let reason: CacheMissReason = known === undefined ? "not-cached" : "not-finished";
    if (isCached && known === undefined) {
      const { site } = this.#plan;
      const lookup = { site, parts, trusts: options.trustsCache || run.cache === "all" };
      const found = await this.#desk.cache.find(run.owner, key, lookup);
      if (found.kind === "hit") return this.#hit(key, found.answer.value, found.answer.runId);
      reason = found.reason;
    }
    const prompt = schema === undefined ? call.prompt : askForAnswer(call.prompt, schema);
    return this.#atWork(agent, { key, parts, reason, prompt, schema });
  }

  #resolve(): Promise<ResolvedAgent> {
    const { run, options } = this.#plan;
    const { overrides, model, agent } = options;
    const name = agent ?? this.#desk.config.agent;
    return this.#desk.directory.resolve({ agent: name, cwd: run.cwd, model, overrides });
  }

  async #atWork(agent: ResolvedAgent, about: About): Promise<CallEnd> {
    const release = await this.#enter(agent, this.#plan.signal);
    if (release === undefined) return { kind: "left" };
    try {
      return await this.#inPlace(agent, about);
    } finally {
      release();
    }
  }

  async #inPlace(agent: ResolvedAgent, about: About): Promise<CallEnd> {
    const budget = this.#spending(agent);
    this.#asked = about.parts;
    try {
      await this.#begin(agent, about);
      const { run, team, label, known, signal } = this.#plan;
      const gate = this.#desk.gates.of(modelNameOf(agent).provider);
      const { conversationId, childRunId } = this.#journal;
      if (conversationId === null || childRunId === null) return { kind: "left" };
      await this.#makeWorktree(childRunId);
      team.budget.remember(conversationId, budget);
      this.#work = new AgentAtWork(
        {
          ...{ runId: run.runId, owner: run.owner, label, signal, gate },
          ...{ prompt: about.prompt, schema: about.schema, budget },
          call: { ...this.#journal, conversationId, childRunId },
          isNew: known === undefined,
          note: (change) => this.#note(change),
        },
        this.#desk,
      );
      this.#desk.failpoint("workflow-agent-is-begun");
      const outcome = this.#desk.redactor.value(await this.#work.run());
      this.#desk.failpoint("workflow-agent-has-ended");
      this.#usd = budget.spentUsd;
      return await this.#end(outcome, agent, about);
    } finally {
      this.#usd = budget.spentUsd;
      budget.turns.release();
    }
  }

  /** Throws CallFailure where nothing is left to begin with. */
  #spending(agent: ResolvedAgent): AgentSpending {
    const { team, known } = this.#plan;
    const plan = this.#spendingPlan(agent);
    if (known?.conversationId) return team.budget.recover(known.conversationId, plan);
    const spending = team.budget.admit(plan);
    if (spending === undefined) throw overBudget();
    return spending;
  }

  #spendingPlan(agent: ResolvedAgent): SpendingPlan {
    const { run, call, options } = this.#plan;
    const { runId } = run;
    return { runId, tokens: options.tokens, shared: call.budgets, model: modelNameOf(agent) };
  }

  /**
   * A place in the run, one with the provider and one in the daemon. In this order, so that whoever waits for a provider
   * keeps nobody of another one from working.
   */
  #enter(agent: ResolvedAgent, signal: AbortSignal): Promise<ReleaseSlot | undefined> {
    const gate = this.#desk.gates.of(modelNameOf(agent).provider);
    return takeAll([
      () => this.#plan.team.slots.take(signal),
      () => gate.enter(signal),
      () => this.#desk.slots.take(signal),
    ]);
  }

  /** In one commit the agent gets its conversation, and it is known which run will do the work. */
  async #begin(agent: ResolvedAgent, { key, reason }: About): Promise<void> {
    const made = this.#plan.known === undefined ? [await this.#makePlace(agent)] : [];
    this.#begunAtMs = this.#desk.clock.nowMs();
    const start = startEvent(this.#about, this.#plan.call.prompt, agent, this.#journal);
    await this.#plan.note(this.#journal, [missEvent(this.#about, key, reason), start], made);
  }

  /** Gives the beginning of the agent's conversation, which is still to be committed. */
  async #makePlace(agent: ResolvedAgent): Promise<PreparedChanges> {
    const { run, options, label } = this.#plan;
    const childRunId = this.#desk.ids.newId("run");
    const worktree = options.inWorktree ? await this.#desk.worktrees.plan(run.cwd, childRunId) : null;
    const { conversation, changes } = this.#desk.conversations.prepare({
      ...{ owner: run.owner, title: `${run.name}: ${label}`.slice(0, titleLength).toWellFormed() },
      ...{ agent: agent.name, model: agent.model, cwd: worktree?.cwd ?? run.cwd },
      ...{ parentRunId: run.runId, overrides: options.overrides },
    });
    const { id: conversationId } = conversation;
    const spends = this.#spendingPlan(agent);
    this.#journal = { ...this.#journal, childRunId, conversationId, worktree, spends };
    return changes;
  }

  /** Once it is recorded, so that none is forgotten, and before anybody works in it. */
  async #makeWorktree(childRunId: string): Promise<void> {
    const { worktree, turn } = this.#journal;
    const { worktrees, runs, failpoint } = this.#desk;
    if (worktree === null || turn !== null || (await runs.get(childRunId)) !== undefined) return;
    failpoint("workflow-worktree-is-planned");
    await worktrees.make(worktree);
    failpoint("workflow-worktree-is-made");
  }

  async #note(change: Partial<JournalCall>): Promise<void> {
    this.#journal = { ...this.#journal, ...change };
    await this.#plan.note(this.#journal, []);
  }

  async #end(outcome: TaskOutcome, agent: ResolvedAgent, about: About): Promise<CallEnd> {
    if (outcome.kind === "left") return { kind: "left" };
    const events: WorkflowEvent[] = [...(await this.#releaseWorktree())];
    if (outcome.kind === "nothing") {
      const { code, message } = outcome;
      events.push(this.#finishEvent("null", { code, message }));
      return this.#answered({ kind: "value", value: null }, events, { reusable: false, puts: this.#place() });
    }
    const isPartial = outcome.kind === "partial";
    const note = isPartial ? partialNote : noteOf(outcome.note);
    events.push(this.#finishEvent(isPartial ? "partial" : "ok", note));
    const isWhole = note === undefined;
    const puts = isWhole ? await this.#keep(outcome.value, agent, about) : this.#place();
    return this.#answered({ kind: "value", value: outcome.value }, events, { reusable: isWhole, puts });
  }

  async #keep(
    value: JsonValue,
    agent: ResolvedAgent,
    { key, parts }: About,
  ): Promise<NonNullable<Changes["puts"]>> {
    const { run, site, options } = this.#plan;
    if (options.inWorktree) return [];
    // Somebody has changed them meanwhile: nobody knows which of them it has read.
    const files = await filesOf({ run, inWorktree: false }, agent, this.#desk.folders);
    if (files !== parts.files) return this.#place();
    const { owner, name: workflow, runId } = run;
    const atMs = this.#desk.clock.nowMs();
    const kept = { key, owner, workflow, value, mayWrite: !agent.readOnly, runId, atMs };
    return this.#desk.cache.puts(kept, site, parts);
  }

  #releaseWorktree(): Promise<readonly WorkflowEvent[]> {
    const { run, label } = this.#plan;
    return releaseWorktree(this.#journal, { runId: run.runId, label }, this.#desk.worktrees);
  }

  #hit(key: string, value: JsonValue, fromRunId: string): CallEnd {
    const hit = hitEvent(this.#about, key, "other-run", fromRunId);
    return this.#answered({ kind: "value", value }, [hit], { reusable: true, puts: [] });
  }

  #madeUp(schema: AnswerSchema | undefined): CallEnd {
    const { call, options } = this.#plan;
    const value = madeUpAnswer(call.prompt, schema);
    this.#begunAtMs = this.#desk.clock.nowMs();
    const name = options.agent ?? this.#desk.config.agent;
    const start = startEvent(this.#about, call.prompt, { name, model: null }, this.#journal);
    const finish = this.#finishEvent("ok", undefined);
    return this.#answered({ kind: "value", value }, [start, finish], { reusable: false, puts: [] });
  }

  async #fail({ code, shownName, message }: CallFailure): Promise<CallEnd> {
    const events = [...(await this.#releaseWorktree()), this.#finishEvent("error", { code, message })];
    const answer: GuestAnswer = { kind: "error", name: shownName, message };
    return this.#answered(answer, events, { reusable: false, puts: this.#place() });
  }

  /** That the call was asked, and has no answer to keep. */
  #place(): NonNullable<Changes["puts"]> {
    const { run, site, options } = this.#plan;
    if (this.#asked === undefined || options.inWorktree) return [];
    return this.#desk.cache.placePuts(run.owner, site, {
      parts: this.#asked,
      atMs: this.#desk.clock.nowMs(),
    });
  }

  #answered(
    answer: GuestAnswer,
    events: readonly WorkflowEvent[],
    { reusable, puts }: { readonly reusable: boolean; readonly puts: NonNullable<Changes["puts"]> },
  ): CallEnd {
    const usage = this.#usage;
    const triesAgain = this.#work?.triesAgain ?? 0;
    const usd = this.#usd;
    const ended = { state: "finished" as const, answer, reusable, usage, usd, triesAgain };
    const call: JournalCall = { ...this.#journal, ...ended };
    return { kind: "answered", answer, call, events, puts };
  }

  get #usage(): Usage | null {
    return this.#work?.usage ?? this.#journal.usage;
  }

  #finishEvent(
    outcome: AgentFinish["outcome"],
    error: { readonly code: string; readonly message: string } | undefined,
  ): AgentFinish {
    const nowMs = this.#desk.clock.nowMs();
    const durationMs = Math.max(0, nowMs - (this.#begunAtMs ?? nowMs));
    const how = { outcome, error, usage: this.#usage, durationMs, triesAgain: this.#work?.triesAgain ?? 0 };
    return finishEvent(this.#about, how, this.#journal);
  }

  get #about(): AboutCall {
    const { run, call, label, phase } = this.#plan;
    return { runId: run.runId, callIndex: call.index, label, phase };
  }
}

/** What is known of a call before its agent begins. */
interface About {
  readonly key: string;
  readonly parts: Site;
  readonly reason: CacheMissReason;
  readonly prompt: string;
  readonly schema: AnswerSchema | undefined;
}

const titleLength = 200;

const partialNote = {
  code: "over-budget",
  message: "The budget was used up in the middle of the work; this is what there was by then.",
};

function noteOf(note: string | null): { readonly code: string; readonly message: string } | undefined {
  return note === null ? undefined : { code: "not-whole", message: note };
}

function readSchema(value: JsonValue | undefined): AnswerSchema | undefined {
  if (value === undefined) return undefined;
  const compiled = compileSchema(value);
  if (compiled.kind === "schema") return compiled.schema;
  throw new CallFailure("invalid-schema", "SchemaError", `agent(): the option schema: ${compiled.message}`);
}

function modelNameOf({ model }: ResolvedAgent): ModelName {
  const slash = model.indexOf("/");
  return { provider: model.slice(0, slash), model: model.slice(slash + 1) };
}
