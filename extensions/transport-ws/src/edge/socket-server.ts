// The sockets that are open, and their common heartbeat.
import { problem, type Upgrade } from "@lathe/extension-kit";
import { type ServerOptions, WebSocketServer } from "ws";
import { EventFrames } from "../core/event-frames.ts";
import type { Settings } from "../core/settings.ts";
import { Connection, type ConnectionDesk } from "./connection.ts";
import { Tick } from "./tick.ts";

export class SocketServer {
  readonly #desk: ConnectionDesk;
  readonly #handshakes: WebSocketServer;
  readonly #open = new Set<Connection>();
  #onEmpty: () => void = () => {};
  #releasePing: () => void = () => {};

  constructor(desk: Omit<ConnectionDesk, "tick" | "frames">) {
    const tick = new Tick();
    const frames: EventFrames = new EventFrames(() => tick.atEnd(() => frames.clear()));
    this.#desk = { ...desk, tick, frames };
    this.#handshakes = new WebSocketServer(handshakeOptions(desk.settings));
    this.#schedulePing();
  }

  /** Takes the connection over. */
  accept(upgrade: Upgrade): void {
    if (this.#open.size >= this.#desk.settings.connectionCountMax) {
      upgrade.refuse(tooManyConnections);
      return;
    }
    this.#handshakes.handleUpgrade(upgrade.incoming, upgrade.socket, upgrade.head, (ws) => {
      const connection = new Connection(ws, upgrade, this.#desk);
      this.#open.add(connection);
      ws.once("close", () => {
        this.#open.delete(connection);
        if (this.#open.size === 0) this.#onEmpty();
      });
    });
  }

  /** Asks every client to come again later. Settles when all have gone, or were cut after `closeGraceMs`. */
  async close(): Promise<void> {
    this.#releasePing();
    this.#handshakes.close();
    for (const connection of this.#open) connection.close("goingAway", "The daemon is shutting down.");
    if (this.#open.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
  }

  #schedulePing(): void {
    this.#releasePing = this.#desk.timers.after(this.#desk.settings.heartbeatMs, () => {
      for (const connection of this.#open) connection.ping();
      this.#schedulePing();
    });
  }
}

// The types of ws do not know all of its options yet.
type HandshakeOptions = ServerOptions & {
  readonly maxPendingAutoPongs: number;
  readonly closeTimeout: number;
};

function handshakeOptions(settings: Settings): HandshakeOptions {
  return {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: settings.frameBytesMax,
    maxFragments: fragmentCountMax,
    maxBufferedChunks: chunkCountMax,
    maxPendingAutoPongs: pendingPongCountMax,
    // Nobody needs a subprotocol.
    handleProtocols: () => false,
    // A connection cuts itself before.
    closeTimeout: settings.closeGraceMs + 1_000,
  };
}

/** Pieces of one message. No client of ours makes any; a browser makes few. */
const fragmentCountMax = 1_024;
/** Reads from the network that one frame may take to arrive: a mebibyte in pieces of an eighth of a packet. */
const chunkCountMax = 4_096;
/** Pongs that were not read; the rate of frames is the closer bound for all but those who do not read at all. */
const pendingPongCountMax = 1_000;

const tooManyConnections = problem(
  503,
  "too-many-connections",
  "The daemon has as many sockets open as it may. Close one, or try again later.",
);
