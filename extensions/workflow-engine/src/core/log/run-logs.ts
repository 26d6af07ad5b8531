// The logs of all runs: those that are being written, and those that are only read.
import type { Key, RunSubscriber, Storage, WorkflowEntry } from "@lathe/kernel";
import { logKey, logPrefix } from "./keys.ts";
import { RunLog, type RunLogDesk } from "./run-log.ts";

export interface RunLogsDesk extends RunLogDesk {
  readonly storage: Storage;
}

const pageSize = 500;

export class RunLogs {
  readonly #desk: RunLogsDesk;
  readonly #open = new Map<string, RunLog>();

  constructor(desk: RunLogsDesk) {
    this.#desk = desk;
  }

  /** The log of a run that is about to be written to, the same until it is closed. */
  async open(runId: string): Promise<RunLog> {
    const lastSeq = await this.lastSeq(runId);
    const log = this.#open.get(runId) ?? new RunLog(this.#desk, runId, lastSeq);
    this.#open.set(runId, log);
    return log;
  }

  /** Nothing more is written to it now. */
  close(runId: string): void {
    const log = this.#open.get(runId);
    this.#open.delete(runId);
    log?.close();
  }

  async lastSeq(runId: string): Promise<number> {
    const open = this.#open.get(runId);
    if (open !== undefined) return open.lastSeq;
    const [last] = await this.#desk.storage.list({ prefix: logPrefix(runId), reverse: true, limit: 1 });
    return last === undefined ? 0 : (last.value as unknown as WorkflowEntry).seq;
  }

  /** Entries after a position, in order, at most `limit` (1 to 1,000). */
  async entries(
    runId: string,
    { afterSeq, limit }: { readonly afterSeq: number; readonly limit: number },
  ): Promise<readonly WorkflowEntry[]> {
    const after = afterSeq > 0 ? { after: logKey(runId, afterSeq) } : {};
    const rows = await this.#desk.storage.list({ prefix: logPrefix(runId), limit, ...after });
    return rows.map(({ value }) => value as unknown as WorkflowEntry);
  }

  async *all(runId: string): AsyncGenerator<WorkflowEntry> {
    for (let afterSeq = 0; ; ) {
      const page = await this.entries(runId, { afterSeq, limit: pageSize });
      yield* page;
      if (page.length < pageSize) return;
      afterSeq = page.at(-1)?.seq ?? afterSeq;
    }
  }

  /** As `RunKind.subscribe`; `isOver` says whether the run was over when it was asked for. */
  subscribe(runId: string, afterSeq: number, isOver: boolean, subscriber: RunSubscriber): () => void {
    const following = new Following(this, this.#open, runId, subscriber);
    void following.begin(afterSeq, isOver);
    return () => following.leave();
  }

  /** Keys of everything that the log holds, to be deleted. */
  async *keys(runId: string): AsyncGenerator<readonly Key[]> {
    for (;;) {
      const rows = await this.#desk.storage.list({ prefix: logPrefix(runId), limit: pageSize });
      if (rows.length === 0) return;
      yield rows.map(({ key }) => key);
    }
  }
}

class Following {
  readonly #logs: RunLogs;
  readonly #open: ReadonlyMap<string, RunLog>;
  readonly #runId: string;
  readonly #subscriber: RunSubscriber;
  #isLeft = false;
  #stop: (() => void) | undefined;

  constructor(logs: RunLogs, open: ReadonlyMap<string, RunLog>, runId: string, subscriber: RunSubscriber) {
    this.#logs = logs;
    this.#open = open;
    this.#runId = runId;
    this.#subscriber = subscriber;
  }

  async begin(afterSeq: number, isOver: boolean): Promise<void> {
    try {
      let seq = afterSeq;
      for (;;) {
        const page = await this.#logs.entries(this.#runId, { afterSeq: seq, limit: pageSize });
        for (const entry of page) {
          await this.#subscriber.ready?.();
          if (this.#isLeft) return;
          seq = entry.seq;
          if (this.#give(entry, () => JSON.stringify(entry))) return;
        }
        if (this.#isLeft) return;
        if (page.length > 0) continue;
        const log = this.#open.get(this.#runId);
        // Nothing can come between this look and the listening below.
        if (log === undefined && isOver) return this.#end("over");
        if (log === undefined) return this.#end("failed");
        // The store may show what the log is about to show: that is dropped below.
        if (log.lastSeq <= seq) {
          const read = seq;
          this.#stop = log.listen({
            onEntry: (entry, json) => entry.seq > read && this.#give(entry, json),
            onClosed: () => this.#end("failed"),
          });
          return;
        }
      }
    } catch {
      this.#end("failed");
    }
  }

  leave(): void {
    this.#isLeft = true;
    this.#stop?.();
  }

  /** True where it was the last one. */
  #give(entry: WorkflowEntry, json: () => string): boolean {
    if (this.#isLeft) return true;
    this.#subscriber.onEvent(entry, json);
    if (entry.type !== "workflow-finish") return false;
    this.#end("over");
    return true;
  }

  #end(reason: Parameters<RunSubscriber["onEnd"]>[0]): void {
    if (this.#isLeft) return;
    this.leave();
    this.#subscriber.onEnd(reason);
  }
}
