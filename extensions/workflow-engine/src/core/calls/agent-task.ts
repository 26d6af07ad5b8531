// One agent at work: a conversation of its own, and as many turns in it as its answer takes.
//
// Invariants
//   T1  What a turn is about to do is in the journal before it is admitted: a crash in between admits it again under the
//       same id, and a crash after it finds it.
//   T2  A turn that is over is never sent again. One that the end of a daemon cut off is gone on with in its conversation,
//       unless somebody has asked it to stop.
import { titleOf } from "@lathe/extension-kit";
import {
  addUsage,
  type Budget,
  type IdsPower,
  type JsonValue,
  noUsage,
  type Run,
  type Runs,
  TurnRefusedError,
  type Turns,
  tokensOf,
  UnknownConversationError,
  type Usage,
} from "@lathe/kernel";
import { type AnswerProblem, type AnswerSchema, askAgain, findAnswer } from "@lathe/structured-output";
import type { AgentTurn, JournalCall } from "../run/journal.ts";
import type { ProviderGate } from "../schedule/provider-gates.ts";
import { CallFailure, overBudget } from "./call-failure.ts";
import { watchTurn } from "./turn-watch.ts";

export interface AgentTaskDesk {
  readonly turns: Pick<Turns, "send" | "stop" | "subscribe" | "isDraining">;
  readonly runs: Pick<Runs, "get" | "wasAskedToStop">;
  readonly ids: IdsPower;
  /** Which budget a run's turn spends from; set before the turn is admitted. */
  readonly budgets: Map<string, Budget>;
  readonly schemaTryCountMax: number;
}

export interface AgentTask {
  /** The run of the workflow that the agent works for, and whose it is. */
  readonly runId: string;
  readonly owner: string;
  /** What the agent is called in the workflow; the title of its runs. */
  readonly label: string;
  readonly prompt: string;
  readonly schema: AnswerSchema | undefined;
  readonly gate: ProviderGate;
  readonly budget: TaskBudget;
  /** As the journal has it: with its conversation, and with the run that was begun there. */
  readonly call: JournalCall & { readonly conversationId: string; readonly childRunId: string };
  /** False = the turn named by `childRunId` may have been admitted by an earlier daemon. */
  readonly isNew: boolean;
  /** Makes what is now known of the call durable. */
  note(change: Partial<JournalCall>): Promise<void>;
  /** Aborts when the script, or the daemon, has no use for the answer any more. */
  readonly signal: AbortSignal;
}

/** Where the agent's turns spend from. */
export interface TaskBudget {
  /** For a turn like any other. */
  readonly turns: Budget;
  /** For the one step that says what there is when nothing is left. */
  lastWords(): Budget;
  /** Told what a turn that is over used as a whole, where a part of it was not counted here. */
  settle(usage: Usage | null): void;
  /** Of this agent alone, as far as prices are known. */
  readonly spentUsd: number;
}

export type TaskOutcome =
  | { readonly kind: "answer"; readonly value: JsonValue; readonly note: string | null }
  /** The budget ended, and this is what there was by then. */
  | { readonly kind: "partial"; readonly value: JsonValue }
  | { readonly kind: "nothing"; readonly code: string; readonly message: string }
  /** Nobody needs it any more, or the daemon is about to end. */
  | { readonly kind: "left" };

const goOn =
  "The daemon was restarted while you worked on this, and your last turn was cut off. Look at what is there already, go " +
  "on from it, and give the answer that was asked for.";
const lastWords =
  "Your token budget is used up, so this is your last message. Do not call tools. Answer now with the best result that " +
  "you have so far, in the form that was asked for, and say what is missing.";

/** So often an agent goes on that has completed nothing in between: one that brings each daemon down must not for ever. */
const goOnCountMax = 3;

export class AgentAtWork {
  readonly #task: AgentTask;
  readonly #desk: AgentTaskDesk;
  #childRunId: string;
  #turn: AgentTurn | null;
  #goneOnCount: number;
  #wasDrained = false;
  #usage: Usage;
  #triesAgain: number;
  #countedRunId: string | undefined;

