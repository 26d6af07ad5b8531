// One request and its answer, between undici's callbacks and the reader's pace.
//
// Invariants
//   N1  The head settles once. After it, exactly one of end, failure and close ends the body.
//   N2  No more than `heldBytesMax` and one read of the socket is held for a reader that does not read.
//   N3  Abort rejects whatever is waited for at once, and closes the connection.
//   N4  A body that was read to its end leaves its connection open; one that was left early closes it.
import { type HttpResponse, NetworkError } from "@lathe/kernel";
import type { Dispatcher } from "undici";
import { networkFailure, networkFailureOf } from "./network-failure.ts";

const heldBytesMax = 131_072;
const finished: IteratorReturnResult<undefined> = { done: true, value: undefined };

export class HttpExchange implements Dispatcher.DispatchHandler, AsyncIterableIterator<Uint8Array> {
  readonly head: Promise<HttpResponse>;
  readonly #resolveHead: (response: HttpResponse) => void;
  readonly #rejectHead: (failure: NetworkError) => void;
  readonly #host: string;
  readonly #signal: AbortSignal;
  readonly #onAbort = (): void => this.#break(networkFailure("aborted", this.#host));
  #controller: Dispatcher.DispatchController | undefined;
  #pieces: Buffer[] = [];
  #heldBytes = 0;
  #ended = false;
  #failure: NetworkError | undefined;
  #wake: (() => void) | undefined;
  readonly #onWake = (resolve: () => void): void => {
    this.#wake = resolve;
  };

  constructor(host: string, signal: AbortSignal) {
    const { promise, resolve, reject } = Promise.withResolvers<HttpResponse>();
    this.head = promise;
    this.#resolveHead = resolve;
    this.#rejectHead = reject;
    this.#host = host;
    this.#signal = signal;
    signal.addEventListener("abort", this.#onAbort);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The bytes that came since the last call, as one piece. */
  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.#heldBytes === 0 && !this.#ended) await new Promise<void>(this.#onWake);
    if (this.#failure?.code === "aborted") throw this.#failure;
    if (this.#heldBytes > 0) return { done: false, value: this.#takeHeld() };
    if (this.#failure !== undefined) throw this.#failure;
    return finished;
  }

  /** Leaves the rest unread. */
  async return(): Promise<IteratorReturnResult<undefined>> {
    if (!this.#ended) this.#break(networkFailure("aborted", this.#host));
    this.#pieces = [];
    this.#heldBytes = 0;
    this.#failure = undefined;
    return finished;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Aborted while it waited for a connection.
    if (this.#failure !== undefined) controller.abort(this.#failure);
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status >= 200) this.#resolveHead({ status, headers: joinRepeated(headers), body: this });
  }

  onResponseData(controller: Dispatcher.DispatchController, piece: Buffer): void {
    this.#pieces.push(piece);
    this.#heldBytes += piece.length;
    if (this.#heldBytes > heldBytesMax) controller.pause();
    this.#wakeReader();
  }

  onResponseEnd(): void {
    this.#end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, cause: Error): void {
    this.#failure ??= cause instanceof NetworkError ? cause : networkFailureOf(cause, this.#host);
    this.#end();
  }

  #break(failure: NetworkError): void {
    if (this.#ended) return;
    this.#failure = failure;
    this.#end();
    this.#controller?.abort(failure);
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#signal.removeEventListener("abort", this.#onAbort);
    // Nothing happens where the head is there already.
    if (this.#failure !== undefined) this.#rejectHead(this.#failure);
    this.#wakeReader();
  }

  #wakeReader(): void {
    // The reader runs after undici has parsed all that the socket had: what came together is read together.
    this.#wake?.();
    this.#wake = undefined;
  }

  #takeHeld(): Uint8Array {
    const [first] = this.#pieces;
    const whole =
      this.#pieces.length === 1 && first !== undefined ? first : Buffer.concat(this.#pieces, this.#heldBytes);
    this.#pieces = [];
    this.#heldBytes = 0;
    if (this.#controller?.paused === true && !this.#ended) this.#controller.resume();
    return whole;
  }
}

function joinRepeated(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) joined[name] = typeof value === "string" ? value : value.join(", ");
  }
  return joined;
}
