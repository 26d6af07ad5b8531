// One socket, from its upgrade to its end.
//
// Owns: who is at the other end, whether they are still there, and how it ends. What they ask is the business of
// Requests, what they are sent that of the Outbox.
//
// Invariants
//   C1  Nothing is run and nothing is told before a hello with a token that is good, and nothing after the session of
//       that token has ended.
//   C2  It ends once. From then on nothing that comes in is heard, every call and stream is stopped, and the connection
//       is gone after `closeGraceMs` at the latest.
//   C3  Whatever a client sends is answered by a frame or by a close code, and breaks nothing.
import { problem, type Upgrade } from "@lathe/extension-kit";
import type { ClockPower, TimersPower } from "@lathe/kernel";
import { type ClientFrame, type Hello, protocolVersion, type Session, socketCloseCodes } from "@lathe/wire";
import type { RawData, WebSocket } from "ws";
import { FrameRate } from "../core/frame-rate.ts";
import { type FrameOutcome, readFrame } from "../core/read-frame.ts";
import { pongFrame, problemFrame, welcomeFrame } from "../core/server-frames.ts";
import type { Settings } from "../core/settings.ts";
import { Outbox, type OutboxDesk } from "./outbox.ts";
import { Requests, type RequestsDesk } from "./requests.ts";

export interface ConnectionDesk extends Omit<RequestsDesk, "limits">, Omit<OutboxDesk, "unsentBytesMax"> {
  readonly settings: Settings;
  readonly clock: ClockPower;
  readonly timers: TimersPower;
}

export class Connection {
  readonly #ws: WebSocket;
  readonly #upgrade: Upgrade;
  readonly #desk: ConnectionDesk;
  readonly #outbox: Outbox;
  readonly #rate: FrameRate;
  readonly #endSession = (): void => this.close("unauthorized", "The token is no longer good.");
  #requests: Requests | undefined;
  #session: Session | undefined;
  #heardMs: number;
  #releaseHello: () => void;
  #releaseSilence: () => void;
  #ended = false;

  constructor(ws: WebSocket, upgrade: Upgrade, desk: ConnectionDesk) {
    this.#ws = ws;
    this.#upgrade = upgrade;
    this.#desk = desk;
    const { settings, timers, clock } = desk;
    this.#heardMs = clock.monotonicMs();
    this.#rate = new FrameRate(settings.framesPerSecondMax, this.#heardMs);
    const outboxDesk = { ...desk, unsentBytesMax: settings.unsentBytesMax };
    this.#outbox = new Outbox({ socket: upgrade.socket, ws }, outboxDesk, () =>
      this.close("tooSlow", "Too much waits to be read. Come again, and go on from the last positions."),
    );
    this.#releaseHello = timers.after(settings.helloTimeoutMs, () =>
      this.close("unauthorized", "No hello came in time."),
    );
    this.#releaseSilence = this.#awaitWord(2 * settings.heartbeatMs);
    ws.on("message", (bytes, isBinary) => this.#receive(bytes, isBinary));
    ws.on("ping", () => this.#mayHear());
    ws.on("pong", () => this.#mayHear());
    // ws has begun to close it by itself, with the code that belongs to what broke.
    ws.on("error", () => this.#stopAndCut());
    ws.on("close", () => this.#stop());
  }

  /** Asks whether somebody is there. */
  ping(): void {
    if (!this.#ended) this.#ws.ping();
  }

  close(why: keyof typeof socketCloseCodes, reason: string): void {
    if (this.#ended) return;
    this.#stopAndCut();
    this.#ws.close(socketCloseCodes[why], reason);
  }

  #receive(bytes: RawData, isBinary: boolean): void {
    if (!this.#mayHear()) return;
    if (isBinary) {
      this.close("notText", "Frames are JSON texts.");
      return;
    }
    const outcome = readFrame(String(bytes));
    if (this.#requests !== undefined) this.#take(outcome, this.#requests);
    else if (outcome.kind === "frame" && outcome.frame.type === "hello") this.#greet(outcome.frame);
    else this.close("policy", "The first frame must be a hello.");
  }

  /** Notes that somebody is there. False where what they sent is not to be heard. */
  #mayHear(): boolean {
    if (this.#ended) return false;
    this.#heardMs = this.#desk.clock.monotonicMs();
    if (this.#rate.take(this.#heardMs)) return true;
    this.close("policy", "Too many frames in too short a time.");
    return false;
  }

  #greet({ protocol, token }: Hello): void {
    const session = token === undefined ? this.#upgrade.session : this.#upgrade.authenticate(token);
    if (majorOf(protocol) !== majorOf(protocolVersion))
      this.close("wrongProtocol", `This daemon speaks the protocol ${protocolVersion}.`);
    else if (session === undefined || session.ended.aborted)
      this.close("unauthorized", "The hello needs a token that is good.");
    else this.#welcome(session);
  }

  #welcome(session: Session): void {
    this.#releaseHello();
    this.#session = session;
    session.ended.addEventListener("abort", this.#endSession, { once: true });
    const { principal } = session;
    const { settings } = this.#desk;
    const { frameBytesMax, subscriptionCountMax, framesPerSecondMax, heartbeatMs } = settings;
    this.#requests = new Requests(principal, this.#outbox, { ...this.#desk, limits: settings });
    const limits = { frameBytesMax, subscriptionCountMax, framesPerSecondMax };
    this.#outbox.send(welcomeFrame({ protocol: protocolVersion, principal, limits, heartbeatMs }));
  }

  #take(outcome: FrameOutcome, requests: Requests): void {
    if (outcome.kind === "invalid") this.#outbox.send(problemFrame(outcome.id, outcome.problem));
    else this.#answer(outcome.frame, requests);
  }

  #answer(frame: ClientFrame, requests: Requests): void {
    switch (frame.type) {
      case "request":
        void requests.request(frame);
        return;
      case "subscribe":
        void requests.subscribe(frame);
        return;
      case "unsubscribe":
        requests.unsubscribe(frame.stream);
        return;
      case "ping":
        this.#outbox.send(pongFrame(frame.id));
        return;
      case "hello":
        this.#outbox.send(problemFrame(null, unexpectedHello));
    }
  }

  #awaitWord(ms: number): () => void {
    const { clock, timers } = this.#desk;
    const dueMs = clock.monotonicMs() + ms;
    return timers.after(ms, () => this.#checkSilence(clock.monotonicMs() - dueMs));
  }

  /** A connection that is dead does not say so. */
  #checkSilence(lateMs: number): void {
    const { clock, settings } = this.#desk;
    const leftMs = this.#heardMs + 2 * settings.heartbeatMs - clock.monotonicMs();
    if (leftMs > 0) this.#releaseSilence = this.#awaitWord(leftMs);
    // The daemon itself stood still: what was said meanwhile is not read yet, and nobody was asked.
    else if (lateMs > settings.heartbeatMs / 4) this.#releaseSilence = this.#awaitWord(settings.heartbeatMs);
    else this.#ws.terminate();
  }

  #stopAndCut(): void {
    this.#stop();
    const release = this.#desk.timers.after(this.#desk.settings.closeGraceMs, () => this.#ws.terminate());
    this.#ws.once("close", release);
  }

  #stop(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#releaseHello();
    this.#releaseSilence();
    this.#session?.ended.removeEventListener("abort", this.#endSession);
    this.#requests?.close();
    this.#outbox.close();
  }
}

const unexpectedHello = problem(409, "unexpected-hello", "The hello was said already.");

function majorOf(version: string): string {
  return /^(\d{1,9})\.\d/.exec(version)?.[1] ?? "";
}
