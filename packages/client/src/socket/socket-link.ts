// Asks and follows over WebSockets: one for everything, and a further one only where one cannot tell two streams apart or
// has no more room.
import type { StreamEvent } from "@lathe/kernel";
import type { ConnectionError } from "../errors.ts";
import type { Ending, Link, Question } from "../link.ts";
import { EventQueue, type QueueLimits } from "./event-queue.ts";
import { type LineParts, SocketLine } from "./socket-line.ts";

export interface SocketLinkParts extends LineParts {
  readonly queue: QueueLimits;
  /** Takes what is too large for a frame. */
  readonly http: Link;
}

export class SocketLink implements Link {
  readonly #parts: SocketLinkParts;
  readonly #lines: [SocketLine, ...SocketLine[]];

  constructor(parts: SocketLinkParts) {
    this.#parts = parts;
    this.#lines = [new SocketLine(parts)];
  }

  async call(question: Question, signal: AbortSignal): Promise<unknown> {
    const session = await this.#lines[0].openedNow(signal);
    if (!session.fits(question)) return this.#parts.http.call(question, signal);
    return session.request(question, signal);
  }

  async *events(question: Question, signal: AbortSignal): AsyncGenerator<StreamEvent, Ending> {
    const key = keyOf(question);
    const queue = new EventQueue(this.#parts.queue);
    const leave = await this.#subscribe(key, question, queue, signal);
    const abort = (): void => {
      queue.abandon(signal.reason);
      leave();
    };
    signal.addEventListener("abort", abort);
    try {
      return yield* queue.events();
    } finally {
      signal.removeEventListener("abort", abort);
      leave();
    }
  }

  hurry(): void {
    for (const line of this.#lines) line.hurry();
  }

  close(failure: ConnectionError): void {
    for (const line of this.#lines) line.close(failure);
  }

  async #subscribe(
    key: string,
    question: Question,
    queue: EventQueue,
    signal: AbortSignal,
  ): Promise<() => void> {
    for (let at = 0; ; at += 1) {
      const line = this.#lines[at] ?? this.#addLine();
      const session = await line.opened(signal);
      // Nothing is awaited in between: the place that was free still is.
      if (session.takes(key)) return session.subscribe(key, question, queue);
    }
  }

  #addLine(): SocketLine {
    const line = new SocketLine(this.#parts);
    this.#lines.push(line);
    return line;
  }
}

/** What is asked for, whatever the position. */
function keyOf({ operation, input }: Question): string {
  const { sinceSeq: _position, ...what } = input;
  return JSON.stringify([
    operation.name,
    Object.entries(what).toSorted(([one], [other]) => (one < other ? -1 : 1)),
  ]);
}
