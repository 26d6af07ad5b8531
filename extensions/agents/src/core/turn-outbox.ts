// What a turn says, in order, on its way to the store and to whoever watches.
//
// The turn runs ahead of the disk: the next model call begins while the last step is being flushed, and steps that end
// meanwhile share the next commit. Most of a commit's price is its flush, so that commits that nobody waits for keep a
// small distance.
//
// Invariants
//   O1  Everything is shown in the order in which it was said, and a durable event only after its commit.
//   O2  The end of a turn is accepted when everything before it is stored. Where something cannot be stored, nothing
//       after it is, and the turn is told to end.
//   O3  At most `stepsAheadMax` steps wait for the disk; then the turn waits as well.
//   O4  What the step in flight says is stored as well, now and then, behind everything that was recorded before it. The
//       turn waits for that only where it asks to, and only then does a failure of it end the turn.
import type { DurableEvent, Entry, TransientEvent } from "@lathe/kernel";
import type { InFlight } from "./in-flight.ts";
import type { Recorded } from "./recorder.ts";

export interface OutboxDesk {
  /**
   * Stores events in one commit, in order, and with them, where it is due, what is in flight behind them. Called again
   * only after it has settled.
   */
  store(events: readonly DurableEvent[], withFlight: boolean): Promise<Recorded>;
  showEntries(entries: readonly Entry[]): void;
  showTransient(event: TransientEvent): void;
  /** Called once, when something could not be stored. */
  onFailed(): void;
  /** What the step in flight has said, and where it has to be kept. */
  readonly inFlight: InFlight;
  /** Stores what is in flight. As `store` otherwise; where it rejects, it has lost nothing. */
  hold(): Promise<void>;
  /** Milliseconds that never go back. */
  monotonic(): number;
  /** Calls back once after `ms` unless released before. */
  after(ms: number, callback: () => void): () => void;
}

export const stepsAheadMax = 8;

/** Commits of steps that nobody waits for begin at least so long after one another. */
const storeSpacingMs = 2;
/** What is in flight is at most so old before it is stored, while the store keeps up. */
const holdAfterMs = 250;
/** Many deltas are stored earlier, but not more often than this: a burst would be all commits. */
const holdSpacingMs = 25;

export class TurnOutbox {
  /** Stored with the turn's end; the caller shows it when the conversation is ready for the next message. */
  seal: Entry | undefined;
  readonly #desk: OutboxDesk;
  /** Said, and not yet shown: durable events by the call that said them. */
  readonly #waiting: (TransientEvent | readonly DurableEvent[])[] = [];
  #unstoredCount = 0;
  #storing: Promise<void> | undefined;
  #storedAtMs = Number.NEGATIVE_INFINITY;
  /** Ends the wait for the next commit; undefined while nothing waits. */
  #hurry: (() => void) | undefined;
  /** Whether somebody waits for the next commit. */
  #isUrgent = false;
  #holdDue = false;
  #holdIsAwaited = false;
  #heldAtMs = Number.NEGATIVE_INFINITY;
  #releaseTimer: (() => void) | undefined;
  #failure: { readonly cause: unknown } | undefined;

  constructor(desk: OutboxDesk) {
    this.#desk = desk;
  }

