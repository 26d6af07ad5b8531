// A run of a workflow, followed from its first entry and folded as it comes.
//
// The status that the daemon folds is asked for too: it shows a long run at once. Nothing can be folded on top of it, since
// it does not say up to which entry it goes; it is shown until the entries have come as far as the log was when one asked.
//
// Invariants
//   W1  Entries are folded in order, each once: the client passes them so, and after a `reset` all of them again.
//   W2  A screen that is drawn 60 times a second is told of at most 20 changes: what comes together is folded together.
//   W3  Milestones are told only of what happens after one has caught up.
import type { RunEvent } from "@lathe/kernel";
import {
  foldWorkflow,
  isWorkflowEntry,
  startWorkflowView,
  type WorkflowStatus,
  type WorkflowView,
} from "@lathe/wire";
import { runsStream, workflowsStatus } from "@lathe/wire/operations";
import { batch, type Signal, signal } from "@preact/signals";
import { ask, daemon } from "../state/daemon.ts";
import { type Milestone, milestonesBetween } from "./milestones.ts";
import { type KeptLog, noLog, withLines } from "./workflow-log.ts";

const gatheringMs = 50;

export class WorkflowWatch {
  readonly view: Signal<WorkflowView> = signal(startWorkflowView());
  readonly log: Signal<KeptLog> = signal(noLog);
  /** What the daemon has folded; null until it comes. */
  readonly status: Signal<WorkflowStatus | null> = signal(null);
  /** Whether the view holds everything that there was when the run was opened. */
  readonly isWhole: Signal<boolean> = signal(false);
  /** Why it cannot be followed; null where it can. */
  readonly failure: Signal<unknown> = signal(null);

  readonly #runId: string;
  readonly #onMilestone: (milestone: Milestone) => void;
  readonly #leaving = new AbortController();
  #waiting: RunEvent[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #seqAtFirst = Number.POSITIVE_INFINITY;

  constructor(runId: string, onMilestone: (milestone: Milestone) => void) {
    this.#runId = runId;
    this.#onMilestone = onMilestone;
  }

  /** Follows until it is stopped, or the run is over. Called once. */
  start(): void {
    void this.#askStatus();
    void this.#follow();
  }

  stop(): void {
    this.#leaving.abort();
    clearTimeout(this.#timer);
  }

  async #askStatus(): Promise<void> {
    try {
      const status = await ask(workflowsStatus, { id: this.#runId }, { signal: this.#leaving.signal });
      this.status.value = status;
    } catch {
      // It only makes the first sight faster; what is wrong is said by the stream.
    }
  }

  async #follow(): Promise<void> {
    const { signal } = this.#leaving;
    try {
      const { lastSeq } = await ask(runsStream, { id: this.#runId, after: 0 }, { signal });
      this.#seqAtFirst = lastSeq;
      if (lastSeq === 0) this.isWhole.value = true;
    } catch {
      // The stream says it better, or heals it; then the first entries are as good as whole.
      this.#seqAtFirst = 1;
    }
    try {
      for await (const event of daemon.follow(runsStream, { id: this.#runId }, { signal })) this.#take(event);
      this.#fold();
      this.isWhole.value = true;
    } catch (failure) {
      if (!signal.aborted) this.failure.value = failure;
    }
  }

  #take(event: RunEvent): void {
    this.#waiting.push(event);
    this.#timer ??= setTimeout(() => this.#fold(), gatheringMs);
  }

  #fold(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const all = this.#waiting;
    this.#waiting = [];
    const resetAt = all.findLastIndex(({ type }) => type === "reset");
    const events = resetAt < 0 ? all : all.slice(resetAt + 1);
    const before = this.view.value;
    const wasWhole = this.isWhole.value;
    batch(() => {
      if (resetAt >= 0) this.log.value = noLog;
      this.view.value = foldWorkflow(
        events.filter(isWorkflowEntry),
        resetAt < 0 ? before : startWorkflowView(),
      );
      this.log.value = withLines(this.log.value, events);
      if (this.view.value.lastSeq >= this.#seqAtFirst) this.isWhole.value = true;
    });
    if (wasWhole)
      for (const milestone of milestonesBetween(before, this.view.value)) this.#onMilestone(milestone);
  }
}
