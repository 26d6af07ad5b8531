// What a turn says, in order, on its way to the store and to whoever watches.
//
// The turn runs ahead of the disk: the next model call begins while the last step is being flushed, and steps that end
// meanwhile share the next commit.
//
// Invariants
//   O1  Everything is shown in the order in which it was said, and a durable event only after its commit.
//   O2  The end of a turn is accepted when everything before it is stored. Where something cannot be stored, nothing
//       after it is, and the turn is told to end.
//   O3  At most `stepsAheadMax` steps wait for the disk; then the turn waits as well.
import type { DurableEvent, Entry, TransientEvent } from "@lathe/kernel";
import type { Recorded } from "./recorder.ts";

export interface OutboxDesk {
  /** Stores events in one commit, in order. Called again only after it has settled. */
  store(events: readonly DurableEvent[]): Promise<Recorded>;
  showEntries(entries: readonly Entry[]): void;
  showTransient(event: TransientEvent): void;
  /** Called once, when something could not be stored. */
  onFailed(): void;
}

export const stepsAheadMax = 8;

export class TurnOutbox {
  /** Stored with the turn's end; the caller shows it when the conversation is ready for the next message. */
  seal: Entry | undefined;
  readonly #desk: OutboxDesk;
  /** Said, and not yet shown: durable events by the call that said them. */
  readonly #waiting: (TransientEvent | readonly DurableEvent[])[] = [];
  #unstoredCount = 0;
  #storing: Promise<void> | undefined;
  #failure: { readonly cause: unknown } | undefined;

  constructor(desk: OutboxDesk) {
    this.#desk = desk;
  }

  say(event: TransientEvent): void {
    if (this.#failure !== undefined) return;
    if (this.#storing === undefined) this.#desk.showTransient(event);
    else this.#waiting.push(event);
  }

  /** Settles when the turn may go on. Rejects with what the store said, also of events that came before. */
  async record(events: readonly DurableEvent[]): Promise<void> {
    this.#refuseAfterFailure();
    this.#waiting.push(events);
    this.#unstoredCount++;
    this.#storing ??= this.#storeAll();
    if (mustBeStored(events) || this.#unstoredCount > stepsAheadMax) await this.#storing;
    this.#refuseAfterFailure();
  }

  async #storeAll(): Promise<void> {
    try {
      while (this.#unstoredCount > 0) {
        const groups = this.#waiting.filter(isDurable);
        const { entries, seal } = await this.#desk.store(groups.flat());
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
