// One open WebSocket behind its welcome: questions that wait for answers, and streams that go to queues.
//
// Invariants
//   O1  When the socket ends, everything that waits on it is told, once.
//   O2  A stream's events go to its queue from the frame on that names the stream, with no gap in between.
//   O3  Two subscriptions of a session never ask for the same thing: frames name the stream alone.
import type { JsonObject, StreamEvent } from "@lathe/kernel";
import type { ClientFrame, Problem, RequestFrame, ServerFrame, Welcome } from "@lathe/wire";
import { ConnectionError, LatheProblem } from "../errors.ts";
import { isKnown, type Question } from "../link.ts";
import type { ClientPowers } from "../powers.ts";
import type { EventQueue } from "./event-queue.ts";
import { Heartbeat } from "./heartbeat.ts";
import { PacedFrames } from "./paced-frames.ts";

/** What a frame holds beside its question, and a little more. */
const frameHeadBytes = 128;

type Answer = Extract<ServerFrame, { readonly type: "response" | "subscribed" }>;

interface Waiting {
  answered(answer: Answer): void;
  failed(failure: LatheProblem | ConnectionError): void;
}

/** The socket as the session needs it; whoever opened it hands in what it receives. */
export interface SocketEnd {
  send(text: string): void;
  /** Ends the connection, because of this. */
  end(failure: ConnectionError): void;
}

export interface SessionParts {
  readonly socket: SocketEnd;
  readonly welcome: Welcome;
  readonly timers: ClientPowers["timers"];
  /** Called each time that nothing waits and nothing is followed any more. */
  readonly onUnused: () => void;
}

