// One conversation as a page shows it: the events of its stream, folded; from its first entry on, or from about so many
// before its end, and then backwards by page.
//
// Invariants
//   H1  The view is at every moment the fold of all entries from the first one held on, and of what is transient.
//   H2  What is read and what is followed meet: the stream is asked for from the last entry that was read.
//   H3  At most one page is on its way. Nothing that comes after somebody has left changes anything.
import type { Entry, TimersPower } from "@lathe/kernel";
import { type ConversationView, foldEvents, startView } from "@lathe/wire";
import { conversationsEntries, conversationsGet, conversationsStream } from "@lathe/wire/operations";
import type { Client } from "../client.ts";
import type { Observable } from "../connection-state.ts";
import { Listeners } from "../listeners.ts";
import { Backoff } from "../resume/backoff.ts";
import { type FollowDesk, waitToRetry } from "../resume/follow.ts";
import { persist } from "../resume/persist.ts";
import { prepend } from "./prepend.ts";
import { readBack } from "./turn-pages.ts";

export interface WatchOptions {
  /**
   * The view begins about so many entries before the end, at the first entry of a turn; where absent, with the first of
   * all. Also how many `loadEarlier` adds. At least 1. Where the turn that stands there began more than 992 entries before,
   * the view begins with the next turn, or within that turn where it is the last: it then lacks its message, agent and
   * first steps until an earlier page brings them.
   */
  readonly tail?: number;
}

/** What there is before the view's first entry. */
export type Earlier =
  /** Nothing: the view begins with the conversation. */
  | { readonly kind: "none" }
  /** The entries before this position, which is that of the first one held. */
  | { readonly kind: "more"; readonly beforeSeq: number }
  /** A page is on its way, or the place where the view begins is still looked for. */
  | { readonly kind: "loading" }
  /** The page did not come: a LatheProblem or a ConnectionError. What was there still is; `loadEarlier` tries again. */
  | { readonly kind: "failed"; readonly failure: unknown };

/**
 * `value` is the view. It is followed while anybody is subscribed; who comes back later is shown at once what was there,
 * and then what has happened since. What happens in one go is told once, for `value`, `failure` and `earlier` alike. A log
 * that turns out to be another one is shown anew, from where `tail` says.
 */
export interface Watch extends Observable<ConversationView> {
  /** Why it is not followed any more: a LatheProblem, or a ConnectionError of a closed client. Null while it is. */
  readonly failure: unknown;
  /** Always `none` where the whole conversation was asked for. */
  readonly earlier: Earlier;
  /**
   * Puts one page before what is there. Turns that say the same as before keep their identity. Asks nothing where there is
   * nothing before, or nobody is subscribed; while a page is on its way, that is the one. Settles when the page is in
   * `value`, or `earlier` says why it is not; never rejects. Ends without a page when the last one unsubscribes.
   */
  loadEarlier(): Promise<void>;
}

export interface WatchDesk {
  readonly client: Pick<Client, "call" | "follow">;
  readonly follow: FollowDesk;
  readonly timers: TimersPower;
  /** Aborts when the client is closed. */
  readonly closing: AbortSignal;
}

export class ConversationWatch implements Watch {
  readonly #id: string;
  readonly #tail: number | undefined;
  readonly #desk: WatchDesk;
  readonly #listeners = new Listeners();
  /** What the view is made of, as long as there is more to be put before it. */
  #entries: Entry[] = [];
  /** Whether it is known where the view begins. */
  #isPlaced: boolean;
  #leaving: AbortController | undefined;
  #loading: { readonly leaving: AbortController; readonly loaded: Promise<void> } | undefined;
  #isTold = true;
  value: ConversationView = startView();
  failure: unknown = null;
  earlier: Earlier;

  constructor(id: string, desk: WatchDesk, { tail }: WatchOptions = {}) {
    this.#id = id;
    this.#desk = desk;
    this.#tail = tail === undefined ? undefined : Math.max(1, Math.floor(tail));
    this.#isPlaced = tail === undefined;
    this.earlier = { kind: tail === undefined ? "none" : "loading" };
  }

