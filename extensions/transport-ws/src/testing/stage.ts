// The extension on a real HTTP server that lets everybody in who has a token, and pages without one.
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { type HttpUpgrades, HttpUpgradesService, type Upgrade } from "@lathe/extension-kit";
import {
  fakeContribution,
  fakeService,
  openTestHost,
  realClock,
  realTimers,
  type TestHost,
} from "@lathe/extension-kit/testing";
import type { Activate, Host, Release } from "@lathe/kernel";
import { type AnyOperation, type OperationScope, Operations, type Session } from "@lathe/wire";
import { activate } from "../extension.ts";
import type { Feed } from "./feed.ts";
import { feedOf, type StageCalls, stageOperations } from "./stage-operations.ts";
import { openSocket, type SocketOptions, type TestSocket } from "./test-socket.ts";

export const token = "t0ken-of-the-owner";

export interface Stage extends AsyncDisposable {
  readonly host: TestHost;
  readonly port: number;
  readonly url: string;
  readonly calls: StageCalls;
  /** Connections that the server holds. */
  connectionCount(): number;
  feed(name: string): Feed;
  /** Adds an operation to the running host. */
  contribute(operation: AnyOperation): Release;
  /** Opens a socket; without more said, with the token in the header and a hello. */
  connect(options?: SocketOptions): Promise<TestSocket>;
  /** The session of a token ends. */
  revoke(token: string): void;
}

export interface StageOptions {
  readonly config?: Readonly<Record<string, number>>;
  /** Time that only `host.timers.advance` moves. */
  readonly fakeTime?: boolean;
}

const manifest: unknown = JSON.parse(readFileSync(new URL("../../manifest.json", import.meta.url), "utf8"));

export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const calls: StageCalls = { seen: [], feeds: new Map(), gate: Promise.withResolvers() };
  const sessions = new Sessions();
  const front = await openFront(sessions);
  const operations = stageOperations(calls);
  let inside: Host | undefined;
  const activateAndKeep: Activate = (given, scope) => {
    inside = given;
    return activate(given, scope);
  };
  const host = await openTestHost({
    manifest: { ...(manifest as object), contributes: { operations: ["*"] } },
    activate: activateAndKeep,
    config: options.config ?? {},
    services: [fakeService(HttpUpgradesService, front.upgrades)],
    contributions: operations.map((operation) => fakeContribution(Operations, operation.name, operation)),
    ...(options.fakeTime === true ? {} : { powers: { timers: realTimers(), clock: realClock() } }),
  });
  const url = `ws://127.0.0.1:${front.port}/api/socket`;
  return {
    host,
    port: front.port,
    url,
    calls,
    connectionCount: front.connectionCount,
    feed: (name) => feedOf(calls, name),
    contribute: (operation) => (inside as Host).contribute(Operations, operation.name, operation),
    connect: (how = { headers: { authorization: `Bearer ${token}` } }) => openSocket(url, how),
    revoke: (given) => sessions.end(given),
    [Symbol.asyncDispose]: async () => {
      calls.gate.resolve();
      await host.close();
      await front.close();
    },
  };
}

interface Front {
  readonly port: number;
  readonly upgrades: HttpUpgrades;
  readonly connectionCount: () => number;
  close(): Promise<void>;
}

async function openFront(sessions: Sessions): Promise<Front> {
  const handlers = new Map<string, (upgrade: Upgrade) => void>();
  const open = new Set<object>();
  const server = createServer();
  server.on("connection", (socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  server.on("upgrade", (incoming, socket, head) => {
    const handler = handlers.get(incoming.url ?? "");
    const session = sessions.of(bearerOf(incoming));
    const refuse = (): void => void socket.end("HTTP/1.1 503 Service Unavailable\r\n\r\n");
    if (handler === undefined) socket.destroy();
    else handler({ incoming, socket, head, session, authenticate: (given) => sessions.of(given), refuse });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connectionCount: () => open.size,
    upgrades: {
      serve: (path, handler) => {
        handlers.set(path, handler);
        return () => void handlers.delete(path);
      },
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function bearerOf({ headers }: IncomingMessage): string {
  return headers.authorization?.slice("Bearer ".length) ?? "";
}

const everything: readonly OperationScope[] = ["public", "read", "write", "admin"];
const reading: readonly OperationScope[] = ["public", "read"];

/** Whoever calls himself `reader-...` may read; whoever has the token of the owner may do everything. */
class Sessions {
  readonly #ended = new Map<string, AbortController>();

  of(given: string): Session | undefined {
    const known = given === token || given.startsWith("reader-");
    if (!known) return undefined;
    const ended = this.#ended.get(given) ?? new AbortController();
    this.#ended.set(given, ended);
    if (ended.signal.aborted) return undefined;
    const principal = given === token ? { id: "owner", scopes: everything } : { id: given, scopes: reading };
    return { principal, ended: ended.signal };
  }

  end(given: string): void {
    this.#ended.get(given)?.abort();
  }
}
