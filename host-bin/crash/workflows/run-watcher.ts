// A client that watches one run through all lives of the daemon, and keeps what it was shown.
import { isDeepStrictEqual } from "node:util";
import type { Client } from "@lathe/client";
import type { ApprovalAsked, WorkflowEntry } from "@lathe/kernel";
import { isWorkflowEntry } from "@lathe/wire";
import { runsStream } from "@lathe/wire/operations";

export class RunWatcher {
  readonly runId: string;
  readonly transport: "http" | "websocket";
  /** By position. */
  readonly entries: Map<number, WorkflowEntry> = new Map();
  /** Positions at which it was shown one thing first, and another later. */
  readonly contradictions: number[] = [];
  #lastSeq = 0;
  #more = Promise.withResolvers<void>();

  constructor(runId: string, transport: RunWatcher["transport"]) {
    this.runId = runId;
    this.transport = transport;
  }

  get isOver(): boolean {
    return this.entries.get(this.#lastSeq)?.type === "workflow-finish";
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** The question that was asked last, where it has no answer. */
  get openQuestion(): WorkflowEntry<ApprovalAsked> | undefined {
    const all = [...this.entries.values()];
    const asked = all.findLast((entry) => entry.type === "approval-asked");
    const answered = all.findLast((entry) => entry.type === "approval-answered");
    return asked !== undefined && (answered?.seq ?? 0) < asked.seq ? asked : undefined;
  }

  /** Goes on from what it has, until the run is over or the signal aborts. Rejects where the daemon refuses. */
  async follow(client: Client, signal: AbortSignal): Promise<void> {
    const options = { after: this.#lastSeq, signal };
    try {
      for await (const event of client.follow(runsStream, { id: this.runId }, options))
        if (isWorkflowEntry(event)) this.#take(event);
    } catch (failure) {
      if (!signal.aborted) throw failure;
    } finally {
      this.#tell();
    }
  }

  /** Settles with what `find` finds in what was shown so far, as soon as it does; rejects with the signal's reason. */
  async found<Found>(find: () => Found | undefined, signal: AbortSignal): Promise<Found> {
    const aborted = Promise.withResolvers<never>();
    aborted.promise.catch(() => undefined);
    const onAbort = (): void => aborted.reject(signal.reason);
    signal.addEventListener("abort", onAbort);
    try {
      for (;;) {
        signal.throwIfAborted();
        const found = find();
        if (found !== undefined) return found;
        await Promise.race([this.#more.promise, aborted.promise]);
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  #take(entry: WorkflowEntry): void {
    const shown = this.entries.get(entry.seq);
    if (shown === undefined) this.entries.set(entry.seq, entry);
    else if (!isDeepStrictEqual(shown, entry)) this.contradictions.push(entry.seq);
    this.#lastSeq = entry.seq;
    this.#tell();
  }

  #tell(): void {
    const more = this.#more;
    this.#more = Promise.withResolvers();
    more.resolve();
  }
}
