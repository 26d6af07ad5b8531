// How an extension speaks another protocol on the daemon's own port.
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type Release, type Token, token } from "@lathe/kernel";
import type { Problem, Session } from "@lathe/wire";

/** Offered by whoever owns the listening socket. */
export interface HttpUpgrades {
  /**
   * Hands over the upgrade requests for exactly this path, the query left out. Throws where another holds the path.
   *
   * Each was let in by the front door: its Host and its Origin are allowed, its token, where it sends one, is good, and
   * whoever sends neither an Origin nor a token was refused. The handler owns the connection from then on; what is left
   * open when the server closes is cut.
   */
  serve(path: string, handler: (upgrade: Upgrade) => void): Release;
}

export interface Upgrade {
  readonly incoming: IncomingMessage;
  readonly socket: Duplex;
  /** The first bytes behind the request. */
  readonly head: Buffer;
  /** Undefined = a page of an allowed origin without a good cookie, which has to say who it is by a message. */
  readonly session: Session | undefined;
  /** Whose token this is; undefined = nobody's. */
  authenticate(token: string): Session | undefined;
  /** Answers with the problem instead of another protocol, and closes the connection. */
  refuse(problem: Problem): void;
}

export const HttpUpgradesService: Token<HttpUpgrades> = token<HttpUpgrades>("http-upgrades");
