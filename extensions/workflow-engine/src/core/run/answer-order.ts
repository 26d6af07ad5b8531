// In which order a script gets its answers.
//
// A script that goes on after a crash is run again from its beginning. It does the same as before only where it gets the
// same answers in the same order, also where it lets agents race. So those that were recorded are given one at a time, in
// the order of the record, each when the script has nothing else to do; what is new waits until then.
import type { GuestAnswer } from "@lathe/workflow-sandbox";

interface Recorded {
  readonly order: number;
  readonly index: number;
  readonly answer: GuestAnswer;
}

export class AnswerOrder {
  readonly #deliver: (index: number, answer: GuestAnswer) => void;
  readonly #asked: Recorded[] = [];
  #live: { readonly index: number; readonly answer: GuestAnswer }[] = [];
  #recordedLeft: number;
  /** What comes next in the record. */
  #nextOrder = 0;

  /** `recordedCount`: how many answers the record holds. */
  constructor(recordedCount: number, deliver: (index: number, answer: GuestAnswer) => void) {
    this.#recordedLeft = recordedCount;
    this.#deliver = deliver;
  }

  get isReplaying(): boolean {
    return this.#recordedLeft > 0;
  }

  /** A call was made whose answer is in the record. */
  recorded(call: Recorded): void {
    this.#asked.push(call);
  }

  /** A call has its answer now. */
  live(index: number, answer: GuestAnswer): void {
    if (this.isReplaying) this.#live.push({ index, answer });
    else this.#deliver(index, answer);
  }

  /** The script has nothing to do until it gets an answer. */
  scriptWaits(): void {
    if (!this.isReplaying) return;
    const next = this.#takeFirst();
    // What is left of the record is not asked for: the script has taken another way, and its answers are new.
    if (next === undefined) this.#recordedLeft = 0;
    else this.#deliverRecorded(next);
    if (!this.isReplaying) this.#deliverLive();
  }

  /**
   * As `scriptWaits`, but a timer of the script may come first. What it waits for is given to it only where that is next in
   * the record: else the timer came first then as well.
   */
  scriptRests(): void {
    if (this.#asked.some(({ order }) => order === this.#nextOrder)) this.scriptWaits();
  }

  #deliverRecorded({ order, index, answer }: Recorded): void {
    this.#recordedLeft -= 1;
    this.#nextOrder = order + 1;
    this.#deliver(index, answer);
  }

  #takeFirst(): Recorded | undefined {
    const first = this.#asked.reduce<Recorded | undefined>(
      (least, call) => (least === undefined || call.order < least.order ? call : least),
      undefined,
    );
    if (first !== undefined) this.#asked.splice(this.#asked.indexOf(first), 1);
    return first;
  }

  #deliverLive(): void {
    const held = this.#live;
    this.#live = [];
    for (const { index, answer } of held) this.#deliver(index, answer);
  }
}
