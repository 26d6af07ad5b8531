// Plays one run of the fan-out: begins it, kills the daemon under it as planned, lets the last daemon finish it, and looks
// at what is there then.
import { setTimeout as sleep } from "node:timers/promises";
import { ConnectionError, LatheProblem } from "@lathe/client";
import { runsCreate, runsGet, workflowsApprove, workflowsCache } from "@lathe/wire/operations";
import type { Dice } from "../dice.ts";
import { checkRun, type Violation } from "./checks.ts";
import { approvalAnswer, type FanOutArgs, fanOutScript } from "./fan-out.ts";
import type { FanOutModel } from "./fan-out-model.ts";
import { type Kill, killOf, type ObservedRun } from "./observed-run.ts";
import { activeRuns, entriesOf, runsBelow } from "./run-reading.ts";
import { RunWatcher } from "./run-watcher.ts";
import type { WorkflowStage } from "./workflow-stage.ts";

/** When a daemon is killed. */
export type KillPlan =
  /** So long after somebody was shown so many entries in this life of the daemon. */
  | { readonly kind: "entries"; readonly count: number; readonly afterMs: number }
  /** So long after a question was asked that nobody has answered. */
  | { readonly kind: "question"; readonly afterMs: number }
  /** So long after its process was started. */
  | { readonly kind: "start"; readonly afterMs: number };

export interface PlayDesk {
  readonly stage: WorkflowStage;
  readonly model: FanOutModel;
  readonly dice: Dice;
  readonly args: FanOutArgs;
}

export interface PlayedRun {
  readonly kills: readonly Kill[];
  readonly violations: readonly Violation[];
  /** Milliseconds that the last daemon took from its start, or the run's, to the end. */
  readonly lastLifeMs: number;
  readonly observed: ObservedRun | undefined;
}

/** Nothing that is waited for here takes as long, on the slowest of machines. */
const patienceMs = 120_000;
/** How long the person who answers thinks at most. */
const thinkMsMax = 300;

export async function playRun(desk: PlayDesk, plans: readonly KillPlan[]): Promise<PlayedRun> {
  const played = new Play(desk);
  return played.run(plans);
}

class Play {
  readonly #desk: PlayDesk;
  readonly #key = `fan-out-${crypto.randomUUID()}`;
  readonly #kills: Kill[] = [];
  readonly #violations: Violation[] = [];
  readonly #questionsBefore: number;
  readonly #effectsBefore: number;
  readonly #livesBefore: number;
  #watchers: readonly RunWatcher[] = [];

  constructor(desk: PlayDesk) {
    const { model, stage } = desk;
    this.#desk = desk;
    this.#questionsBefore = model.questions.length;
    this.#effectsBefore = stage.effects().length;
    this.#livesBefore = model.life;
  }

  async run(plans: readonly KillPlan[]): Promise<PlayedRun> {
    const { stage, model } = this.#desk;
    for (const plan of plans) {
      const isOver = await this.#live(plan);
      if (isOver) break;
      model.life += 1;
      stage.startDaemon();
    }
    const startedAtMs = performance.now();
    await this.#live(undefined);
    const lastLifeMs = performance.now() - startedAtMs;
    const observed = this.#violations.length === 0 ? await this.#observe() : undefined;
    const found = observed === undefined ? [] : checkRun(observed);
    return { kills: this.#kills, violations: [...this.#violations, ...found], lastLifeMs, observed };
  }

  /** One life of the daemon; it is killed as planned, or lives on where the run is over. True = it is over. */
  async #live(plan: KillPlan | undefined): Promise<boolean> {
    const { stage } = this.#desk;
    const ending = new AbortController();
    const seqBefore = this.#seq;
    const following = this.#follow(ending.signal, plan?.kind === "question");
    const life = following.catch((failure: unknown) => this.#onFailure(failure, ending.signal));
    const time = plan === undefined ? sleep(patienceMs) : this.#moment(plan, ending.signal);
    const isOver = await Promise.race([life.then(() => true), time.then(() => false)]);
    if (!isOver && plan === undefined) this.#violated("run-not-over", stage.daemon.stderr);
    if (!isOver && plan !== undefined) {
      const { signal } = await stage.daemon.kill();
      if (signal !== "SIGKILL") this.#violated("daemon-ended-by-itself", stage.daemon.stderr);
    }
    ending.abort();
    await life;
    if (isOver || plan === undefined) return true;
    this.#kills.push(killOf(this.#watchers, seqBefore));
    stage.disconnect();
    return false;
  }

  /** Position of the last entry that anybody was shown. */
  get #seq(): number {
    return Math.max(0, ...this.#watchers.map((watcher) => watcher.lastSeq));
  }

  /** Settles when it is time to kill; never, where that does not come. */
  async #moment(plan: KillPlan, signal: AbortSignal): Promise<void> {
    const seqBefore = this.#seq;
    const isTime = (): boolean => {
      if (plan.kind === "start") return true;
      if (plan.kind === "entries") return this.#seq - seqBefore >= plan.count;
      return this.#watchers.some((watcher) => watcher.openQuestion !== undefined);
    };
    while (!isTime())
      await sleep(2, undefined, { signal }).catch(() => Promise.withResolvers<never>().promise);
    await sleep(plan.afterMs);
  }

