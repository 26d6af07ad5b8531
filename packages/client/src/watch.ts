// One conversation as a page shows it: the events of its stream, folded.
import type { TimersPower } from "@lathe/kernel";
import { type ConversationView, foldEvents, startView } from "@lathe/wire";
import { conversationsStream } from "@lathe/wire/operations";
import type { Client } from "./client.ts";
import type { Observable } from "./connection-state.ts";
import { Listeners } from "./listeners.ts";

/**
 * `value` is the view. It is followed while anybody is subscribed; who comes back later is shown at once what was there,
 * and then what has happened since. What happens in one go is told once.
 */
export interface Watch extends Observable<ConversationView> {
  /** Why it is not followed any more: a LatheProblem, or a ConnectionError of a closed client. Null while it is. */
  readonly failure: unknown;
}

export class ConversationWatch implements Watch {
  readonly #id: string;
  readonly #client: Pick<Client, "follow">;
  readonly #timers: TimersPower;
  readonly #listeners = new Listeners();
  #leaving: AbortController | undefined;
  #isTold = true;
  value: ConversationView = startView();
  failure: unknown = null;

  constructor(id: string, client: Pick<Client, "follow">, timers: TimersPower) {
    this.#id = id;
    this.#client = client;
    this.#timers = timers;
  }

  subscribe(listener: () => void): () => void {
    const remove = this.#listeners.add(listener);
    if (this.#leaving === undefined) void this.#follow();
    return () => {
      remove();
      if (this.#listeners.count > 0) return;
      this.#leaving?.abort();
      this.#leaving = undefined;
    };
  }

  async #follow(): Promise<void> {
    const leaving = new AbortController();
    this.#leaving = leaving;
    this.failure = null;
    try {
      const options = { after: this.value.lastSeq, signal: leaving.signal };
      for await (const event of this.#client.follow(conversationsStream, { id: this.#id }, options)) {
        if (leaving.signal.aborted) return;
        this.#show(foldEvents(this.value, event));
      }
      this.#leaving = undefined;
    } catch (failure) {
      if (leaving.signal.aborted) return;
      this.#leaving = undefined;
      this.failure = failure;
      this.#tell();
    }
  }

  #show(view: ConversationView): void {
    if (view === this.value) return;
    this.value = view;
    this.#tell();
  }

  /** Later, and once for all that comes until then: a replay is thousands of events. */
  #tell(): void {
    if (!this.#isTold) return;
    this.#isTold = false;
    this.#timers.after(0, () => {
      this.#isTold = true;
      this.#listeners.tell();
    });
  }
}