  constructor(task: AgentTask, desk: AgentTaskDesk) {
    const { childRunId, turn, goneOnCount, usage, triesAgain } = task.call;
    this.#task = task;
    this.#desk = desk;
    this.#childRunId = childRunId;
    this.#turn = turn;
    this.#goneOnCount = goneOnCount;
    this.#usage = usage ?? noUsage;
    this.#triesAgain = triesAgain;
  }

  /** What it has used in turns that are over. */
  get usage(): Usage {
    return this.#usage;
  }

  /** The last of these turns; undefined while there is none. */
  get countedRunId(): string | undefined {
    return this.#countedRunId;
  }

  get triesAgain(): number {
    return this.#triesAgain;
  }

  /** Runs the agent to its answer; called once. Throws CallFailure, and what the store throws. */
  async run(): Promise<TaskOutcome> {
    let run = await this.#firstTurn();
    for (;;) {
      if (run === "left") return { kind: "left" };
      if (run === "gone") return gone;
      const next = this.#judge(run);
      if (next.kind === "ended") return next.outcome;
      run = await this.#nextTurn(next.turn);
    }
  }

  /** The turn that the journal names, admitted now where it was not. */
  async #firstTurn(): Promise<TurnOutcome> {
    const { call, isNew, budget } = this.#task;
    const before = isNew ? undefined : await this.#desk.runs.get(call.childRunId);
    if (before === undefined) return this.#send();
    this.#desk.budgets.set(before.id, budget.turns);
    const run = await this.#finish(before.turnId, before.firstSeq === null ? 0 : before.firstSeq - 1);
    this.#wasDrained = before.status === "stopped" && !(await this.#desk.runs.wasAskedToStop(before.id));
    return run;
  }

  async #nextTurn(turn: AgentTurn): Promise<TurnOutcome> {
    if (this.#task.signal.aborted) return "left";
    this.#childRunId = this.#desk.ids.newId("run");
    this.#turn = turn;
    await this.#task.note({
      ...{ childRunId: this.#childRunId, turn, goneOnCount: this.#goneOnCount },
      ...{ usage: this.#usage, usd: this.#task.budget.spentUsd, triesAgain: this.#triesAgain },
    });
    return this.#send();
  }

  async #send(): Promise<TurnOutcome> {
    const { conversationId } = this.#task.call;
    const { runId: parentId, owner, label, signal, prompt, budget } = this.#task;
    if (signal.aborted) return "left";
    const isLastWords = this.#turn?.kind === "last-words";
    this.#desk.budgets.set(this.#childRunId, isLastWords ? budget.lastWords() : budget.turns);
    try {
      const title = titleOf([{ type: "text", text: label }]);
      const named = title === null ? {} : { title };
      const options = { owner, parentId, runId: this.#childRunId, ...named };
      const text = this.#turn?.text ?? prompt;
      const { turnId, seq } = await this.#desk.turns.send(conversationId, { text }, options);
      return await this.#finish(turnId, seq);
    } catch (failure) {
      this.#desk.budgets.delete(this.#childRunId);
      if (failure instanceof TurnRefusedError && failure.code === "draining") return "left";
      if (failure instanceof TurnRefusedError)
        throw new CallFailure(failure.code, "AgentError", failure.message);
      if (failure instanceof UnknownConversationError) return "gone";
      throw failure;
    }
  }

  async #finish(turnId: string | null, sinceSeq: number): Promise<TurnOutcome> {
    const { gate, signal, budget } = this.#task;
    const { conversationId } = this.#task.call;
    try {
      if (turnId !== null && !(await this.#isOver())) {
        const busy = new Set(["rate-limit", "overloaded"]);
        const place = { conversationId, turnId, sinceSeq };
        const onRetry = ({
          reason,
          delayMs,
        }: {
          readonly reason: string;
          readonly delayMs: number;
        }): void => {
          if (busy.has(reason)) gate.onBusy(delayMs);
        };
        const how = await watchTurn(this.#desk.turns, place, onRetry, signal);
        if (how === undefined) return "left";
      }
      const run = await this.#desk.runs.get(this.#childRunId);
      if (run === undefined) return "gone";
      if (await this.#isLeftToNext(run)) return "left";
      this.#countedRunId = run.id;
      budget.settle(run.usage);
      if (run.usage !== null) this.#usage = addUsage(this.#usage, run.usage);
      if (run.status === "succeeded") gate.onAnswered();
      return run;
    } finally {
      this.#desk.budgets.delete(this.#childRunId);
    }
  }

  /** What the end of the daemon has stopped, and nobody else, is gone on with by the next one. */
  async #isLeftToNext({ id, status }: Run): Promise<boolean> {
    const { turns, runs } = this.#desk;
    return status === "stopped" && turns.isDraining && !(await runs.wasAskedToStop(id));
  }

  async #isOver(): Promise<boolean> {
    const run = await this.#desk.runs.get(this.#childRunId);
    return run !== undefined && run.endedAtMs !== null;
  }

  #judge(run: Run): Judged {
    if (this.#wasCutOff(run)) return { kind: "next", turn: { kind: "go-on", text: goOn } };
    if (this.#turn?.kind === "last-words") return this.#judgeLastWords(run);
    if (run.status === "failed" && run.error?.code === "over-budget")
      return { kind: "next", turn: { kind: "last-words", text: lastWords } };
    if (run.status !== "succeeded") return ended(nothing(run));
    const { schema } = this.#task;
    const text = typeof run.result === "string" ? run.result : "";
    const note = run.error?.message ?? null;
    if (schema === undefined) return ended({ kind: "answer", value: text, note });
    const found = findAnswer(text);
    const problems = found.kind === "absent" ? [found.problem] : schema.check(found.value);
    if (found.kind === "found" && problems.length === 0)
      return ended({ kind: "answer", value: found.value, note });
    this.#triesAgain += 1;
    if (this.#triesAgain >= this.#desk.schemaTryCountMax)
      throw notMet(this.#desk.schemaTryCountMax, problems);
    return { kind: "next", turn: { kind: "again", text: askAgain(problems) } };
  }

  /** Whether the end of a daemon has ended the turn, and it is not this turn that ends daemons. */
  #wasCutOff({ status, usage }: Run): boolean {
    const wasDrained = status === "stopped" && this.#wasDrained;
    this.#wasDrained = false;
    if (wasDrained || status !== "interrupted") return wasDrained;
    const hasCompletedStep = usage !== null && tokensOf(usage) > 0;
    this.#goneOnCount = hasCompletedStep ? 0 : this.#goneOnCount + 1;
    return this.#goneOnCount <= goOnCountMax;
  }

  /** One more step, from what is set aside for it, so that what was paid for is not lost. */
  #judgeLastWords(run: Run): Judged {
    const text = typeof run.result === "string" ? run.result : "";
    if (run.status !== "succeeded" || text === "") throw overBudget();
    const { schema } = this.#task;
    if (schema === undefined) return ended({ kind: "partial", value: text });
    const found = findAnswer(text);
    if (found.kind === "absent" || schema.check(found.value).length > 0) throw overBudget();
    return ended({ kind: "partial", value: found.value });
  }
}

