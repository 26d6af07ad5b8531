// Events between a socket, which cannot be told to wait, and a consumer who takes his time.
//
// Invariants
//   Q1  At most `eventCountMax` events and `lengthMax` characters wait, and one event more where it is larger than that.
//   Q2  What was taken in is given out before the queue ends, unless the consumer has given up.
import type { StreamEvent } from "@lathe/kernel";
import type { Ending } from "../link.ts";

export interface QueueLimits {
  readonly eventCountMax: number;
  readonly lengthMax: number;
}

interface Waiting {
  readonly event: StreamEvent;
  readonly length: number;
}

type QueueEnd =
  | { readonly kind: "ended"; readonly ending: Ending }
  | { readonly kind: "failed"; readonly failure: unknown }
  | { readonly kind: "abandoned"; readonly reason: unknown };

export class EventQueue {
  readonly #limits: QueueLimits;
  #waiting: Waiting[] = [];
  #count = 0;
  #length = 0;
  #end: QueueEnd | undefined;
  #wake: () => void = () => {};

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  /** @param length characters that the event came in. False = it was not taken: too much waits already */
  push(event: StreamEvent, length: number): boolean {
    if (this.#end !== undefined) return true;
    const { eventCountMax, lengthMax } = this.#limits;
    if (this.#count > 0 && (this.#count >= eventCountMax || this.#length + length > lengthMax)) return false;
    this.#waiting.push({ event, length });
    this.#count += 1;
    this.#length += length;
    this.#wake();
    return true;
  }

  /** Nothing more comes. The first end counts. */
  end(ending: Ending): void {
    this.#settle({ kind: "ended", ending });
  }

  /** As `end`; the consumer is thrown this after what waits. */
  fail(failure: unknown): void {
    this.#settle({ kind: "failed", failure });
  }

  /** Drops what waits: nobody wants it any more. */
  abandon(reason: unknown): void {
    this.#waiting = [];
    this.#end = { kind: "abandoned", reason };
    this.#wake();
  }

  /** One event after the other; for one consumer. */
  async *events(): AsyncGenerator<StreamEvent, Ending> {
    for (;;) {
      const batch = this.#waiting;
      this.#waiting = [];
      for (const { event, length } of batch) {
        if (this.#end?.kind === "abandoned") break;
        this.#count -= 1;
        this.#length -= length;
        yield event;
      }
      if (this.#waiting.length > 0) continue;
      if (this.#end?.kind === "abandoned") throw this.#end.reason;
      if (this.#end?.kind === "failed") throw this.#end.failure;
      if (this.#end?.kind === "ended") return this.#end.ending;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #settle(end: QueueEnd): void {
    this.#end ??= end;
    this.#wake();
  }
}
