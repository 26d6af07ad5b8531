// One run of a script, from its wait for a process to its end.
//
// Invariants
//   R1  It ends once: what comes first decides, and nothing reaches the host after that.
//   R2  `ended` settles when the process is gone. A run that never had one ends at once.
//   R3  What a guest says is judged before anything is done with it.
import { codePrefixLength } from "../compile/code-shape.ts";
import type {
  GuestAnswer,
  GuestBudget,
  GuestEnding,
  GuestFailure,
  GuestHost,
  GuestRun,
  GuestScript,
  GuestUsage,
} from "../contract.ts";
import {
  cpuLimitFailure,
  failureOfExit,
  memoryLimitFailure,
  messageLimitFailure,
  protocolFailure,
  timeLimitFailure,
} from "./endings.ts";
import type { GuestProcess } from "./guest-process.ts";
import { type GuestMessage, judge } from "./judge.ts";
import type { ToldLimits } from "./limits.ts";
import type { ProcessUsage } from "./process-usage.ts";
import { RunRules } from "./run-rules.ts";
import { ScriptTime } from "./script-time.ts";

type Outcome = GuestEnding extends infer Ending
  ? Ending extends unknown
    ? Omit<Ending, "usage">
    : never
  : never;

interface Started {
  readonly process: GuestProcess;
  readonly usage: ProcessUsage;
  readonly rules: RunRules;
  readonly atMs: number;
}

const noUsage: GuestUsage = { cpuMs: 0, memoryPeakBytes: 0 };

// Who only waits takes nothing, so it is looked at less often.
const parkedLookEvery = 20;

export class ScriptRun implements GuestRun {
  readonly ended: Promise<GuestEnding>;
  readonly #script: GuestScript;
  readonly #host: GuestHost;
  readonly #signal: AbortSignal;
  readonly #resolve: (ending: GuestEnding) => void;
  readonly #onAbort = (): void => this.end({ kind: "aborted" });
  #started: Started | undefined;
  #outcome: Outcome | undefined;
  readonly #time: ScriptTime;
  #isLive: boolean;
  #budget: GuestBudget;
  #isParked = false;
  #watchCount = 0;

