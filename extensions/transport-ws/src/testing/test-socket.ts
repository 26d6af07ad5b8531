// A client as decent as ws makes it, that writes down what it receives.
import { once } from "node:events";
import type { ClientFrame, EventFrame, ServerFrame } from "@lathe/wire";
import { WebSocket } from "ws";

export interface Closing {
  readonly code: number;
  readonly reason: string;
}

export interface SocketOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent in the hello; null = no hello at all. */
  readonly token?: string | null;
}

export class TestSocket implements Disposable {
  readonly ws: WebSocket;
  /** Everything that came, in order. */
  readonly frames: ServerFrame[] = [];
  readonly closed: Promise<Closing>;
  #isClosed = false;
  #next: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor(ws: WebSocket) {
    this.ws = ws;
    ws.on("message", (bytes) => {
      this.frames.push(JSON.parse(String(bytes)) as ServerFrame);
      this.#wake();
    });
    // A connection that is reset is told as a close with the code 1006.
    ws.on("error", () => {});
    this.closed = new Promise((resolve) => {
      ws.once("close", (code, reason) => {
        this.#isClosed = true;
        this.#wake();
        resolve({ code, reason: String(reason) });
      });
    });
  }

  send(frame: ClientFrame | object): void {
    this.ws.send(JSON.stringify(frame));
  }

  /** The first frame that this holds for, of those that came or will. Throws where the socket closes before. */
  async find<Frame extends ServerFrame>(holds: (frame: ServerFrame) => boolean): Promise<Frame> {
    for (;;) {
      const found = this.frames.find(holds);
      if (found !== undefined) return found as Frame;
      if (this.#isClosed) throw new Error(`It closed after ${JSON.stringify(this.frames).slice(0, 500)}`);
      await this.#next.promise;
    }
  }

  /** Sends a frame with an id and returns what is answered. */
  async ask(frame: ClientFrame & { readonly id: string }): Promise<ServerFrame> {
    this.send(frame);
    return this.find((answer) => "id" in answer && answer.id === frame.id);
  }

  events(stream: string): readonly EventFrame["event"][] {
    return this.frames
      .filter((frame): frame is EventFrame => frame.type === "event" && frame.stream === stream)
      .map(({ event }) => event);
  }

  /** Positions of the entries of a stream, in the order in which they came. */
  seqs(stream: string): readonly number[] {
    return this.events(stream).flatMap((event) => ("seq" in event ? [event.seq] : []));
  }

  [Symbol.dispose](): void {
    this.ws.terminate();
  }

  #wake(): void {
    this.#next.resolve();
    this.#next = Promise.withResolvers();
  }
}

/** Connects and, unless `token` is null, says hello; settles when the socket is open. */
export async function openSocket(url: string, { headers = {}, token }: SocketOptions): Promise<TestSocket> {
  const ws = new WebSocket(url, { headers, perMessageDeflate: false });
  const socket = new TestSocket(ws);
  await once(ws, "open");
  if (token !== null)
    socket.send({ type: "hello", protocol: "0.1.0", ...(token === undefined ? {} : { token }) });
  return socket;
}