  say(event: TransientEvent): void {
    if (this.#failure !== undefined) return;
    if (this.#desk.inFlight.add(event)) this.#holdUnlessJustDone();
    else this.holdSoon();
    if (this.#unstoredCount === 0) this.#desk.showTransient(event);
    else this.#waiting.push(event);
  }

  /** Settles when the turn may go on. Rejects with what the store said, also of events that came before. */
  async record(events: readonly DurableEvent[]): Promise<void> {
    this.#refuseAfterFailure();
    for (const event of events)
      if (event.type === "step-complete") this.#desk.inFlight.complete(event.stepId);
    this.#waiting.push(events);
    this.#unstoredCount++;
    this.#storing ??= this.#storeAll();
    if (mustBeStored(events) || this.#unstoredCount > stepsAheadMax) await this.#stored();
    this.#refuseAfterFailure();
  }

  /** Has what is in flight stored before long. */
  holdSoon(): void {
    this.#releaseTimer ??= this.#desk.after(holdAfterMs, () => {
      this.#releaseTimer = undefined;
      this.#hold();
    });
  }

  /** Settles when what is in flight is stored, and everything before it. Rejects with what the store said. */
  async holdNow(): Promise<void> {
    this.#refuseAfterFailure();
    this.#holdIsAwaited = true;
    this.#hold();
    await this.#stored();
    this.#holdIsAwaited = false;
    this.#refuseAfterFailure();
  }

  /** The turn is over. */
  close(): void {
    this.#releaseTimer?.();
    this.#releaseTimer = undefined;
  }

  #holdUnlessJustDone(): void {
    if (this.#desk.monotonic() - this.#heldAtMs >= holdSpacingMs) this.#hold();
    else this.holdSoon();
  }

  #hold(): void {
    if (this.#failure !== undefined || !this.#desk.inFlight.hasNews) return;
    this.#holdDue = true;
    this.#storing ??= this.#storeAll();
  }

  async #stored(): Promise<void> {
    this.#isUrgent = true;
    this.#hurry?.();
    await this.#storing;
  }

  /** Waits until the next commit may begin, or somebody waits for it. */
  async #pace(): Promise<void> {
    const waitMs = this.#storedAtMs + storeSpacingMs - this.#desk.monotonic();
    if (waitMs > 0 && !this.#isUrgent) {
      await new Promise<void>((resolve) => {
        const release = this.#desk.after(waitMs, resolve);
        this.#hurry = () => {
          release();
          resolve();
        };
      });
      this.#hurry = undefined;
    }
    this.#storedAtMs = this.#desk.monotonic();
  }

  async #storeHeld(): Promise<void> {
    this.#holdDue = false;
    this.#heldAtMs = this.#desk.monotonic();
    // Who begins to wait while this one is under way gets one of their own, should it fail.
    const isAwaited = this.#holdIsAwaited;
    try {
      await this.#desk.hold();
    } catch (cause) {
      if (isAwaited) throw cause;
      if (this.#holdIsAwaited) this.#holdDue = true;
      else this.holdSoon();
    }
  }

  async #storeAll(): Promise<void> {
    try {
      while (this.#unstoredCount > 0 || this.#holdDue) {
        await this.#pace();
        if (this.#unstoredCount === 0) {
          await this.#storeHeld();
          continue;
        }
        const withFlight = this.#holdDue;
        this.#holdDue = false;
        const groups = this.#waiting.filter(isDurable);
        const { entries, seal } = await this.#desk.store(groups.flat(), withFlight);
        this.seal = seal;
        this.#unstoredCount -= groups.length;
        this.#show(groups.length, entries);
      }
    } catch (cause) {
      this.#failure = { cause };
      this.#waiting.length = 0;
      this.#desk.onFailed();
    } finally {
      this.#storing = undefined;
      this.#isUrgent = false;
    }
  }

  /** Shows the stored groups with everything between and behind them, up to what is not stored yet. */
  #show(storedCount: number, entries: readonly Entry[]): void {
    let leftCount = storedCount;
    let shownCount = 0;
    let at = 0;
    for (; at < this.#waiting.length; at++) {
      const said = this.#waiting[at];
      if (said === undefined) break;
      if (!isDurable(said)) this.#desk.showTransient(said);
      else if (leftCount-- > 0) {
        this.#desk.showEntries(entries.slice(shownCount, shownCount + said.length));
        shownCount += said.length;
      } else break;
    }
    this.#waiting.splice(0, at);
  }

  #refuseAfterFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.cause;
  }
}

/** The end of a turn, and input that was taken from elsewhere, are not left to a later commit. */
function mustBeStored(events: readonly DurableEvent[]): boolean {
  return events.some(({ type }) => type === "done" || type === "steering");
}

function isDurable(said: TransientEvent | readonly DurableEvent[]): said is readonly DurableEvent[] {
  return Array.isArray(said);
}
