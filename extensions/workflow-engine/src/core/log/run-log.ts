// The log of one run: events become entries in the order of the calls, many in one commit, and are shown after it.
//
// Invariants
//   L1  Entries have the positions 1, 2, 3 ... without a gap.
//   L2  Nobody is shown an entry before its commit, and nobody is shown it twice.
//   L3  No event holds a secret.
//   L4  Once a commit has failed, nothing more is appended: the log ends where the store says that it ends.
import type {
  Changes,
  ClockPower,
  JsonValue,
  PreparedChanges,
  Storage,
  WorkflowEntry,
  WorkflowEvent,
} from "@lathe/kernel";
import type { RunRedactor } from "../run-redactor.ts";
import { logKey } from "./keys.ts";

export interface LogListener {
  /** Must not throw. */
  onEntry(entry: WorkflowEntry, json: () => string): void;
  /** Nothing more is shown by this log, although its run is not over. */
  onClosed(): void;
}

/** What goes with events into their commit. */
export interface Beside {
  readonly puts?: Changes["puts"];
  readonly joined?: readonly PreparedChanges[];
}

interface Waiting {
  readonly events: readonly WorkflowEvent[];
  readonly beside: Beside;
  readonly stored: PromiseWithResolvers<readonly WorkflowEntry[]>;
}

export interface RunLogDesk {
  readonly redactor: RunRedactor;
  readonly storage: Pick<Storage, "commit">;
  readonly clock: ClockPower;
}

export class RunLog {
  readonly #desk: RunLogDesk;
  readonly #runId: string;
  readonly #listeners = new Set<LogListener>();
  #waiting: Waiting[] = [];
  #lastSeq: number;
  #nextSeq: number;
  #isWriting = false;
  #failure: Error | undefined;

  constructor(desk: RunLogDesk, runId: string, lastSeq: number) {
    this.#desk = desk;
    this.#runId = runId;
    this.#lastSeq = lastSeq;
    this.#nextSeq = lastSeq + 1;
  }

  /** Position of the last entry that is durable. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** The position that the next event gets. */
  get nextSeq(): number {
    return this.#nextSeq;
  }

  /**
   * Settles when the events are durable, in the order of the calls; they have been shown by then. Rejects with what the
   * store threw, for these or for earlier ones.
   */
  append(events: readonly WorkflowEvent[], beside: Beside = {}): Promise<readonly WorkflowEntry[]> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const stored = Promise.withResolvers<readonly WorkflowEntry[]>();
    this.#waiting.push({ events: this.#desk.redactor.value(events), beside, stored });
    this.#nextSeq += events.length;
    if (!this.#isWriting) {
      this.#isWriting = true;
      // What is said in the same turn of the loop shares a commit.
      queueMicrotask(() => void this.#write());
    }
    return stored.promise;
  }

  /** Shows every entry after `lastSeq` as it comes. Returns how to stop. */
  listen(listener: LogListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Whoever still listens is told that nothing more comes from here. */
  close(): void {
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener.onClosed();
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#commit(batch);
      } catch (failure) {
        this.#fail(failure, batch);
      }
    }
    this.#isWriting = false;
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    const atMs = this.#desk.clock.nowMs();
    let seq = this.#lastSeq;
    const groups = batch.map(({ events }) =>
      events.map((event): WorkflowEntry => {
        seq += 1;
        return { ...event, seq, atMs };
      }),
    );
    const puts = groups.flat().map((entry) => ({
      key: logKey(this.#runId, entry.seq),
      value: entry as unknown as JsonValue,
    }));
    const beside = batch.flatMap(({ beside }) => beside.puts ?? []);
    const joined = batch.flatMap(({ beside }) => beside.joined ?? []);
    const outcome = await this.#desk.storage.commit({ puts: [...puts, ...beside] }, ...joined);
    if (outcome.kind === "conflict") throw new RunLogConflictError(this.#runId);
    this.#lastSeq = seq;
    for (const [index, { stored }] of batch.entries()) {
      const entries = groups[index] ?? [];
      for (const entry of entries) this.#show(entry);
      stored.resolve(entries);
    }
  }

  #show(entry: WorkflowEntry): void {
    let text: string | undefined;
    const json = (): string => {
      text ??= JSON.stringify(entry);
      return text;
    };
    for (const listener of [...this.#listeners]) listener.onEntry(entry, json);
  }

  #fail(failure: unknown, batch: readonly Waiting[]): void {
    const error = failure instanceof Error ? failure : new Error(String(failure));
    this.#failure = error;
    const all = [...batch, ...this.#waiting];
    this.#waiting = [];
    for (const { stored } of all) stored.reject(error);
  }
}

/** The run was ended by somebody else meanwhile, or deleted. Nothing was appended. */
export class RunLogConflictError extends Error {
  readonly code = "run-log-conflict";

  constructor(runId: string) {
    super(`The run ${runId} has changed meanwhile: somebody else has ended it.`);
    this.name = "RunLogConflictError";
  }
}
