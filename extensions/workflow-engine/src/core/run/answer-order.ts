// In which order a script gets its answers, and at which of its times.
//
// A script that goes on after a crash is run again from its beginning. It does the same as before only where it gets the
// same answers in the same order and at the same times, also where it lets agents race, or a timer of its own. So those
// that were recorded are given one at a time, in the order of the record, each when the script has nothing else to do; what
// is new waits until then.
import type { GuestAnswer, GuestRun } from "@lathe/workflow-sandbox";
import type { JournalCall } from "./journal.ts";

/** The script, as far as answers and time go. */
export type AnsweredScript = Pick<GuestRun, "answer" | "replay" | "replayUntil" | "goLive">;

interface Recorded {
  readonly order: number;
  readonly atMs: number;
}

interface Asked extends Recorded {
  readonly index: number;
  readonly answer: GuestAnswer;
}

export class AnswerOrder {
  readonly #script: AnsweredScript;
  /** What is left of the record, in its order. */
  #left: readonly Recorded[];
  #asked: readonly Asked[] = [];
  #live: { readonly index: number; readonly answer: GuestAnswer; readonly atMs: number }[] = [];

  constructor(record: readonly Recorded[], script: AnsweredScript) {
    this.#left = record.toSorted((one, other) => one.order - other.order);
    this.#script = script;
  }

  get isReplaying(): boolean {
    return this.#left.length > 0;
  }

  /** The script begins to run. */
  begin(): void {
    if (!this.isReplaying) this.#goLive();
  }

  /** A call was made whose answer is in the record. */
  recorded(call: Asked): void {
    if (this.isReplaying) this.#asked = [...this.#asked, call];
    else this.#script.answer(call.index, call.answer);
  }

  /** A call has its answer now; `atMs` is the stamp that was taken for it. */
  live(index: number, answer: GuestAnswer, atMs: number): void {
    if (this.isReplaying) this.#live.push({ index, answer, atMs });
    else this.#script.answer(index, answer, atMs);
  }

  /** The script has nothing to do until it gets an answer, or, where one waits, until its next timer is due. */
  scriptWaits(dueMs?: number): void {
    const [next] = this.#left;
    if (next === undefined) return;
    const isAsked = this.#asked.some(({ order }) => order === next.order);
    if (!isAsked && dueMs !== undefined && dueMs <= next.atMs) this.#script.replayUntil(next.atMs);
    else this.#giveNext();
  }

  #giveNext(): void {
    const first = this.#asked.toSorted((one, other) => one.order - other.order)[0];
    // What is left of the record is not asked for: the script has taken another way, and its answers are new.
    if (first === undefined) this.#left = [];
    else {
      this.#asked = this.#asked.filter((call) => call !== first);
      this.#left = this.#left.filter(({ order }) => order !== first.order);
      this.#script.replay(first.index, first.answer, first.atMs);
    }
    if (!this.isReplaying) this.#goLive();
  }

  #goLive(): void {
    this.#script.goLive();
    const held = this.#live;
    this.#live = [];
    for (const { index, answer, atMs } of held) this.#script.answer(index, answer, atMs);
  }
}

/** What a journal says of the answers that were given. Rows of before scripts had a time say nothing of that. */
export function recordIn(calls: readonly JournalCall[]): readonly Recorded[] {
  return calls.flatMap(({ state, order, answeredAtMs }) =>
    state === "finished" ? { order: order ?? 0, atMs: answeredAtMs ?? 0 } : [],
  );
}

/** How far a script is known to have come: it has asked, or got, whatever the journal holds. */
export function reachedIn(calls: readonly JournalCall[]): number {
  return Math.max(0, ...calls.flatMap(({ askedAtMs, answeredAtMs }) => [askedAtMs ?? 0, answeredAtMs ?? 0]));
}
