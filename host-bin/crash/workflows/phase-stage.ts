// A stage for runs whose every moment is chosen: the model waits where a test says so, and the daemon ends at a failpoint.
import { setTimeout as pause } from "node:timers/promises";
import { ConnectionError, LatheProblem } from "@lathe/client";
import type { AgentFinish, Run, WorkflowEntry } from "@lathe/kernel";
import type { NewRunInput } from "@lathe/wire/operations";
import { runsCreate, runsGet, runsStop, workflowsApprove } from "@lathe/wire/operations";
import type { KillAt } from "../crashing-daemon.ts";
import { Dice } from "../dice.ts";
import { approvalAnswer } from "./fan-out.ts";
import { FanOutModel } from "./fan-out-model.ts";
import { activeRuns, entriesOf, runsBelow } from "./run-reading.ts";
import { RunWatcher } from "./run-watcher.ts";
import { WorkflowStage, type WorkflowStageOptions } from "./workflow-stage.ts";

/** What follows the end of a run in the daemon takes less. */
const lastWordsMs = 5_000;
/** Nothing that is waited for here takes as long, on the slowest of machines. */
const patienceMs = 60_000;

export class PhaseStage {
  readonly stage: WorkflowStage;
  readonly model: FanOutModel;

  private constructor(stage: WorkflowStage, model: FanOutModel) {
    this.stage = stage;
    this.model = model;
  }

  static async open(options: Omit<WorkflowStageOptions, "answer"> = {}): Promise<PhaseStage> {
    const model = new FanOutModel(new Dice(1));
    model.pauseMsMax = 5;
    const stage = await WorkflowStage.open({ ...options, answer: (request) => model.answer(request) });
    return new PhaseStage(stage, model);
  }

  /** Begins a run, or names the one that was begun with the key; undefined where the daemon ended before it said which. */
  async begin(input: Omit<NewRunInput, "kind">, key: string = crypto.randomUUID()): Promise<Run | undefined> {
    const { clients, workFolder } = this.stage;
    try {
      const whole = { kind: "workflow", cwd: workFolder, ...input };
      return await clients.http.call(runsCreate, whole, { idempotencyKey: key });
    } catch (failure) {
      if (failure instanceof ConnectionError) return undefined;
      throw failure;
    }
  }

  async run(script: string, options: Omit<NewRunInput, "kind"> = {}, key?: string): Promise<Run> {
    const run = await this.begin({ script, ...options }, key);
    if (run === undefined) throw new Error(`The daemon has ended: ${this.stage.daemon.stderr}`);
    return run;
  }

  /** Settles with the first entry of this type, and of this label where one is given. */
  async seen(runId: string, type: WorkflowEntry["type"], label?: string): Promise<WorkflowEntry> {
    const watcher = new RunWatcher(runId, "http");
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, AbortSignal.timeout(patienceMs)]);
    const following = watcher.follow(this.stage.clients.http, signal);
    try {
      const isWanted = (entry: WorkflowEntry): entry is WorkflowEntry =>
        entry.type === type && (label === undefined || ("label" in entry && entry.label === label));
      return await watcher.found(() => [...watcher.entries.values()].find(isWanted), signal);
    } finally {
      over.abort();
      await following;
    }
  }

  /** Settles when the model has been asked for the mark so often. */
  async asked(mark: string, count = 1): Promise<void> {
    await this.until(() => this.model.askedFor(mark) >= count);
  }

  async until(condition: () => boolean | Promise<boolean>): Promise<void> {
    for (const endMs = performance.now() + patienceMs; !(await condition()); ) {
      if (performance.now() > endMs) throw new Error(`It never came to be: ${condition}`);
      await pause(5);
    }
  }

  /** Answers every question, and settles with the run when it is over. */
  async finished(runId: string): Promise<Run> {
    await this.until(async () => {
      const { status } = await this.get(runId);
      if (status === "waiting") await this.approve(runId);
      return isOver(status);
    });
    return this.get(runId);
  }

  async approve(runId: string): Promise<void> {
    const asked = (await this.entries(runId)).findLast((entry) => entry.type === "approval-asked");
    if (asked === undefined) return;
    const answer = { id: runId, approvalId: asked.approvalId, answer: approvalAnswer };
    try {
      await this.stage.clients.http.call(workflowsApprove, answer);
    } catch (failure) {
      if (!(failure instanceof LatheProblem && failure.code === "approval-answered")) throw failure;
    }
  }

  get(runId: string): Promise<Run> {
    return this.stage.clients.http.call(runsGet, { id: runId });
  }

  stop(runId: string): Promise<Run> {
    return this.stage.clients.http.call(runsStop, { id: runId });
  }

  entries(runId: string): Promise<readonly WorkflowEntry[]> {
    return entriesOf(this.stage.clients.http, runId);
  }

  /** How each agent of the run has ended, by its label; more than once where it did so more than once. */
  async ends(runId: string): Promise<readonly string[]> {
    const isEnd = (entry: WorkflowEntry): entry is WorkflowEntry<AgentFinish> =>
      entry.type === "agent-finish";
    return (await this.entries(runId)).filter(isEnd).map(({ label, outcome }) => `${label} ${outcome}`);
  }

  below(runId: string): Promise<readonly Run[]> {
    return runsBelow(this.stage.clients.http, runId);
  }

  active(): Promise<readonly Run[]> {
    return activeRuns(this.stage.clients.http);
  }

  /** The daemon ends itself there; settles when it has, and the next one answers. */
  async diesAt(killAt: KillAt, work: () => Promise<unknown>): Promise<void> {
    await this.stage.daemon.arm(killAt);
    await Promise.race([work(), this.stage.daemon.ended]);
    const wasPassed = await Promise.race([this.stage.daemon.ended, pause(lastWordsMs)]);
    if (wasPassed === undefined) throw new Error(`${killAt.name} was not passed ${killAt.count} times.`);
    await this.next();
  }

  async die(): Promise<void> {
    await this.stage.kill();
    await this.next();
  }

  /** The daemon that comes after one that has ended. */
  async next(): Promise<void> {
    this.stage.disconnect();
    this.model.life += 1;
    this.stage.startDaemon();
    if (!(await this.stage.ready()))
      throw new Error(`The daemon does not start: ${this.stage.daemon.stderr}`);
  }

  async close(): Promise<void> {
    this.model.letGo();
    await this.stage.close();
  }
}

function isOver(status: Run["status"]): boolean {
  return ["succeeded", "failed", "stopped", "interrupted"].includes(status);
}
