// A run of a workflow, followed from its first entry and folded as it comes.
//
// The status that the daemon folds is asked for too: it shows a long run at once. Nothing can be folded on top of it, since
// it does not say up to which entry it goes; it is shown until the entries have come as far as the log was when one asked.
//
// Invariants
//   W1  Entries are folded in order, each once: the client passes them so, and after a `reset` all of them again.
//   W2  A screen that is drawn 60 times a second is told of at most 20 changes: what comes together is folded together.
//   W3  Milestones are told once one has caught up: what happens from then on, and which questions are open by then.
import type { RunEvent } from "@lathe/kernel";
import {
  foldWorkflow,
  isWorkflowEntry,
  startWorkflowView,
  type WorkflowStatus,
  type WorkflowView,
} from "@lathe/wire";
import { batch, type Signal, signal } from "@preact/signals";
import { type Milestone, milestonesBetween } from "./milestones.ts";
import { type KeptLog, noLog, withLines } from "./workflow-log.ts";

const gatheringMs = 50;

/** How the daemon is asked about one run. Each throws as the client does. */
export interface WatchDesk {
  status(signal: AbortSignal): Promise<WorkflowStatus>;
  /** Position of the last entry that there is. */
  lastSeq(signal: AbortSignal): Promise<number>;
  /** Everything from the first entry on; ends when the run is over. */
  events(signal: AbortSignal): AsyncIterable<RunEvent>;
}

export class WorkflowWatch {
  readonly view: Signal<WorkflowView> = signal(startWorkflowView());
  readonly log: Signal<KeptLog> = signal(noLog);
  /** What the daemon has folded; null until it comes. */
  readonly status: Signal<WorkflowStatus | null> = signal(null);
  /** Whether the view holds everything that there was when the run was opened. */
  readonly isWhole: Signal<boolean> = signal(false);
  /** Why it cannot be followed; null where it can. */
  readonly failure: Signal<unknown> = signal(null);

  readonly #desk: WatchDesk;
  readonly #onMilestone: (milestone: Milestone) => void;
  readonly #leaving = new AbortController();
  #waiting: RunEvent[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #seqAtFirst = Number.POSITIVE_INFINITY;

  constructor(desk: WatchDesk, onMilestone: (milestone: Milestone) => void) {
    this.#desk = desk;
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
      const status = await this.#desk.status(this.#leaving.signal);
      if (!this.#leaving.signal.aborted) this.status.value = status;
    } catch {
      // It only makes the first sight faster; what is wrong is said by the stream.
    }
  }

  async #follow(): Promise<void> {
    const { signal } = this.#leaving;
    try {
      const lastSeq = await this.#desk.lastSeq(signal);
      this.#seqAtFirst = lastSeq;
      if (lastSeq === 0) this.isWhole.value = true;
    } catch {
      // The stream says it better, or heals it; then the first entries are as good as whole.
      this.#seqAtFirst = 1;
    }
    try {
      for await (const event of this.#desk.events(signal)) this.#take(event);
      this.#seqAtFirst = 0;
      this.#fold();
    } catch (failure) {
      if (!signal.aborted) this.failure.value = failure;
    }
  }

  #take(event: RunEvent): void {
    if (this.#leaving.signal.aborted) return;
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
    // A question that was open already is told once one has caught up; an end is no news then.
    const news = milestonesBetween(wasWhole ? before : startWorkflowView(), this.view.value);
    if (this.isWhole.value)
      for (const milestone of news) if (wasWhole || milestone.kind === "asked") this.#onMilestone(milestone);
  }
}