export class SocketSession {
  readonly #parts: SessionParts;
  readonly #frames: PacedFrames;
  readonly #waiting = new Map<string, Waiting>();
  readonly #streams = new Map<string, EventQueue>();
  /** What is subscribed, or about to be. */
  readonly #keys = new Set<string>();
  /** What turned out to be the same stream as another. */
  readonly #elsewhere = new Set<string>();
  #idCount = 0;
  #closed: ConnectionError | undefined;
  #hasAnswered = false;
  readonly #heartbeat: Heartbeat;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    const { socket, timers, welcome } = parts;
    this.#frames = new PacedFrames((text) => socket.send(text), timers, welcome.limits.framesPerSecondMax);
    this.#heartbeat = new Heartbeat({
      timers,
      intervalMs: welcome.heartbeatMs,
      ask: () => this.#send({ type: "ping", id: this.#nextId() }),
      onSilent: () =>
        socket.end(new ConnectionError("dropped", "The daemon has not been heard of for too long.")),
    });
  }

  get isUnused(): boolean {
    return this.#waiting.size === 0 && this.#keys.size === 0;
  }

  /** Why it is closed; undefined while it is open. */
  get closedBy(): ConnectionError | undefined {
    return this.#closed;
  }

  /** Whether the daemon has answered anything on it. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  /** Whether one more subscription fits. */
  takes(key: string): boolean {
    const isTaken = this.#keys.has(key) || this.#elsewhere.has(key);
    return !isTaken && this.#keys.size < this.#parts.welcome.limits.subscriptionCountMax;
  }

  /** Whether a frame with this question is one that the daemon accepts. */
  fits(question: Question): boolean {
    const { frameBytesMax } = this.#parts.welcome.limits;
    const text = JSON.stringify(asked(question));
    const bytesLeft = frameBytesMax - frameHeadBytes;
    // Nothing has more than three bytes for each of its UTF-16 units.
    return text.length * 3 <= bytesLeft || new TextEncoder().encode(text).length <= bytesLeft;
  }

  request(question: Question, signal: AbortSignal): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#closed !== undefined) return reject(this.#closed);
      const id = this.#nextId();
      const leave = (): void => {
        signal.removeEventListener("abort", abort);
        this.#forget(id);
      };
      const abort = (): void => {
        leave();
        reject(signal.reason);
      };
      this.#waiting.set(id, {
        answered: ({ output }) => {
          leave();
          resolve(output);
        },
        failed: (failure) => {
          leave();
          reject(failure);
        },
      });
      signal.addEventListener("abort", abort);
      this.#send({ type: "request", id, ...asked(question) });
    });
  }

  /** Fills the queue until it ends, or whoever asked leaves. Returns how to leave. */
  subscribe(key: string, question: Question, queue: EventQueue): () => void {
    if (this.#closed !== undefined) {
      queue.fail(this.#closed);
      return () => undefined;
    }
    const id = this.#nextId();
    const { lastEventId } = question;
    let stream: string | null = null;
    let isLeft = false;
    this.#keys.add(key);
    const release = (): void => {
      this.#keys.delete(key);
      this.#forget(id);
    };
    const leave = (): void => {
      if (isLeft) return;
      isLeft = true;
      // One that is not answered yet is left when it is: until then its name is not known.
      if (this.#waiting.has(id)) return;
      if (stream !== null && this.#streams.get(stream) === queue) {
        this.#streams.delete(stream);
        this.#send({ type: "unsubscribe", stream });
      }
      release();
    };
    this.#waiting.set(id, {
      answered: (answer) => {
        this.#waiting.delete(id);
        stream = answer.type === "subscribed" ? answer.stream : null;
        if (stream === null) queue.end("over");
        else this.#take(stream, queue, key);
        if (!isLeft) return;
        isLeft = false;
        leave();
      },
      failed: (failure) => {
        release();
        queue.fail(failure);
      },
    });
    this.#send({
      type: "subscribe",
      id,
      ...asked(question),
      ...(lastEventId === undefined ? {} : { lastEventId }),
    });
    return leave;
  }

  receive(frame: ServerFrame, length: number): void {
    this.#heartbeat.heard();
    switch (frame.type) {
      case "response":
      case "subscribed":
        this.#hasAnswered = true;
        this.#waiting.get(frame.id)?.answered(frame);
        break;
      case "problem":
        this.#refuse(frame.id, frame.problem);
        break;
      case "event":
        this.#deliver(frame.stream, frame.event, length);
        break;
      case "end":
        this.#endStream(frame.stream, frame.problem);
        break;
      default:
      // A pong, or a frame of a newer daemon. Either way the connection lives.
    }
  }

  /** The socket is gone. */
  close(failure: ConnectionError): void {
    this.#closed = failure;
    this.#heartbeat.close();
    this.#frames.close();
    for (const waiting of [...this.#waiting.values()]) waiting.failed(failure);
    for (const queue of this.#streams.values()) queue.end("cut");
    this.#streams.clear();
    this.#keys.clear();
  }

  /** Where another subscription has the stream, both begin again, and not on the same connection. */
  #take(stream: string, queue: EventQueue, key: string): void {
    const holder = this.#streams.get(stream);
    if (holder === undefined) {
      this.#streams.set(stream, queue);
      return;
    }
    this.#elsewhere.add(key);
    this.#streams.delete(stream);
    this.#send({ type: "unsubscribe", stream });
    holder.end("cut");
    queue.end("cut");
  }

  #deliver(stream: string, event: StreamEvent, length: number): void {
    const queue = this.#streams.get(stream);
    if (queue === undefined || !isKnown(event)) return;
    if (queue.push(event, length)) return;
    // The consumer lags: he gets the rest from the log, when he has taken what waits for him.
    this.#streams.delete(stream);
    this.#send({ type: "unsubscribe", stream });
    queue.end("cut");
  }

  /** A frame that was not even understood has no name: what waits for its answer would wait for ever. */
  #refuse(id: string | null, problem: Problem): void {
    if (id !== null) this.#waiting.get(id)?.failed(new LatheProblem(problem));
    else this.#parts.socket.end(new ConnectionError("dropped", problem.detail, { mayHaveHappened: true }));
  }

  #endStream(stream: string, problem: Problem | undefined): void {
    const queue = this.#streams.get(stream);
    this.#streams.delete(stream);
    if (problem === undefined) queue?.end("over");
    else queue?.fail(new LatheProblem(problem));
  }

  #send(frame: ClientFrame): void {
    this.#frames.push(JSON.stringify(frame));
  }

  #forget(id: string): void {
    this.#waiting.delete(id);
    if (this.isUnused) this.#parts.onUnused();
  }

  #nextId(): string {
    this.#idCount += 1;
    return String(this.#idCount);
  }
}

function asked({
  operation,
  input,
  idempotencyKey,
}: Question): Pick<RequestFrame, "operation" | "input" | "idempotencyKey"> {
  return {
    operation: operation.name,
    input: input as JsonObject,
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  };
}
