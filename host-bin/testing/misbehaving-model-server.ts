// A model server that does what a test tells it, request by request: it answers, refuses, breaks off, or says nothing.
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { chatAnswer } from "./chat-answers.ts";
import { messagesAnswer } from "./messages-answers.ts";

/** A question to a model. */
export interface ModelRequest {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  /** The JSON that was sent. */
  readonly body: unknown;
  /** The same as it was sent. */
  readonly text: string;
  /** Settles when the connection is gone, or the answer is whole. */
  readonly over: Promise<"answered" | "left">;
}

export interface ModelAnswer {
  /** 200 where absent; `null` sends no head at all. */
  readonly status?: number | null;
  /** Beside the content type, which follows the status. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Written one after the other; what a function returns is waited for. */
  readonly pieces?: readonly (string | Uint8Array | (() => Promise<unknown>))[];
  /**
   * `end` finishes the answer. `cut` closes the connection in the middle of the body, `reset` breaks it, and `hang`
   * keeps it open without another byte.
   */
  readonly ending?: "end" | "cut" | "reset" | "hang";
}

/** It is used as `baseUrl` of a provider; whoever opens it closes it. */
export class MisbehavingModelServer {
  readonly requests: ModelRequest[] = [];
  /** Answers a request that no `next` was given for. */
  otherwise: (request: ModelRequest) => ModelAnswer = goodAnswer;
  readonly #server: Server;
  readonly #planned: ModelAnswer[] = [];
  #arrived = Promise.withResolvers<void>();

  constructor() {
    this.#server = createServer((incoming, response) => void this.#take(incoming, response));
    // A kept connection that closes by itself would be one more fault, at a moment that no test chose.
    this.#server.keepAliveTimeout = 0;
  }

  static async open(): Promise<MisbehavingModelServer> {
    const opened = new MisbehavingModelServer();
    opened.#server.listen(0, "127.0.0.1");
    await once(opened.#server, "listening");
    return opened;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What the next requests are answered with, in order. */
  next(...answers: readonly ModelAnswer[]): void {
    this.#planned.push(...answers);
  }

  /** Forgets what was planned and what was asked. */
  forget(): void {
    this.#planned.length = 0;
    this.requests.length = 0;
    this.otherwise = goodAnswer;
  }

  /** Settles with the request of that number, counted from 0, when it is there. */
  async received(index: number): Promise<ModelRequest> {
    for (;;) {
      const request = this.requests[index];
      if (request !== undefined) return request;
      await this.#arrived.promise;
    }
  }

  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #take(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    // The list of models is asked for when the daemon pleases, so it is no part of a script.
    if (incoming.method === "GET") return play({ pieces: ['{"data":[{"id":"test"}]}'] }, response);
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const over = once(response, "close").then(() => (response.writableFinished ? "answered" : "left"));
    const text = Buffer.concat(chunks).toString("utf8");
    const request: ModelRequest = {
      path: incoming.url ?? "",
      headers: incoming.headers,
      body: JSON.parse(text),
      text,
      over,
    };
    this.requests.push(request);
    const arrived = this.#arrived;
    this.#arrived = Promise.withResolvers();
    arrived.resolve();
    await play(this.#planned.shift() ?? this.otherwise(request), response);
  }
}

/** An answer in the form of the API that was asked. */
export function goodAnswer({ path }: Pick<ModelRequest, "path">): ModelAnswer {
  return { pieces: path.endsWith("/messages") ? messagesAnswer("All is well.") : chatAnswer("All is well.") };
}

async function play(answer: ModelAnswer, response: ServerResponse): Promise<void> {
  const { status = 200, headers = {}, pieces = [], ending = "end" } = answer;
  const type = status === 200 ? "text/event-stream" : "application/json";
  if (status !== null) response.writeHead(status, { "content-type": type, ...headers }).flushHeaders();
  for (const piece of pieces) {
    if (typeof piece === "function") await piece();
    else if (!response.destroyed) response.write(piece);
  }
  if (ending === "end") response.end();
  else if (ending === "cut") response.socket?.end();
  else if (ending === "reset") response.socket?.resetAndDestroy();
}
