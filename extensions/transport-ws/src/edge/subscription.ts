import type { StreamEvent } from "@lathe/kernel";
import type { EventSink, EventStream, Problem } from "@lathe/wire";
import { endFrame } from "../core/server-frames.ts";
import type { Outbox } from "./outbox.ts";

/** One stream on its way to one socket. It is stopped exactly once, whoever ends it. */
export class Subscription implements EventSink {
  readonly #stream: string;
  readonly #outbox: Outbox;
  readonly #onOver: () => void;
  #stop: (() => void) | undefined;
  #over = false;

  /** @param onOver called when it has ended, whoever ended it */
  constructor(stream: string, outbox: Outbox, onOver: () => void) {
    this.#stream = stream;
    this.#outbox = outbox;
    this.#onOver = onOver;
  }

  get isOver(): boolean {
    return this.#over;
  }

  /** Throws what `start` throws. */
  start(start: EventStream): void {
    const stop = start(this);
    if (this.#over) stop();
    else this.#stop = stop;
  }

  ready(): Promise<void> | undefined {
    return this.#over ? undefined : this.#outbox.ready();
  }

  event(event: StreamEvent, json: () => string): void {
    if (!this.#over) this.#outbox.event(this.#stream, event, json);
  }

  end(problem?: Problem): void {
    if (this.#over) return;
    this.#outbox.send(endFrame(this.#stream, problem));
    this.stop();
  }

  /** Tells nothing any more, and nobody of it. */
  stop(): void {
    if (this.#over) return;
    this.#over = true;
    this.#onOver();
    const stop = this.#stop;
    this.#stop = undefined;
    stop?.();
  }
}
