// Tells whoever follows a list which of its rows have changed.
//
// Owns: the followers, and what each of them is still to be told.
// Does not own: the rows. They are read when they are told.
//
// Invariants
//   F1  A follower is told the latest state of each row that was noted after his `feed-start`, in any order, and a deletion
//       after everything else of its row. What a row was in between may be left out.
//   F2  Nothing waits for a follower, and what waits for him is ids: `waitingCountMax` of them at most. Beyond that they are
//       forgotten, and he is told to begin again.
//   F3  Nobody is told of a row that he may not see, nor of its id.
import type { ChangeEvent, TimersPower } from "@lathe/kernel";
import { type EventSink, type EventStream, mayTouch, type Principal } from "@lathe/wire";
import { problem } from "./answering/problems.ts";

export interface ChangeFeedDesk<Row extends { readonly owner: string }> {
  readonly timers: TimersPower;
  /** The rows as they are now, one answer for each id, in their order. Never older than what was noted before. */
  readonly read: (ids: readonly string[]) => Promise<readonly (Row | undefined)[]>;
  /** What is told of a row; null = it was deleted. */
  readonly eventOf: (id: string, row: Row | null) => ChangeEvent;
  /** Told when rows could not be read; the followers who waited for them are let go, and come back. */
  readonly onFailure: (failure: unknown) => void;
}

/** What happens within such a time is told once for each row. */
const windowMs = 50;
const batchSize = 50;
const waitingCountMax = 10_000;

export class ChangeFeed<Row extends { readonly owner: string }> {
  readonly #desk: ChangeFeedDesk<Row>;
  readonly #followers = new Set<Follower<Row>>();

  constructor(desk: ChangeFeedDesk<Row>) {
    this.#desk = desk;
  }

  /** Notes that a row is new or has changed. Called after the commit; returns at once. */
  noteChanged(id: string): void {
    for (const follower of this.#followers) follower.note(id, false);
  }

  /** Notes that the row of this owner is gone for good. As `noteChanged` otherwise. */
  noteDeleted(id: string, owner: string): void {
    for (const follower of this.#followers) follower.noteDeleted(id, owner);
  }

  /** What a principal who follows is told. */
  streamFor(principal: Principal): EventStream {
    return (sink) => {
      const follower = new Follower(principal, sink, this.#desk);
      this.#followers.add(follower);
      follower.greet();
      return () => {
        this.#followers.delete(follower);
        follower.leave();
      };
    };
  }
}

class Follower<Row extends { readonly owner: string }> {
  readonly #principal: Principal;
  readonly #sink: EventSink;
  readonly #desk: ChangeFeedDesk<Row>;
  /** The ids to be told of, and whether the row is known to be deleted. */
  readonly #waiting = new Map<string, boolean>();
  #isTelling = false;
  #isLeft = false;
  #mustBegin = true;
  #releaseWindow: () => void = () => {};

  constructor(principal: Principal, sink: EventSink, desk: ChangeFeedDesk<Row>) {
    this.#principal = principal;
    this.#sink = sink;
    this.#desk = desk;
  }

  /** Nothing is delivered before whoever follows knows how to stop. */
  greet(): void {
    this.#isTelling = true;
    queueMicrotask(() => void this.#tellAll());
  }

  note(id: string, isDeleted: boolean): void {
    // What is deleted does not come back.
    this.#waiting.set(id, isDeleted || this.#waiting.get(id) === true);
    if (this.#waiting.size > waitingCountMax) {
      this.#waiting.clear();
      this.#mustBegin = true;
    }
    if (!this.#isTelling) this.#tellLater();
  }

  noteDeleted(id: string, owner: string): void {
    if (mayTouch(this.#principal, owner)) this.note(id, true);
  }

  leave(): void {
    this.#isLeft = true;
    this.#waiting.clear();
    this.#releaseWindow();
  }

  #tellLater(): void {
    this.#isTelling = true;
    this.#releaseWindow = this.#desk.timers.after(windowMs, () => void this.#tellAll());
  }

  /** Everything that waits by now. What comes meanwhile waits for the next time, so that it is told once as well. */
  async #tellAll(): Promise<void> {
    try {
      await this.#sink.ready?.();
      if (this.#mustBegin) this.#tellStart();
      for (let dueCount = this.#waiting.size; dueCount > 0 && !this.#isLeft; dueCount -= batchSize) {
        await this.#sink.ready?.();
        await this.#tellSome();
      }
      this.#isTelling = false;
      if (!this.#isLeft && (this.#mustBegin || this.#waiting.size > 0)) this.#tellLater();
    } catch (failure) {
      if (this.#isLeft) return;
      this.#desk.onFailure(failure);
      this.#sink.end(feedFailed);
    }
  }

  #tellStart(): void {
    this.#mustBegin = false;
    this.#tell({ type: "feed-start" });
  }

  /** As many as the client takes; the others go back, to be read again when he does. */
  async #tellSome(): Promise<void> {
    const batch = [...this.#waiting].slice(0, batchSize);
    for (const [id] of batch) this.#waiting.delete(id);
    const rows = await this.#desk.read(batch.map(([id]) => id));
    for (const [at, [id, isDeleted]] of batch.entries()) {
      if (this.#isLeft || this.#mustBegin) return;
      const row = rows[at] ?? null;
      // One that is not there and not deleted has been deleted a moment ago: that will be noted.
      const isShown = isDeleted || (row !== null && mayTouch(this.#principal, row.owner));
      if (isShown && this.#sink.ready?.() === undefined)
        this.#tell(this.#desk.eventOf(id, isDeleted ? null : row));
      else if (isShown) this.note(id, isDeleted);
    }
  }

  #tell(event: ChangeEvent): void {
    if (!this.#isLeft) this.#sink.event(event, () => JSON.stringify(event));
  }
}

const feedFailed = problem(
  503,
  "feed-failed",
  "Changes could not be read, so that some would be missed. Follow them again, and read the list.",
);
