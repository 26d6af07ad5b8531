// From an address to a session: the socket opens, hello, welcome. Whatever goes wrong has one answer.
import { protocolVersion, type ServerFrame, socketCloseCodes, socketPath, type Welcome } from "@lathe/wire";
import { ConnectionError, dropped, LatheProblem, notLathe, unreachable } from "../errors.ts";
import type { ClientPowers, SocketLike } from "../powers.ts";
import { SocketSession } from "./socket-session.ts";

export interface SessionOpening {
  readonly url: string;
  readonly token: string | undefined;
  readonly powers: Pick<ClientPowers, "openSocket" | "timers">;
  /** The welcome must be there by then. */
  readonly openMs: number;
  /** Aborts where nobody wants it any more, with the reason. */
  readonly closing: AbortSignal;
  readonly onUnused: () => void;
  /** Called once, when an open session has ended, however that came; before whoever uses it is told. */
  readonly onEnded: (failure: ConnectionError | LatheProblem) => void;
}

export interface OpenSession {
  readonly session: SocketSession;
  close(failure: ConnectionError): void;
}

/** Throws LatheProblem and ConnectionError; then nothing is left open. */
export async function openSession(opening: SessionOpening): Promise<OpenSession> {
  return await new OpeningSocket(opening).opened.promise;
}

class OpeningSocket {
  readonly opened: PromiseWithResolvers<OpenSession> = Promise.withResolvers();
  readonly #opening: SessionOpening;
  readonly #socket: SocketLike;
  readonly #releaseOpening: () => void;
  #session: SocketSession | undefined;
  #isOver = false;

  /** Throws ConnectionError where the address is none. */
  constructor(opening: SessionOpening) {
    const { url, powers, openMs, closing } = opening;
    this.#opening = opening;
    this.#socket = open(opening);
    const giveUp = (): void => this.#end(closing.reason);
    const releaseTimeout = powers.timers.after(openMs, () =>
      this.#end(unreachable(url, `no answer for ${openMs} ms`)),
    );
    closing.addEventListener("abort", giveUp);
    this.#releaseOpening = () => {
      releaseTimeout();
      closing.removeEventListener("abort", giveUp);
    };
    this.#socket.addEventListener("open", () => this.#sayHello());
    this.#socket.addEventListener("message", ({ data }) => this.#receive(data));
    this.#socket.addEventListener("close", ({ code, reason }) =>
      this.#end(failureOf(url, code, reason, this.#session === undefined)),
    );
    // What there is to say comes with the close; an error that nobody listens to would end a process.
    this.#socket.addEventListener("error", () => undefined);
  }

  #sayHello(): void {
    const { token } = this.#opening;
    const hello = { type: "hello", protocol: protocolVersion, ...(token === undefined ? {} : { token }) };
    this.#socket.send(JSON.stringify(hello));
  }

  #receive(data: unknown): void {
    if (this.#isOver) return;
    const frame = parseFrame(data);
    if (frame === undefined) this.#end(notLathe(this.#opening.url, "it sends what is no frame"));
    else if (this.#session !== undefined) this.#session.receive(frame, (data as string).length);
    else if (frame.type === "welcome") this.#welcome(frame);
    else if (frame.type === "problem") this.#end(new LatheProblem(frame.problem));
    else this.#end(notLathe(this.#opening.url, "it does not answer the hello"));
  }

  #welcome(welcome: Welcome): void {
    this.#releaseOpening();
    const { powers, onUnused } = this.#opening;
    const end = (failure: ConnectionError): void => this.#end(failure);
    const socket = { send: (text: string) => this.#socket.send(text), end };
    this.#session = new SocketSession({ socket, welcome, timers: powers.timers, onUnused });
    this.opened.resolve({ session: this.#session, close: end });
  }

  /** What ends it first counts: a dead connection may take minutes to say that it is closed. */
  #end(failure: ConnectionError | LatheProblem): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#releaseOpening();
    this.#socket.close(closedByUs);
    this.opened.reject(failure);
    if (this.#session === undefined) return;
    this.#opening.onEnded(failure);
    const { url } = this.#opening;
    this.#session.close(failure instanceof ConnectionError ? failure : dropped(url, failure, true));
  }
}

/** Normal closure: the client needs it no more, or does not trust it. */
const closedByUs = 1000;

/** A program says who it is at once, or is not let in; a page says it in the hello, and its browser says where it is from. */
function open({ url, token, powers }: SessionOpening): SocketLike {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  try {
    return powers.openSocket(`${url.replace(/^http/i, "ws")}${socketPath}`, headers);
  } catch (failure) {
    throw unreachable(url, failure);
  }
}

function parseFrame(data: unknown): ServerFrame | undefined {
  try {
    const frame: unknown = JSON.parse(data as string);
    const isFrame = typeof frame === "object" && frame !== null && "type" in frame;
    return isFrame ? (frame as ServerFrame) : undefined;
  } catch {
    return undefined;
  }
}

function failureOf(
  url: string,
  code: number,
  reason: string,
  isEarly: boolean,
): ConnectionError | LatheProblem {
  const detail = reason === "" ? undefined : reason;
  switch (code) {
    case socketCloseCodes.unauthorized:
      return problemOf(401, "unauthorized", detail ?? "The token is not one of this daemon, or no longer.");
    case socketCloseCodes.policy:
      return problemOf(429, "policy", detail ?? "The daemon asks to come less often.", policyPauseMs);
    case socketCloseCodes.wrongProtocol:
      return new ConnectionError(
        "wrong-protocol",
        `The daemon on ${url} does not speak version ${protocolVersion} of the protocol (${detail ?? "no reason given"}). Use the client of its version.`,
      );
    default: {
      const told = `code ${code}${detail === undefined ? "" : `, ${detail}`}`;
      return isEarly ? unreachable(url, told) : dropped(url, told, true);
    }
  }
}

const policyPauseMs = 5_000;

function problemOf(
  status: number,
  code: string,
  detail: string,
  retryAfterMs: number | null = null,
): LatheProblem {
  const problem = { type: `urn:lathe:problem:${code}`, title: code, status, code, detail };
  return new LatheProblem(problem, { retryAfterMs });
}