  subscribe(listener: () => void): () => void {
    const remove = this.#listeners.add(listener);
    if (this.#leaving === undefined) void this.#stay();
    return () => {
      remove();
      if (this.#listeners.count > 0) return;
      this.#leaving?.abort();
      this.#leaving = undefined;
      if (this.#leaveLoading()) this.earlier = earlierOf(this.#entries);
    };
  }

  loadEarlier(): Promise<void> {
    const isMore = this.earlier.kind === "more" || this.earlier.kind === "failed";
    if (this.#loading === undefined && isMore && this.#isPlaced && this.#listeners.count > 0) {
      const leaving = new AbortController();
      this.#tellEarlier({ kind: "loading" });
      this.#loading = { leaving, loaded: this.#load(leaving.signal) };
    }
    return this.#loading?.loaded ?? Promise.resolve();
  }

  async #stay(): Promise<void> {
    const leaving = new AbortController();
    this.#leaving = leaving;
    this.failure = null;
    try {
      await this.#follow(leaving.signal);
      // Somebody may have left meanwhile and come back: what follows then is not this one's to end.
      if (this.#leaving === leaving) this.#leaving = undefined;
    } catch (failure) {
      if (leaving.signal.aborted) return;
      this.#leaving = undefined;
      this.failure = failure;
      if (!this.#isPlaced) this.earlier = { kind: "failed", failure };
      this.#tell();
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { follow } = this.#desk;
    const backoff = new Backoff(follow.backoff, follow.powers.random);
    let leaveWait = (): void => undefined;
    for (;;) {
      const placed = this.#isPlaced ? undefined : this.#begin(signal);
      leaveWait();
      await placed;
      if ((await this.#goOn(signal, () => backoff.reset())) === "over") return;
      // A daemon that finds every log to be another one is not asked without a pause.
      leaveWait = await waitToRetry(backoff.nextMs(), follow, this.#until(signal));
    }
  }

  /** Shows the end of the conversation, from about `tail` entries before. */
  async #begin(signal: AbortSignal): Promise<void> {
    const { client, follow } = this.#desk;
    const entries = await persist(
      async () => {
        const { lastSeq } = await client.call(conversationsGet, { id: this.#id }, { signal });
        return await this.#readBack(lastSeq, signal);
      },
      follow,
      this.#until(signal),
    );
    signal.throwIfAborted();
    this.#isPlaced = true;
    this.value = entries.reduce(foldEvents, startView((entries[0]?.seq ?? 1) - 1));
    this.#hold([...entries]);
    this.#tell();
  }

  async #goOn(signal: AbortSignal, onProgress: () => void): Promise<"over" | "another-log"> {
    const options = { after: this.value.lastSeq, signal };
    for await (const event of this.#desk.client.follow(conversationsStream, { id: this.#id }, options)) {
      signal.throwIfAborted();
      if (event.type === "reset" && this.#tail !== undefined) {
        this.#isPlaced = false;
        this.#leaveLoading();
        this.#tellEarlier({ kind: "loading" });
        return "another-log";
      }
      const view = foldEvents(this.value, event);
      if ("seq" in event && view.lastSeq !== this.value.lastSeq) {
        onProgress();
        if (this.earlier.kind !== "none") this.#entries.push(event);
      }
      this.#show(view);
    }
    return "over";
  }

  async #load(signal: AbortSignal): Promise<void> {
    try {
      const beforeSeq = this.#entries[0]?.seq ?? 1;
      const page = await this.#readBack(beforeSeq - 1, signal);
      signal.throwIfAborted();
      const entries = [...page, ...this.#entries];
      this.#show(prepend(entries, this.value));
      this.#hold(entries);
      this.#tell();
    } catch (failure) {
      // Whoever aborted it has said what there is now.
      if (!signal.aborted) this.#tellEarlier({ kind: "failed", failure });
    }
    if (this.#loading?.leaving.signal === signal) this.#loading = undefined;
  }

  #readBack(lastSeq: number, signal: AbortSignal): Promise<readonly Entry[]> {
    return readBack(lastSeq, this.#tail ?? 1, async (sinceSeq, limit) => {
      const input = { id: this.#id, sinceSeq, limit };
      return (await this.#desk.client.call(conversationsEntries, input, { signal })).items;
    });
  }

  /** What is whole is not put together again, and its entries are not needed any more. */
  #hold(entries: Entry[]): void {
    this.earlier = earlierOf(entries);
    this.#entries = this.earlier.kind === "none" ? [] : entries;
  }

  #leaveLoading(): boolean {
    const wasLoading = this.#loading !== undefined;
    this.#loading?.leaving.abort();
    this.#loading = undefined;
    return wasLoading;
  }

  #until(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([this.#desk.closing, signal]);
  }

  #show(view: ConversationView): void {
    if (view === this.value) return;
    this.value = view;
    this.#tell();
  }

  #tellEarlier(earlier: Earlier): void {
    this.earlier = earlier;
    this.#tell();
  }

  /** Later, and once for all that comes until then: a replay is thousands of events. */
  #tell(): void {
    if (!this.#isTold) return;
    this.#isTold = false;
    this.#desk.timers.after(0, () => {
      this.#isTold = true;
      this.#listeners.tell();
    });
  }
}

function earlierOf([first]: readonly Entry[]): Earlier {
  return first === undefined || first.seq === 1 ? { kind: "none" } : { kind: "more", beforeSeq: first.seq };
}
