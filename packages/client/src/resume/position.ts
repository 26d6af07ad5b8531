// How far the consumer has come in a stream, and which event may follow.
//
// Invariants
//   P1  An entry is passed on once. One that was passed on before is left out.
//   P2  An entry is passed on when it is the next one. Where one is missing, the stream is asked for again from the
//       last position, once: if the same entry follows again, then there is none in between, as in a run's part of a
//       conversation's log.
//   P3  Behind a `reset` everything comes anew.
import type { StreamEvent } from "@lathe/kernel";

export type Verdict = "new" | "known" | "gap";

export class Position {
  #seq: number | undefined;
  #gapSeq: number | undefined;

  /** @param after position of the last entry that the consumer has; undefined = none, and the first may be any */
  constructor(after: number | undefined) {
    this.#seq = after;
  }

  /** What is sent to go on from here; undefined = from the beginning. */
  get lastEventId(): string | undefined {
    return this.#seq === undefined || this.#seq === 0 ? undefined : String(this.#seq);
  }

  /** Moves on where the event is `new`. */
  admit(event: StreamEvent): Verdict {
    if (!("seq" in event)) {
      if (event.type === "reset") this.#seq = 0;
      return "new";
    }
    if (this.#seq !== undefined && event.seq <= this.#seq) return "known";
    const isNext = this.#seq === undefined || event.seq === this.#seq + 1 || event.seq === this.#gapSeq;
    this.#gapSeq = isNext ? undefined : event.seq;
    if (!isNext) return "gap";
    this.#seq = event.seq;
    return "new";
  }
}
