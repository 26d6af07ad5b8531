// What goes out on one socket. Whoever hands over a frame goes on at once: nothing here waits, and nothing here makes a
// promise per frame.
//
// Invariants
//   O1  Frames leave in the order in which they were handed over, those of one turn of the event loop in one write.
//   O2  At most `markBytes` and one frame lie in the socket; what comes then waits in the backlog.
//   O3  A replay that asks hands over about `markBytes` in one turn of the event loop. The operating system takes mebibytes
//       at once, and whoever else is there would wait for all of them.
//   O4  When more than `unsentBytesMax` waits in all, `onTooSlow` is called, once, and nothing is taken any more.
import type { Duplex } from "node:stream";
import type { StreamEvent } from "@lathe/kernel";
import type { WebSocket } from "ws";
import { Backlog } from "../core/backlog.ts";
import type { EventFrames } from "../core/event-frames.ts";
import type { Tick } from "./tick.ts";

export interface OutboxDesk {
  readonly frames: EventFrames;
  readonly tick: Tick;
  readonly unsentBytesMax: number;
}

/** The connection itself, to which whole frames are written, and what ws makes of it. */
interface SocketEnds {
  readonly socket: Duplex;
  readonly ws: WebSocket;
}

/** From here on a socket is taken for slower than what is sent to it. Not less than what Node keeps before it says so. */
const markBytes = 65_536;

export class Outbox {
  readonly #socket: Duplex;
  readonly #ws: WebSocket;
  readonly #desk: OutboxDesk;
  readonly #onTooSlow: () => void;
  readonly #backlog = new Backlog();
  readonly #markBytes: number;
  readonly #endTick = (): void => this.#finishTick();
  readonly #drain = (): void => this.#sendHeld();
  #corked = false;
  /** Written in this turn of the event loop. */
  #tickBytes = 0;
  #closed = false;
  #waiting: PromiseWithResolvers<void> | undefined;

  constructor({ socket, ws }: SocketEnds, desk: OutboxDesk, onTooSlow: () => void) {
    this.#socket = socket;
    this.#ws = ws;
    this.#desk = desk;
    this.#onTooSlow = onTooSlow;
    this.#markBytes = Math.max(markBytes, socket.writableHighWaterMark);
    socket.on("drain", this.#drain);
  }

  /** Takes a frame that no other socket gets. */
  send(frame: Buffer): void {
    if (!this.#isOpen()) return;
    if (this.#isFree()) {
      this.#write(frame);
      return;
    }
    this.#backlog.add(frame);
    this.#checkBound();
  }

  event(stream: string, event: StreamEvent, json: () => string): void {
    if (!this.#isOpen()) return;
    if (this.#isFree()) {
      this.#write(this.#desk.frames.of(stream, event, json));
      return;
    }
    this.#backlog.addEvent(stream, event, () => this.#desk.frames.of(stream, event, json));
    this.#checkBound();
  }

  /** Undefined = more can be taken now; else it settles when that is so, or when there is nobody to take it. */
  ready(): Promise<void> | undefined {
    if (!this.#isOpen() || this.#canTakeMore()) return undefined;
    this.#waiting ??= Promise.withResolvers<void>();
    return this.#waiting.promise;
  }

  /** Hands what was written to the operating system now. */
  flush(): void {
    if (!this.#corked) return;
    this.#corked = false;
    this.#socket.uncork();
  }

  /** What was written goes out still; what waits is dropped. */
  close(): void {
    this.#closed = true;
    this.#socket.off("drain", this.#drain);
    this.#backlog.clear();
    this.flush();
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }

  /** Nothing may follow the frame that closes the socket, whoever sent his first. */
  #isOpen(): boolean {
    return !this.#closed && this.#ws.readyState === this.#ws.OPEN;
  }

  #isFree(): boolean {
    return this.#backlog.isEmpty && this.#socket.writableLength <= this.#markBytes;
  }

  #canTakeMore(): boolean {
    return this.#isFree() && this.#tickBytes < this.#markBytes;
  }

  #write(frame: Buffer): void {
    if (this.#tickBytes === 0) this.#desk.tick.atEnd(this.#endTick);
    this.#tickBytes += frame.length;
    if (!this.#corked) {
      this.#corked = true;
      this.#socket.cork();
    }
    this.#socket.write(frame);
    // Node keeps what is written in one go. A burst is no sign of a slow client: the operating system gets it first, and
    // what is left then counts.
    if (this.#socket.writableLength > this.#markBytes) this.flush();
  }

  #sendHeld(): void {
    while (!this.#backlog.isEmpty && this.#socket.writableLength <= this.#markBytes) {
      const frame = this.#backlog.take();
      if (frame !== undefined) this.#write(frame);
    }
    this.#tellReady();
  }

  #finishTick(): void {
    this.#tickBytes = 0;
    this.flush();
    this.#tellReady();
  }

  #tellReady(): void {
    if (!this.#canTakeMore()) return;
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }

  #checkBound(): void {
    const waitingBytes = this.#backlog.size + this.#markBytes;
    if (waitingBytes > this.#desk.unsentBytesMax) this.#onTooSlow();
  }
}
