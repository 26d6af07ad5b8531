// The node:http server: its limits, the front door before everything, and its end.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { getRequestListener, RequestError } from "@hono/node-server";
import { internalProblem, problem } from "@lathe/extension-kit";
import type { TimersPower } from "@lathe/kernel";
import type { Session } from "@lathe/wire";
import { type DoorRules, judge } from "../core/front-door.ts";
import { type Answer, problemAnswer } from "../core/problems.ts";
import type { Settings } from "../core/settings.ts";
import { callCookie } from "./call-cookie.ts";
import { Connections } from "./connections.ts";
import type { EventStreams } from "./event-streams.ts";
import { ListenError } from "./listen-error.ts";
import type { Router } from "./router.ts";
import { endRaw, send, sendAndClose } from "./send.ts";
import { sendSurface } from "./send-surface.ts";
import type { Upgrades } from "./upgrades.ts";

export interface ServerParts {
  readonly settings: Settings;
  /** Whose token this is; undefined = nobody's. */
  readonly authenticate: (token: string) => Session | undefined;
  /** Whose cookie this is; undefined = nobody's. */
  readonly recognize: (secret: string) => Session | undefined;
  readonly router: Router;
  readonly upgrades: Upgrades;
  readonly streams: EventStreams;
  readonly timers: TimersPower;
}

export interface HttpServer {
  readonly url: string;
  /** Ends streams, upgraded and idle connections at once and waits for the rest, up to `closeGraceMs`. */
  close(): Promise<void>;
}

/** Settles when it listens. Throws ListenError. */
export async function openHttpServer(parts: ServerParts): Promise<HttpServer> {
  const { settings } = parts;
  const server = createServer({
    // The front door says so itself, as it says everything else.
    requireHostHeader: false,
    headersTimeout: settings.headersTimeoutMs,
    requestTimeout: settings.requestTimeoutMs,
    connectionsCheckingInterval: Math.min(
      1_000,
      settings.headersTimeoutMs / 2,
      settings.requestTimeoutMs / 2,
    ),
    // Another protocol may be offered on any request, and is then not taken up; only a web socket is asked for in earnest.
    shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === "websocket",
  });
  server.maxConnections = settings.connectionCountMax;
  await listen(server, settings);
  const { port } = server.address() as AddressInfo;
  const rules = doorRules(parts, port);
  const answer = makeListener(parts, rules);
  const connections = new Connections();
  const receive = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    connections.begin(incoming.socket, outgoing);
    answer(incoming, outgoing);
  };
  server.on("connection", (socket) => connections.add(socket));
  server.on("request", receive);
  server.on("checkContinue", receive);
  server.on("upgrade", (incoming, socket, head) => parts.upgrades.receive({ incoming, socket, head }, rules));
  server.on("clientError", (error, socket) => answerBroken(error, socket, connections.answerOn(socket)));
  const host = settings.host.includes(":") ? `[${settings.host}]` : settings.host;
  return { url: `http://${host}:${port}`, close: () => close(server, connections, parts) };
}

function listen(server: Server, { host, port }: Settings): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => reject(new ListenError(error, host, port));
    server.once("error", fail);
    server.listen({ host, port, exclusive: true }, () => {
      server.off("error", fail);
      resolve();
    });
  });
}

function doorRules({ settings, authenticate, recognize, router }: ServerParts, port: number): DoorRules {
  const names = new Set(["127.0.0.1", "localhost", "[::1]"]);
  names.add(settings.host.includes(":") ? `[${settings.host}]` : settings.host);
  const own = [...names].flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]));
  return {
    allowedHosts: new Set([...own, ...settings.allowedHosts]),
    allowedOrigins: new Set([...own.map((host) => `http://${host}`), ...settings.allowedOrigins]),
    authenticate,
    bodyBytesMax: settings.bodyBytesMax,
    recognize,
    isPublic: (asked) => router.isPublic(asked),
  };
}

function makeListener(
  { router, settings, timers }: ServerParts,
  rules: DoorRules,
): (incoming: IncomingMessage, outgoing: ServerResponse) => void {
  return (incoming, outgoing) => {
    const { method = "", url: target = "", rawHeaders } = incoming;
    const verdict = judge({ method, target, rawHeaders }, rules);
    if (verdict.kind === "refused") {
      const lingering = { bytesMax: settings.bodyBytesMax, timers };
      sendAndClose(incoming, outgoing, verdict.answer, lingering);
      return;
    }
    const shown = router.shown(verdict.asked);
    if (shown !== undefined) {
      sendSurface(incoming, outgoing, shown);
      return;
    }
    const { session, cookieSecret, hasBody } = verdict;
    const { principal, ended } = session;
    const cookie = callCookie(incoming, outgoing, cookieSecret);
    incoming.url = verdict.path;
    const route = getRequestListener(
      (request) => router.answer(request, { incoming, outgoing, principal, ended, cookie, hasBody }),
      {
        overrideGlobalObjects: false,
        autoCleanupIncoming: false,
        errorHandler: (error) => send(outgoing, error instanceof RequestError ? invalidTarget : broken),
      },
    );
    void route(incoming, outgoing);
  };
}

const invalidTarget = problemAnswer(
  problem(400, "invalid-target", "The request's target is not a valid path."),
);

const broken = problemAnswer(internalProblem);

/** The bytes were no request, or came too slowly. */
function answerBroken(
  error: NodeJS.ErrnoException,
  socket: Duplex,
  outgoing: ServerResponse | undefined,
): void {
  if (error.code === "ECONNRESET" || !socket.writable || outgoing?.headersSent) {
    socket.destroy();
    return;
  }
  endRaw(socket, brokenRequests[error.code ?? ""] ?? malformed);
}

const malformed = problemAnswer(problem(400, "malformed-request", "The request is not valid HTTP/1.1."));
const brokenRequests: Readonly<Record<string, Answer>> = {
  ERR_HTTP_REQUEST_TIMEOUT: problemAnswer(
    problem(408, "request-timeout", "The request took too long to arrive."),
  ),
  HPE_HEADER_OVERFLOW: problemAnswer(
    problem(431, "headers-too-large", "The headers of a request may have 16 KiB."),
  ),
};

function close(
  server: Server,
  connections: Connections,
  { streams, timers, settings }: ServerParts,
): Promise<void> {
  return new Promise((resolve) => {
    const release = timers.after(settings.closeGraceMs, () => server.closeAllConnections());
    server.close(() => {
      release();
      resolve();
    });
    streams.close();
    connections.closeUnused();
  });
}
