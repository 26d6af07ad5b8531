// A small daemon for the client's tests: real sockets, the protocol's own schemas, and no turns.
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { JsonObject } from "@lathe/kernel";
import { type Problem, ProblemError, socketCloseCodes } from "@lathe/wire";
import { WebSocketServer } from "ws";
import { LiveLog } from "./live-log.ts";
import { type SocketRules, serveSocket, sessionCookie, token } from "./serve-socket.ts";

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export class TestDaemon implements AsyncDisposable {
  readonly log: LiveLog = new LiveLog();
  /** Every request that came, in order. */
  readonly seen: Seen[] = [];
  /** Every upgrade that was asked for. */
  readonly upgrades: Seen[] = [];
  /** Every page of entries that was asked for, in order. */
  readonly reads: Readonly<Record<string, unknown>>[] = [];
  /** How sockets are served; a test may change it. */
  readonly rules: SocketRules = {
    frames: [],
    broken: [],
    acceptedCount: 0,
    heartbeatMs: 15_000,
    isMute: false,
  };
  /** What every request is answered with; undefined = properly. */
  refusal: Problem | undefined;
  /** The next requests are answered by this instead. */
  answer: ((incoming: IncomingMessage, outgoing: ServerResponse) => void) | undefined;
  /** Whether the cookie of the tests is that of a session. */
  hasSession = true;
  #server: Server | undefined;
  #sockets: WebSocketServer | undefined;
  #port = 0;
  readonly #connections = new Set<Socket>();
  readonly #streams = new Set<ServerResponse>();

  static async open(): Promise<TestDaemon> {
    const daemon = new TestDaemon();
    await daemon.start();
    return daemon;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  /** What the clients of event streams have not taken yet. */
  get unsentBytes(): number {
    return [...this.#streams].reduce((sum, { writableLength }) => sum + writableLength, 0);
  }

  /** Listens, after a stop on the port of before. */
  async start(): Promise<void> {
    const server = createServer((incoming, outgoing) => void this.#serve(incoming, outgoing));
    server.on("connection", (socket) => {
      this.#connections.add(socket);
      socket.on("close", () => this.#connections.delete(socket));
      socket.on("error", () => undefined);
    });
    const sockets = new WebSocketServer({
      server,
      path: "/api/socket",
      verifyClient: ({ req }: { req: IncomingMessage }) => this.#admits(req),
    });
    sockets.on("error", () => undefined);
    sockets.on("connection", (socket, { headers }: IncomingMessage) => {
      const isSignedIn = (): boolean => this.#isSignedIn(headers);
      serveSocket(socket, this.log, this.rules, (name, input) => this.#run(name, input), isSignedIn);
    });
    this.#sockets = sockets;
    server.listen(this.#port, "127.0.0.1");
    await once(server, "listening");
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Every connection breaks, and nobody listens any more. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = once(server, "close");
    server.close();
    this.cutAll();
    await closed;
  }

  /** As the daemon does when a token or a session is no longer good. */
  endSession(): void {
    this.hasSession = false;
    for (const socket of this.#sockets?.clients ?? [])
      socket.close(socketCloseCodes.unauthorized, "The session is over.");
  }

  cutAll(): void {
    for (const socket of this.#connections) socket.destroy();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** As the front door: a page may say later who it is, everyone else says it at once. */
  #admits({ url = "", headers }: IncomingMessage): boolean {
    this.upgrades.push({ method: "GET", url, headers, body: "" });
    return headers.authorization !== undefined || headers.origin !== undefined;
  }

  #isSignedIn({ cookie, authorization }: IncomingMessage["headers"]): boolean {
    return this.hasSession && authorization === undefined && cookie === sessionCookie;
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = "", url = "", headers } = incoming;
    let body = "";
    for await (const chunk of incoming) body += chunk;
    this.seen.push({ method, url, headers, body });
    if (this.answer !== undefined) return this.answer(incoming, outgoing);
    const unauthorized = new ProblemError(401, "unauthorized", "Say who you are.").toProblem();
    const isKnown = headers.authorization === `Bearer ${token}` || this.#isSignedIn(headers);
    const refusal = isKnown ? this.refusal : unauthorized;
    if (refusal !== undefined) return sendProblem(outgoing, refusal);
    if (headers.accept === "text/event-stream") return this.#stream(incoming, outgoing);
    const input = { ...Object.fromEntries(new URL(url, this.url).searchParams), ...parse(body) };
    const name = `${method} ${new URL(url, this.url).pathname}`;
    const told = this.#told(operationsOfLog[name] ?? "", input);
    outgoing.setHeader("content-type", "application/json");
    outgoing.end(JSON.stringify(told ?? { name, input }));
  }

  #stream(incoming: IncomingMessage, outgoing: ServerResponse): void {
    if (!incoming.url?.includes(this.log.id)) {
      sendProblem(outgoing, unknownConversation);
      return;
    }
    outgoing.writeHead(200, { "content-type": "text/event-stream", connection: "close" });
    outgoing.flushHeaders();
    const sent = incoming.headers["last-event-id"];
    const stop = this.log.subscribe(sent === undefined ? 0 : Number(sent), (event) => {
      const id = "seq" in event ? `id: ${event.seq}\n` : "";
      outgoing.write(`event: ${event.type}\n${id}data: ${JSON.stringify(event)}\n\n`);
    });
    this.#streams.add(outgoing);
    outgoing.on("close", () => {
      this.#streams.delete(outgoing);
      stop();
    });
  }

  #run(operation: string, input: JsonObject): JsonObject {
    if (this.refusal !== undefined) throw this.refusal;
    if (operation === "conversations.stream" && input.id !== this.log.id) throw unknownConversation;
    return (this.#told(operation, input) as JsonObject | undefined) ?? { name: operation, input };
  }

  /** What the log answers; undefined where it is not asked. */
  #told(operation: string, input: Readonly<Record<string, unknown>>): object | undefined {
    const { id, lastSeq, entries } = this.log;
    if (operation === "conversations.get") return { id, lastSeq };
    if (operation !== "conversations.entries") return undefined;
    this.reads.push(input);
    const since = Number(input.sinceSeq ?? 0);
    return { items: entries.slice(since, since + Number(input.limit ?? 100)), lastSeq };
  }
}

const operationsOfLog: Readonly<Record<string, string>> = {
  "GET /api/conversations/cnv_1": "conversations.get",
  "GET /api/conversations/cnv_1/entries": "conversations.entries",
};

const unknownConversation: Problem = new ProblemError(
  404,
  "unknown-conversation",
  "There is none.",
).toProblem();

export function sendProblem(
  outgoing: ServerResponse,
  problem: Problem,
  headers: Record<string, string> = {},
): void {
  outgoing.writeHead(problem.status, { "content-type": "application/problem+json", ...headers });
  outgoing.end(JSON.stringify(problem));
}

function parse(body: string): object {
  return body === "" ? {} : (JSON.parse(body) as object);
}
