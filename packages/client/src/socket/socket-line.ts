// One connection that is kept while it is needed: opened when somebody asks, opened again when it was lost.
//
// Invariants
//   L1  There is at most one socket, and at most one attempt to open one.
//   L2  Attempts are apart as the backoff says, however many wait. Only somebody who asks right now tries at once.
//   L3  Without a question and without a stream the socket is closed after a while.
import type { ConnectionStates, StateSeat } from "../connection-state.ts";
import { type ConnectionError, canHeal, closedClient, LatheProblem } from "../errors.ts";
import type { ClientPowers } from "../powers.ts";
import { Backoff, type BackoffSettings } from "../resume/backoff.ts";
import type { LossListener } from "../resume/loss-listener.ts";
import { Pauses } from "../resume/pauses.ts";
import { type OpenSession, openSession } from "./open-session.ts";
import type { SocketSession } from "./socket-session.ts";

export interface LineParts {
  readonly url: string;
  readonly token: string | undefined;
  readonly powers: ClientPowers;
  readonly states: ConnectionStates;
  readonly backoff: BackoffSettings;
  readonly onLoss: LossListener | undefined;
  readonly openMs: number;
  readonly lingerMs: number;
}

export class SocketLine {
  readonly #parts: LineParts;
  readonly #backoff: Backoff;
  readonly #pauses: Pauses;
  readonly #closing = new AbortController();
  #seat: StateSeat | undefined;
  #open: OpenSession | undefined;
  #attempt: Promise<SocketSession> | undefined;
  #pause: Promise<void> | undefined;
  #waiterCount = 0;
  #releaseLinger: () => void = () => {};

  constructor(parts: LineParts) {
    this.#parts = parts;
    this.#backoff = new Backoff(parts.backoff, parts.powers.random);
    this.#pauses = new Pauses(parts.powers.timers);
  }

  /** Undefined while there is none. */
  get session(): SocketSession | undefined {
    return this.#open?.session;
  }

  /**
   * The session, as soon as there is one again. Throws what does not heal, the signal's reason, and what the listener for
   * losses throws.
   */
  async opened(signal: AbortSignal): Promise<SocketSession> {
    this.#waiterCount += 1;
    try {
      for (;;) {
        if (this.#pause !== undefined) await orAborted(this.#pause, signal);
        const session = await this.openedNow(signal).catch(async (failure: unknown) => {
          if (signal.aborted || !canHeal(failure)) throw failure;
          await this.#parts.onLoss?.(failure, this.#backoff.failureCount);
        });
        if (session !== undefined) return session;
      }
    } finally {
      this.#waiterCount -= 1;
      if (this.#waiterCount === 0) this.#leaveUnless(this.#open ?? this.#attempt);
    }
  }

  /** The session; opened now where there is none. Throws as soon as that fails. */
  async openedNow(signal: AbortSignal): Promise<SocketSession> {
    signal.throwIfAborted();
    if (this.#closing.signal.aborted) throw closedClient();
    if (this.#open !== undefined) return this.#open.session;
    this.#attempt ??= this.#connect();
    return await orAborted(this.#attempt, signal);
  }

  hurry(): void {
    this.#pauses.hurry();
  }

  close(failure: ConnectionError): void {
    this.#closing.abort(failure);
    this.#open?.close(failure);
    this.#leave();
  }

  async #connect(): Promise<SocketSession> {
    this.#tell({ kind: "connecting" });
    try {
      const open = await openSession({
        ...this.#parts,
        closing: this.#closing.signal,
        onUnused: () => this.#linger(),
        onEnded: (failure) => this.#lost(failure),
      });
      this.#attempt = undefined;
      // A moment lies between the welcome and here, in which either side may have closed it.
      if (this.#closing.signal.aborted) open.close(closedClient());
      if (open.session.closedBy !== undefined) throw open.session.closedBy;
      this.#open = open;
      this.#tell({ kind: "open" });
      // Whoever asked for it may have gone meanwhile.
      this.#linger();
      return open.session;
    } catch (failure) {
      this.#attempt = undefined;
      this.#waitBefore(failure, this.#waiterCount > 0);
      throw failure;
    }
  }

  #lost(failure: ConnectionError | LatheProblem): void {
    this.#releaseLinger();
    const session = this.#open?.session;
    this.#open = undefined;
    // One that is closed as soon as it is open is no better than one that does not open.
    if (session?.hasAnswered) this.#backoff.reset();
    if (session?.isUnused === false) this.#waitBefore(failure, true);
    else this.#leave();
  }

  /** Nobody connects on this line until the wait is over, but for who asks right now. */
  #waitBefore(failure: unknown, isNeeded: boolean): void {
    if (this.#closing.signal.aborted || !canHeal(failure)) {
      this.#leave();
      return;
    }
    const retryAfterMs = failure instanceof LatheProblem ? (failure.retryAfterMs ?? 0) : 0;
    const ms = this.#backoff.nextMs(retryAfterMs);
    if (isNeeded) this.#tell({ kind: "waiting", untilMs: this.#parts.powers.nowMs() + ms });
    else this.#leave();
    const pause = this.#pauses.pause(ms, this.#closing.signal).catch(() => undefined);
    this.#pause = pause;
    void pause.then(() => {
      if (this.#pause !== pause) return;
      this.#pause = undefined;
      if (this.#waiterCount === 0) this.#leaveUnless(this.#open ?? this.#attempt);
    });
  }

  #linger(): void {
    this.#releaseLinger();
    const { powers, lingerMs } = this.#parts;
    if (this.#open?.session.isUnused !== true) return;
    this.#releaseLinger = powers.timers.after(lingerMs, () => {
      if (this.#open?.session.isUnused === true) this.#open.close(closedClient());
    });
  }

  #tell(state: Parameters<StateSeat["set"]>[0]): void {
    this.#seat ??= this.#parts.states.enter();
    this.#seat.set(state);
  }

  #leaveUnless(connected: object | undefined): void {
    if (connected === undefined) this.#leave();
  }

  #leave(): void {
    this.#seat?.leave();
    this.#seat = undefined;
  }
}

/** The promise goes on without the one who waits for it. */
function orAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
