// The sessions of pages: how they begin, are known again, grow longer and end.
//
// Invariants
//   P1  A session that was ended is not known again: not by any of its secrets, and not after a restart.
//   P2  Whoever holds a Session learns of its end: at once where it was ended, and when its time is over.
//   P3  A session that is made longer stays the same one: what was opened with its older secret goes on with it.
import type { ClockPower, IdsPower, TimersPower } from "@lathe/kernel";
import { localPrincipal, type PageSessions, type Session } from "@lathe/wire";
import type { SessionClaim, SessionSeal } from "./session-secret.ts";

export const sessionMs: number = 30 * 24 * 60 * 60 * 1_000;

/** The sessions that were ended before their time. */
export interface EndedSessions {
  has(id: string): boolean;
  /** Known at once; settles when it is durable. */
  add(id: string, untilMs: number): Promise<void>;
}

export interface PagesDesk {
  readonly seal: SessionSeal;
  readonly ended: EndedSessions;
  readonly clock: ClockPower;
  readonly ids: IdsPower;
  readonly timers: TimersPower;
}

export interface KeptSession {
  readonly secret: string;
  readonly expiresAtMs: number;
}

/** A session that somebody may hold. */
interface Open {
  readonly session: Session;
  readonly ending: AbortController;
  expiresAtMs: number;
  release: () => void;
}

export class SignedInPages implements PageSessions {
  readonly #desk: PagesDesk;
  readonly #open = new Map<string, Open>();

  constructor(desk: PagesDesk) {
    this.#desk = desk;
  }

  begin(): KeptSession {
    return this.#keep(this.#desk.ids.newId("ses"));
  }

  recognize(secret: string): Session | undefined {
    const claim = this.#claimOf(secret);
    return claim === undefined ? undefined : this.#opened(claim).session;
  }

  /** The session as it is, or a longer one in its place where less than half is left. Undefined where there is none. */
  renew(secret: string): KeptSession | undefined {
    const claim = this.#claimOf(secret);
    if (claim === undefined) return undefined;
    const leftMs = claim.expiresAtMs - this.#desk.clock.nowMs();
    return leftMs < sessionMs / 2 ? this.#keep(claim.id) : { secret, expiresAtMs: claim.expiresAtMs };
  }

  /** Ended at once, for all of its secrets; settles when a restart cannot bring it back. */
  async end(secret: string): Promise<void> {
    const claim = this.#claimOf(secret);
    if (claim === undefined) return;
    // No secret of it can be good for longer.
    const added = this.#desk.ended.add(claim.id, this.#desk.clock.nowMs() + sessionMs);
    this.#close(claim.id);
    await added;
  }

  /** Lets go of the timers. Nobody is signed out. */
  close(): void {
    for (const { release } of this.#open.values()) release();
    this.#open.clear();
  }

  #keep(id: string): KeptSession {
    const claim = { id, expiresAtMs: Math.floor(this.#desk.clock.nowMs() + sessionMs) };
    const open = this.#open.get(id);
    if (open !== undefined) open.expiresAtMs = claim.expiresAtMs;
    return { secret: this.#desk.seal.seal(claim), expiresAtMs: claim.expiresAtMs };
  }

  #claimOf(secret: string): SessionClaim | undefined {
    const claim = this.#desk.seal.open(secret);
    if (claim === undefined || this.#desk.ended.has(claim.id)) return undefined;
    return claim.expiresAtMs > this.#desk.clock.nowMs() ? claim : undefined;
  }

  #opened({ id, expiresAtMs }: SessionClaim): Open {
    const known = this.#open.get(id);
    if (known !== undefined) {
      known.expiresAtMs = Math.max(known.expiresAtMs, expiresAtMs);
      return known;
    }
    const ending = new AbortController();
    const session = Object.freeze({ principal: localPrincipal, ended: ending.signal });
    const open = { session, ending, expiresAtMs, release: () => {} };
    this.#open.set(id, open);
    this.#awaitEnd(id, open);
    return open;
  }

  #awaitEnd(id: string, open: Open): void {
    const leftMs = open.expiresAtMs - this.#desk.clock.nowMs();
    open.release = this.#desk.timers.after(leftMs, () => {
      if (open.expiresAtMs > this.#desk.clock.nowMs()) this.#awaitEnd(id, open);
      else this.#close(id);
    });
  }

  #close(id: string): void {
    const open = this.#open.get(id);
    this.#open.delete(id);
    open?.release();
    open?.ending.abort();
  }
}