/** `left`: as in `TaskOutcome`. `gone`: somebody has deleted the run, or the conversation. */
type TurnOutcome = Run | "left" | "gone";

type Judged =
  | { readonly kind: "ended"; readonly outcome: TaskOutcome }
  | { readonly kind: "next"; readonly turn: AgentTurn };

function ended(outcome: TaskOutcome): Judged {
  return { kind: "ended", outcome };
}

const gone: TaskOutcome = {
  kind: "nothing",
  code: "deleted",
  message: "Somebody deleted what this agent worked in; the script goes on without it.",
};

function nothing({ status, error }: Run): TaskOutcome {
  if (status === "stopped")
    return {
      kind: "nothing",
      code: "skipped",
      message: "Somebody stopped this agent; the script goes on without it.",
    };
  const { code, message } = error ?? { code: status, message: "The agent has given no answer." };
  return { kind: "nothing", code, message };
}

function notMet(countMax: number, problems: readonly AnswerProblem[]): CallFailure {
  const first = problems[0];
  const what = first === undefined ? "" : ` ${first.path === "" ? "It" : first.path} ${first.message}`;
  return new CallFailure(
    "schema-not-met",
    "SchemaError",
    `The agent has answered ${countMax} times, and no answer fits the schema.${what}`,
  );
}
