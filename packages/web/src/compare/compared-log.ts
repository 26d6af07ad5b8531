// What a conversation says from a position on: read by page for as long as somebody wants more, and live from its end on.
//
// Invariants
//   L1  The view is at every moment the fold of the entries from the position on, in order and without a gap.
//   L2  What is read and what is followed meet: the stream is asked for from the last entry that was read.
//   L3  A turn that was not read to its end is not told of, unless it is the one in progress.
import type { ConversationEvent } from "@lathe/kernel";
import { type ConversationView, foldEvents, startView, type TurnView, turnsOf } from "@lathe/wire";
import type { EntriesPage } from "@lathe/wire/operations";
import { batch, type ReadonlySignal, type Signal, signal } from "@preact/signals";

export interface LogDesk {
  /** The entries after a position, oldest first. */
  readonly read: (sinceSeq: number, signal: AbortSignal) => Promise<EntriesPage>;
  readonly follow: (afterSeq: number, signal: AbortSignal) => AsyncIterable<ConversationEvent>;
  /** Calls back once, when it is time to show something; returns how to take it back. */
  readonly later: (show: () => void) => () => void;
}

export type Reach =
  | { readonly kind: "reading" }
  /** There is more, which is read when it is asked for. */
  | { readonly kind: "more" }
  /** Everything is there, and what happens comes as it happens. */
  | { readonly kind: "end" }
  | { readonly kind: "failed"; readonly failure: unknown };

export class ComparedLog {
  readonly #desk: LogDesk;
  readonly #turns: Signal<readonly TurnView[]> = signal([]);
  readonly #reach: Signal<Reach> = signal({ kind: "reading" });
  readonly #current: Signal<TurnView | null> = signal(null);
  readonly #lastSeq: Signal<number>;
  #view: ConversationView;
  #leaving: AbortController | undefined;
  #wanted: (() => void) | undefined;
  #takeBack: (() => void) | undefined;

  /** `sinceSeq`: the position of the last entry that is not read. */
  constructor(sinceSeq: number, desk: LogDesk) {
    this.#desk = desk;
    this.#view = startView(sinceSeq);
    this.#lastSeq = signal(sinceSeq);
  }

  /** The turns that the conversation goes on from, oldest first, the one in progress last. */
  get turns(): ReadonlySignal<readonly TurnView[]> {
    return this.#turns;
  }

  /** The turn in progress; null where it is not known to be one. */
  get current(): ReadonlySignal<TurnView | null> {
    return this.#current;
  }

  get reach(): ReadonlySignal<Reach> {
    return this.#reach;
  }

  /** Position of the last entry that is shown. */
  get lastSeq(): ReadonlySignal<number> {
    return this.#lastSeq;
  }

  /** Begins, or goes on after a failure. Returns how to stop. */
  start(): () => void {
    this.#leaving?.abort();
    const leaving = new AbortController();
    this.#leaving = leaving;
    void this.#run(leaving.signal);
    return () => {
      // It may have been begun again since.
      this.#leaving?.abort();
      this.#drawNoMore();
    };
  }

  /** Reads on where there is more. */
  more(): void {
    this.#wanted?.();
  }

  async #run(signal: AbortSignal): Promise<void> {
    try {
      this.#reach.value = { kind: "reading" };
      await this.#readToEnd(signal);
      for await (const event of this.#desk.follow(this.#view.lastSeq, signal)) {
        signal.throwIfAborted();
        if (event.type === "reset")
          throw new Error("The conversation is another one by now. Compare them again.");
        this.#view = foldEvents(this.#view, event);
        this.#takeBack ??= this.#desk.later(() => {
          this.#takeBack = undefined;
          this.#show({ kind: "end" });
        });
      }
    } catch (failure) {
      if (signal.aborted) return;
      // What was about to be drawn is shown with the failure, which it must not cover.
      this.#drawNoMore();
      this.#show({ kind: "failed", failure });
    }
  }

  #drawNoMore(): void {
    this.#takeBack?.();
    this.#takeBack = undefined;
  }

  async #readToEnd(signal: AbortSignal): Promise<void> {
    for (;;) {
      const shownCount = this.#view.turns.length;
      const page = await this.#desk.read(this.#view.lastSeq, signal);
      signal.throwIfAborted();
      this.#view = page.items.reduce(foldEvents, this.#view);
      if (page.items.length === 0 || this.#view.lastSeq >= page.lastSeq) break;
      // A page that ends no turn shows nothing: whoever wanted more still wants it.
      if (this.#view.turns.length <= shownCount) continue;
      this.#show({ kind: "more" });
      await this.#untilWanted(signal);
      this.#reach.value = { kind: "reading" };
    }
    this.#show({ kind: "end" });
  }

  async #untilWanted(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leave = (): void => reject(signal.reason);
    signal.addEventListener("abort", leave);
    this.#wanted = resolve;
    try {
      await promise;
    } finally {
      this.#wanted = undefined;
      signal.removeEventListener("abort", leave);
    }
  }

  #show(reach: Reach): void {
    const view = this.#view;
    const wasWhole = this.#reach.peek().kind === "end";
    const isWhole = reach.kind === "end" || (reach.kind === "failed" && wasWhole);
    batch(() => {
      this.#turns.value = isWhole ? turnsOf(view) : view.turns;
      this.#current.value = reach.kind === "end" ? view.current : null;
      this.#lastSeq.value = view.lastSeq;
      this.#reach.value = reach;
    });
  }
}
