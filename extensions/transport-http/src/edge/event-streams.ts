// The server-sent event streams that are open. A producer hands over an event and goes on: nothing here waits.
//
// Invariants
//   E1  At most `unsentBytesMax` bytes and one event wait for a client. One that does not read is let go, and
//       resumes by seq. A replay that asks waits for its client instead, and gives way to everybody else now and then.
//   E2  A stream is stopped exactly once, whoever ends it: the producer, the client, the bound or the daemon.

import type { ServerResponse } from "node:http";
import { problem } from "@lathe/extension-kit";
import type { StreamEvent, TimersPower } from "@lathe/kernel";
import type { EventSink, EventStream, Problem } from "@lathe/wire";
import { endFrame, eventFrame, pingFrame } from "../core/event-frame.ts";
import { safeHeaders } from "./send.ts";

export interface StreamLimits {
  readonly unsentBytesMax: number;
  readonly pingIntervalMs: number;
  /** How long a client of an ended stream has to read the rest. */
  readonly closeGraceMs: number;
}

export class EventStreams {
  readonly #open = new Set<OpenStream>();
  readonly #limits: StreamLimits;
  readonly #timers: TimersPower;
  #releasePing: () => void = () => {};

  constructor(limits: StreamLimits, timers: TimersPower) {
    this.#limits = limits;
    this.#timers = timers;
    this.#schedulePing();
  }

  /** Ends with `ended`, if not before. Throws what `start` throws, and then nothing was sent. */
  start(outgoing: ServerResponse, start: EventStream, ended: AbortSignal): void {
    const stream = new OpenStream(outgoing, this.#limits, this.#timers);
    stream.open(start);
    this.#open.add(stream);
    const end = (): void => stream.end(sessionEnded);
    if (ended.aborted) end();
    else ended.addEventListener("abort", end, { once: true });
    outgoing.once("close", () => {
      ended.removeEventListener("abort", end);
      this.#open.delete(stream);
    });
  }

  /** Ends them all; their clients resume by seq when the daemon is back. */
  close(): void {
    this.#releasePing();
    for (const stream of this.#open) stream.breakOff();
  }

  #schedulePing(): void {
    this.#releasePing = this.#timers.after(this.#limits.pingIntervalMs, () => {
      for (const stream of this.#open) stream.write(pingFrame);
      this.#schedulePing();
    });
  }
}

const sessionEnded = problem(
  401,
  "unauthorized",
  "The token with which this stream was opened is no longer good.",
);

/** A replay leaves most of what may wait to what happens live, and does not take long in one go. */
const replayShare = 4;
const replayBytesMax = 65_536;

class OpenStream implements EventSink {
  readonly #outgoing: ServerResponse;
  readonly #limits: StreamLimits;
  readonly #timers: TimersPower;
  #stop: (() => void) | undefined;
  #ended = false;
  /** Settles when the client has read what waits for it, or there is nobody to read it. */
  #drained: PromiseWithResolvers<void> | undefined;

  constructor(outgoing: ServerResponse, limits: StreamLimits, timers: TimersPower) {
    this.#outgoing = outgoing;
    this.#limits = limits;
    this.#timers = timers;
  }

  open(start: EventStream): void {
    const stop = start(this);
    this.#begin();
    this.#outgoing.once("close", () => this.#release());
    // What the operating system takes is drained within this turn of the event loop, which others wait for.
    this.#outgoing.on("drain", () => setImmediate(() => this.#resume()));
    this.#stop = stop;
    if (this.#ended || this.#outgoing.destroyed) this.#release();
  }

  ready(): Promise<void> | undefined {
    if (this.#ended || this.#outgoing.destroyed) return undefined;
    if (this.#outgoing.writableLength <= Math.min(replayBytesMax, this.#limits.unsentBytesMax / replayShare))
      return undefined;
    this.#drained ??= Promise.withResolvers<void>();
    return this.#drained.promise;
  }

  event(event: StreamEvent, json: () => string): void {
    if (this.#ended || this.#outgoing.destroyed) return;
    this.write(eventFrame(event.type, json(), "seq" in event ? event.seq : undefined));
  }

  end(problem?: Problem): void {
    if (this.#ended) return;
    this.write(problem === undefined ? endFrame : eventFrame("problem", JSON.stringify(problem)));
    this.#finish();
  }

  /** Ends it without a word: there is more, and the client comes back for it. */
  breakOff(): void {
    if (!this.#ended) this.#finish();
  }

  write(frame: string): void {
    if (this.#ended || this.#outgoing.destroyed) return;
    this.#begin();
    if (this.#isFull()) this.#finish();
    else this.#outgoing.write(frame);
  }

  // Node keeps what is written in one go until the next tick. A burst is no sign of a slow client: it is handed to the
  // operating system first, and what is left then counts.
  #isFull(): boolean {
    const { unsentBytesMax } = this.#limits;
    if (this.#outgoing.writableLength > unsentBytesMax) this.#outgoing.socket?.uncork();
    return this.#outgoing.writableLength > unsentBytesMax;
  }

  #begin(): void {
    if (this.#outgoing.headersSent || this.#outgoing.destroyed) return;
    this.#outgoing.writeHead(200, {
      ...safeHeaders,
      "content-type": "text/event-stream",
      connection: "close",
    });
    this.#outgoing.flushHeaders();
  }

  #finish(): void {
    this.#ended = true;
    this.#release();
    this.#outgoing.end();
    const release = this.#timers.after(this.#limits.closeGraceMs, () => this.#outgoing.destroy());
    this.#outgoing.once("close", release);
  }

  #resume(): void {
    this.#drained?.resolve();
    this.#drained = undefined;
  }

  #release(): void {
    this.#ended = true;
    this.#resume();
    const stop = this.#stop;
    this.#stop = undefined;
    stop?.();
  }
}
