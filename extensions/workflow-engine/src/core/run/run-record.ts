// What one execution writes: the log, the journal, and what the run is doing.
//
// Invariants
//   R1  An answer has its place in the order of all answers, and its time in the script's, before it is given, and is durable
//       by then.
//   R2  Where the store refuses once, nothing more is written: the run is let go of, and another execution goes on.
import type { PreparedChanges, Runs, WorkflowEvent } from "@lathe/kernel";
import type { CallEnd } from "../calls/call-end.ts";
import type { RunLog } from "../log/run-log.ts";
import { type JournalCall, putCall } from "./journal.ts";

export interface RunRecordDesk {
  readonly runId: string;
  readonly log: RunLog;
  readonly runs: Pick<Runs, "note">;
  /** Told once, where the store has refused. */
  readonly onRefused: (failure: unknown) => void;
  /** As in `GuestRun`. */
  readonly stamp: () => number;
}

export class RunRecord {
  readonly #desk: RunRecordDesk;
  readonly #calls: Map<string, JournalCall>;
  /** What is noted of the run's status, one after the other: each is checked against the one before. */
  #noted: Promise<void> = Promise.resolve();
  #nextOrder: number;
  #hitCount = 0;
  #isLeft = false;

  constructor(desk: RunRecordDesk, calls: ReadonlyMap<string, JournalCall>) {
    this.#desk = desk;
    this.#calls = new Map(calls);
    this.#nextOrder = Math.max(-1, ...this.finished().map(({ order }) => order ?? -1)) + 1;
  }

  /** Nothing more is written from now on. */
  get isLeft(): boolean {
    return this.#isLeft;
  }

  get hitCount(): number {
    return this.#hitCount;
  }

  find(wordsKey: string): JournalCall | undefined {
    return this.#calls.get(wordsKey);
  }

  calls(): readonly JournalCall[] {
    return [...this.#calls.values()];
  }

  finished(): readonly JournalCall[] {
    return this.calls().filter(({ state }) => state === "finished");
  }

  leave(): void {
    this.#isLeft = true;
  }

  /** Settles when everything that was noted of the status is durable. */
  settled(): Promise<void> {
    return this.#noted;
  }

  say(event: WorkflowEvent): void {
    if (event.type === "cache-hit") this.#hitCount += 1;
    if (!this.#isLeft) this.#desk.log.append([event]).catch((failure: unknown) => this.refuse(failure));
  }

  /** Makes the events, what is known of a call, and what others have prepared durable, all or nothing. */
  async note(
    call: JournalCall,
    events: readonly WorkflowEvent[],
    joined: readonly PreparedChanges[] = [],
  ): Promise<void> {
    if (this.#isLeft) return;
    this.#calls.set(call.wordsKey, call);
    await this.#desk.log.append(events, { puts: [putCall(this.#desk.runId, call)], joined });
  }

  /** Makes an answer durable; it may be given then, with the stamp that comes back. Undefined = it must not be. */
  async conclude(end: CallEnd, events: readonly WorkflowEvent[]): Promise<number | undefined> {
    if (end.kind === "left" || this.#isLeft) return undefined;
    const answeredAtMs = this.#desk.stamp();
    const call: JournalCall = { ...end.call, order: this.#nextOrder, answeredAtMs };
    this.#nextOrder += 1;
    this.#calls.set(call.wordsKey, call);
    if (end.events.some(({ type }) => type === "cache-hit")) this.#hitCount += 1;
    const puts = [putCall(this.#desk.runId, call), ...end.puts];
    await this.#desk.log.append([...end.events, ...events], { puts });
    return this.#isLeft ? undefined : answeredAtMs;
  }

  noteStatus(status: "running" | "waiting"): Promise<void> {
    this.#noted = this.#noted.then(() => this.#noteStatus(status));
    return this.#noted;
  }

  refuse(failure: unknown): void {
    if (this.#isLeft) return;
    this.#isLeft = true;
    this.#desk.onRefused(failure);
  }

  async #noteStatus(status: "running" | "waiting"): Promise<void> {
    try {
      const noted = await this.#desk.runs.note(this.#desk.runId, status);
      if (noted !== undefined && !this.#isLeft) await this.#desk.log.append([], { joined: [noted] });
    } catch (failure) {
      this.refuse(failure);
    }
  }
}