  constructor(script: GuestScript, host: GuestHost, signal: AbortSignal) {
    const { promise, resolve } = Promise.withResolvers<GuestEnding>();
    this.ended = promise;
    this.#resolve = resolve;
    this.#script = script;
    this.#host = host;
    this.#signal = signal;
    this.#budget = script.budget;
    this.#isLive = script.replay === undefined;
    const tell = (nowMs: number): void => this.#tellTime(nowMs);
    this.#time = new ScriptTime({ reachedMs: script.replay?.reachedMs ?? 0, tell });
    signal.addEventListener("abort", this.#onAbort);
    if (signal.aborted) this.#onAbort();
  }

  get isOver(): boolean {
    return this.#outcome !== undefined;
  }

  /** The process is this run's from now on. */
  begin(process: GuestProcess): void {
    const rules = new RunRules(process.limits);
    const usage = process.begin((body) => this.#takeBody(body));
    this.#started = { process, usage, rules, atMs: performance.now() };
    void process.gone.then((exit) => {
      this.#outcome ??= { kind: "failed", failure: failureOfExit(exit) };
      this.#time.close();
      this.#settle(usage.look());
    });
    const { dialect, code, args, nullStopsPipeline } = this.#script;
    const { limits } = process;
    const budget = this.#budget;
    const given = { dialect, code, args, budget, nullStopsPipeline, limits, columnOffset: codePrefixLength };
    process.send({ kind: "start", ...given });
    if (this.#isLive) this.#time.goLive();
    this.#host.started();
  }

  get toldMs(): number {
    return this.#time.toldMs;
  }

  stamp(): number {
    return this.#time.stamp();
  }

  answer(index: number, answer: GuestAnswer, atMs: number = this.stamp()): void {
    this.#time.noteStamped(atMs);
    this.#give(index, answer, atMs);
  }

  replay(index: number, answer: GuestAnswer, atMs: number): void {
    this.#time.noteTold(atMs);
    this.#give(index, answer, atMs);
  }

  replayUntil(nowMs: number): void {
    this.#time.noteTold(nowMs);
    this.#tellTime(nowMs);
  }

  goLive(): void {
    this.#isLive = true;
    if (this.#started !== undefined && !this.isOver) this.#time.goLive();
  }

  #give(index: number, answer: GuestAnswer, atMs: number): void {
    if (this.isOver || !this.#started?.rules.answer(index)) return;
    this.#isParked = false;
    const { kind } = answer;
    const said =
      kind === "value" ? { value: answer.value } : { error: { name: answer.name, message: answer.message } };
    this.#started.process.send({ kind: "answer", index, atMs, ...said });
  }

  #tellTime(nowMs: number): void {
    if (this.isOver || this.#started === undefined) return;
    this.#started.rules.advance();
    this.#started.process.send({ kind: "advance", nowMs });
  }

  spend(budget: GuestBudget): void {
    if (budget.spent === this.#budget.spent && budget.total === this.#budget.total) return;
    this.#budget = budget;
    if (!this.isOver) this.#started?.process.send({ kind: "spend", budget });
  }

  fail(failure: GuestFailure): void {
    this.end({ kind: "failed", failure });
  }

  end(outcome: Outcome): void {
    if (this.isOver) return;
    this.#outcome = outcome;
    this.#time.close();
    if (this.#started === undefined) this.#settle(noUsage);
    else this.#started.process.kill();
  }

  /** Called every few milliseconds: ends it where it has taken more than it may. */
  watch(): void {
    if (this.isOver || this.#started === undefined) return;
    const failure = this.#reachedLimit(this.#started);
    if (failure) this.fail(failure);
  }

  #reachedLimit({ process, usage, atMs }: Started): GuestFailure | undefined {
    const { wallMs, cpuMs, memoryBytes } = process.limits;
    if (wallMs > 0 && performance.now() - atMs > wallMs) return timeLimitFailure(wallMs);
    this.#watchCount += 1;
    if (this.#isParked && this.#watchCount % parkedLookEvery !== 0) return undefined;
    const taken = usage.look();
    if (taken.cpuMs > cpuMs) return cpuLimitFailure();
    return taken.memoryPeakBytes > memoryBytes ? memoryLimitFailure(memoryBytes) : undefined;
  }

  #takeBody(body: Buffer | "too-large"): void {
    const { process, rules } = this.#started as Started;
    const judged = judgeBody(body, process.limits, rules);
    if ("failure" in judged) this.fail(judged.failure);
    else this.#take(judged.message, rules);
  }

  #take(message: GuestMessage, rules: RunRules): void {
    this.#isParked = message.kind === "waiting" && message.answeredCount === rules.answeredCount;
    // What was said before the last answer arrived there says nothing about now.
    if (this.#isParked) this.#host.waiting();
    if (message.kind === "resting" && message.answeredCount === rules.answeredCount) {
      this.#time.rest(message.dueMs);
      this.#host.resting?.(message.dueMs);
    }
    if (message.kind === "call") this.#host.call(message.call);
    else if (message.kind === "phase") this.#host.phase(message.title);
    else if (message.kind === "log") this.#host.log(message.level, message.text);
    else if (message.kind === "returned") this.end({ kind: "returned", value: message.value });
    else if (message.kind === "failed") this.fail(message.failure);
  }

  #settle(usage: GuestUsage): void {
    this.#signal.removeEventListener("abort", this.#onAbort);
    this.#resolve({ ...(this.#outcome as Outcome), usage });
  }
}

function judgeBody(
  body: Buffer | "too-large",
  limits: ToldLimits,
  rules: RunRules,
): { readonly message: GuestMessage } | { readonly failure: GuestFailure } {
  if (body === "too-large") return { failure: protocolFailure("a message beyond all limits") };
  if (!rules.countFrame(body.length)) return { failure: messageLimitFailure() };
  const message = judge(body, limits);
  if (message.kind === "breach") return { failure: protocolFailure(message.why) };
  const breach = rules.admit(message);
  return breach === undefined ? { message } : { failure: protocolFailure(breach) };
}