  /** Begins the run, or asks for it again, and follows it to its end. */
  async #follow(signal: AbortSignal, staysSilent: boolean): Promise<void> {
    const { stage } = this.#desk;
    if (!(await stage.ready())) {
      if (!signal.aborted) this.#violated("daemon-does-not-start", stage.daemon.stderr);
      return;
    }
    if (this.#watchers.length === 0) await this.#begin(signal);
    const following = this.#watchers.map((watcher) =>
      watcher.follow(stage.clients[watcher.transport], signal),
    );
    const approving = new AbortController();
    const isAnswered = AbortSignal.any([signal, approving.signal]);
    const approved = staysSilent ? undefined : this.#approve(isAnswered);
    await Promise.all(following);
    approving.abort();
    await approved;
  }

  async #begin(signal: AbortSignal): Promise<void> {
    const { stage, args } = this.#desk;
    const input = { kind: "workflow", script: fanOutScript, args: { ...args }, cwd: stage.workFolder };
    const { id } = await stage.clients.http.call(runsCreate, input, { idempotencyKey: this.#key, signal });
    this.#watchers = [new RunWatcher(id, "http"), new RunWatcher(id, "websocket")];
  }

  /** Somebody answers the question, after a while; once more in the next life where the daemon has not said that it knows. */
  async #approve(signal: AbortSignal): Promise<void> {
    const { stage, dice } = this.#desk;
    const [watcher] = this.#watchers;
    if (watcher === undefined) return;
    try {
      const { approvalId } = await watcher.found(() => watcher.openQuestion, signal);
      await sleep(dice.below(thinkMsMax), undefined, { signal });
      const answer = { id: watcher.runId, approvalId, answer: approvalAnswer };
      await stage.clients.http.call(workflowsApprove, answer, { signal });
    } catch (failure) {
      const isKnown = failure instanceof LatheProblem && failure.code === "approval-answered";
      if (!isKnown) this.#onFailure(failure, signal);
    }
  }

  async #observe(): Promise<ObservedRun> {
    const { stage, model, args } = this.#desk;
    const { http } = stage.clients;
    const [watcher] = this.#watchers;
    const id = watcher?.runId ?? "";
    const children = await runsBelow(http, id);
    const nested = children.find(({ kind }) => kind === "workflow");
    const active = await activeRuns(http);
    const isOfRun = model.questions.slice(this.#questionsBefore);
    return {
      ...{ args, watchers: this.#watchers, kills: this.#kills, children },
      run: await http.call(runsGet, { id }),
      entries: await entriesOf(http, id),
      nestedEntries: nested === undefined ? [] : await entriesOf(http, nested.id),
      cache: await http.call(workflowsCache, { id }),
      activeIds: active.map((run) => `${run.kind} ${run.id} (${run.status})`),
      questions: isOfRun.map((question) => ({ ...question, life: question.life - this.#livesBefore })),
      effects: stage.effects().slice(this.#effectsBefore),
    };
  }

  #onFailure(failure: unknown, signal: AbortSignal): void {
    if (signal.aborted || failure instanceof ConnectionError) return;
    const kind = failure instanceof LatheProblem ? "request-refused" : "stream-refused";
    // A daemon that is about to end may say so.
    if (failure instanceof LatheProblem && failure.status >= 500) return;
    this.#violated(kind, String(failure));
  }

  #violated(kind: Violation["kind"], message: string): void {
    this.#violations.push({ kind, message });
  }
}
