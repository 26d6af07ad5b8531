// One agent() of a script, from what it says to what it is answered with: an answer of another run where one will do, else
// an agent at work, in a place of its own, among the others, within the budget.
//
// Owns: the places that the agent takes from others and what it may spend, and gives both back however it ends. What is
// said of the call is `AgentRecord`, how the agent comes to its answer `AgentAtWork`.
import { type CacheMissReason, type JsonValue, type ResolvedAgent, TurnRefusedError } from "@lathe/kernel";
import { type AnswerSchema, askForAnswer, compileSchema } from "@lathe/structured-output";
import type { AgentSpending } from "../budget/run-budget.ts";
import type { SpendingPlan } from "../budget/spending-plan.ts";
import { identityOf } from "../cache/agent-identity.ts";
import type { ExecutionDesk } from "../run/execution-desk.ts";
import type { JournalCall } from "../run/journal.ts";
import type { ReleaseSlot } from "../schedule/slots.ts";
import { takeAll } from "../schedule/take-all.ts";
import { type AgentAsked, type AgentCallPlan, modelNameOf } from "./agent-call-plan.ts";
import { makeWorktree, planPlace } from "./agent-place.ts";
import { AgentRecord } from "./agent-record.ts";
import { AgentAtWork } from "./agent-task.ts";
import type { CallEnd } from "./call-end.ts";
import { CallFailure, overBudget } from "./call-failure.ts";
import type { StoppedCall } from "./stopped-call.ts";

export class AgentCall {
  readonly #plan: AgentCallPlan;
  readonly #desk: ExecutionDesk;
  readonly #record: AgentRecord;
  #ended: Promise<CallEnd> | undefined;

  constructor(plan: AgentCallPlan, desk: ExecutionDesk) {
    this.#plan = plan;
    this.#desk = desk;
    this.#record = new AgentRecord(plan, desk);
  }

  /** The same promise however often it is called. Throws what the store throws. */
  run(): Promise<CallEnd> {
    this.#ended ??= this.#runToEnd();
    return this.#ended;
  }

  /**
   * Stops the agent's turn; called when the plan's signal has aborted. Settles when it has stopped; with undefined where it
   * had not begun, or has ended by itself.
   */
  async stop(): Promise<StoppedCall | undefined> {
    // What was about to be begun has begun by then, or never will.
    const end = await this.run().catch(() => undefined);
    const { conversationId, childRunId } = this.#record.call;
    if (end?.kind !== "left" || conversationId === null || childRunId === null) return undefined;
    // Where the conversation is gone its turn is as well.
    await this.#desk.turns.stop(conversationId).catch(() => false);
    return this.#record.stopped(childRunId);
  }

  async #runToEnd(): Promise<CallEnd> {
    try {
      return await this.#run();
    } catch (failure) {
      if (failure instanceof TurnRefusedError)
        return this.#record.failed(new CallFailure(failure.code, "AgentError", failure.message));
      if (failure instanceof CallFailure) return this.#record.failed(failure);
      throw failure;
    }
  }

  async #run(): Promise<CallEnd> {
    const { run, team, options, call, known } = this.#plan;
    const schema = readSchema(options.schema);
    team.addAgent(run.runId, this.#plan.wordsKey);
    if (run.dry) return this.#record.madeUp(schema);
    const agent = await this.#resolve();
    const question = { ...this.#plan, schema, inWorktree: options.inWorktree };
    const { key, parts } = await identityOf(question, agent, this.#desk.folders);
    const isCached = !(run.cache === "fresh" || options.inWorktree);
    let reason: CacheMissReason = known === undefined ? "not-cached" : "not-finished";
    if (isCached && known === undefined) {
      const { site } = this.#plan;
      const lookup = { site, parts, trusts: options.trustsCache || run.cache === "all" };
      const found = await this.#desk.cache.find(run.owner, key, lookup);
      if (found.kind === "hit") return this.#record.hit(key, found.answer);
      reason = found.reason;
    }
    const prompt = schema === undefined ? call.prompt : askForAnswer(call.prompt, schema);
    return this.#letIn({ agent, key, parts, reason, prompt, schema });
  }

  #resolve(): Promise<ResolvedAgent> {
    const { run, options } = this.#plan;
    const { overrides, model, agent } = options;
    const name = agent ?? this.#desk.config.agent;
    return this.#desk.directory.resolve({ agent: name, cwd: run.cwd, model, overrides });
  }

  async #letIn(asked: AgentAsked): Promise<CallEnd> {
    const release = await this.#enter(asked.agent);
    if (release === undefined) return { kind: "left" };
    try {
      return await this.#spend(asked);
    } finally {
      release();
    }
  }

  /**
   * A place in the run, one with the provider and one in the daemon. In this order, so that whoever waits for a provider
   * keeps nobody of another one from working.
   */
  #enter(agent: ResolvedAgent): Promise<ReleaseSlot | undefined> {
    const { team, signal } = this.#plan;
    const gate = this.#desk.gates.of(modelNameOf(agent).provider);
    return takeAll([
      () => team.slots.take(signal),
      () => gate.enter(signal),
      () => this.#desk.slots.take(signal),
    ]);
  }

  async #spend(asked: AgentAsked): Promise<CallEnd> {
    const { run, call, options } = this.#plan;
    const model = modelNameOf(asked.agent);
    const spends = { runId: run.runId, tokens: options.tokens, shared: call.budgets, model };
    const budget = this.#admit(spends);
    try {
      return await this.#work(asked, spends, budget);
    } finally {
      this.#record.spent(budget.spentUsd);
      budget.turns.release();
    }
  }

  /** Throws CallFailure where nothing is left to begin with. */
  #admit(spends: SpendingPlan): AgentSpending {
    const { team, known } = this.#plan;
    if (known?.conversationId) return team.budget.recover(known.conversationId, spends);
    const spending = team.budget.admit(spends);
    if (spending === undefined) throw overBudget();
    return spending;
  }

  async #work(asked: AgentAsked, spends: SpendingPlan, budget: AgentSpending): Promise<CallEnd> {
    const { run, team, label, known, signal } = this.#plan;
    this.#record.letIn(asked);
    const isNew = known === undefined;
    const place = isNew ? await planPlace(this.#plan, asked, spends, this.#desk) : undefined;
    await this.#record.begin(asked, place);
    const { call } = this.#record;
    const { conversationId, childRunId } = call;
    if (conversationId === null || childRunId === null) return { kind: "left" };
    await makeWorktree(call, childRunId, this.#desk);
    team.budget.remember(conversationId, budget);
    const task = {
      ...{ runId: run.runId, owner: run.owner, label, signal, isNew, budget },
      ...{ prompt: asked.prompt, schema: asked.schema, gate: this.#desk.gates.of(spends.model.provider) },
      call: { ...call, conversationId, childRunId },
      note: (change: Partial<JournalCall>) => this.#record.note(change),
    };
    const work = new AgentAtWork(task, this.#desk);
    this.#record.working(work);
    this.#desk.failpoint("workflow-agent-is-begun");
    const outcome = this.#desk.redactor.value(await work.run());
    this.#desk.failpoint("workflow-agent-has-ended");
    this.#record.spent(budget.spentUsd);
    return await this.#record.ended(outcome, asked);
  }
}

function readSchema(value: JsonValue | undefined): AnswerSchema | undefined {
  if (value === undefined) return undefined;
  const compiled = compileSchema(value);
  if (compiled.kind === "schema") return compiled.schema;
  throw new CallFailure("invalid-schema", "SchemaError", `agent(): the option schema: ${compiled.message}`);
}
