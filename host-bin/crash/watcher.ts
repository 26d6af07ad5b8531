// A client that watches one conversation through all lives of the daemon, and keeps what it was shown.
import { isDeepStrictEqual } from "node:util";
import type { Client } from "@lathe/client";
import type { ConversationEvent, Entry } from "@lathe/kernel";
import { type ConversationView, foldEvents, startView } from "@lathe/wire";
import { conversationsStream } from "@lathe/wire/operations";

export class Watcher {
  readonly conversationId: string;
  readonly transport: "http" | "websocket";
  /** What was shown with a position, by the position. */
  readonly entries: Map<number, Entry> = new Map();
  /** Positions at which it was shown one thing first, and another later. */
  readonly contradictions: number[] = [];
  transientCount = 0;
  /** Everything that it was shown, folded. */
  view: ConversationView = startView();
  readonly #sealed = new Set<string>();
  #lastSeq = 0;
  #more = Promise.withResolvers<void>();

  constructor(conversationId: string, transport: Watcher["transport"]) {
    this.conversationId = conversationId;
    this.transport = transport;
  }

  /** Goes on from what it has, until the signal aborts. Rejects where the daemon refuses. */
  async follow(client: Client, signal: AbortSignal): Promise<void> {
    const options = { after: this.#lastSeq, signal };
    try {
      for await (const event of client.follow(conversationsStream, { id: this.conversationId }, options))
        this.#take(event);
    } catch (failure) {
      if (!signal.aborted) throw failure;
    } finally {
      this.#tell();
    }
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** Settles when it has seen the turn's end; rejects with the signal's reason. */
  async sealed(turnId: string, signal: AbortSignal): Promise<void> {
    const aborted = Promise.withResolvers<never>();
    aborted.promise.catch(() => undefined);
    const onAbort = (): void => aborted.reject(signal.reason);
    signal.addEventListener("abort", onAbort);
    try {
      signal.throwIfAborted();
      while (!this.hasSealed(turnId)) await Promise.race([this.#more.promise, aborted.promise]);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  hasSealed(turnId: string): boolean {
    return this.#sealed.has(turnId);
  }

  #take(event: ConversationEvent): void {
    this.view = foldEvents(this.view, event);
    if ("seq" in event) {
      const shown = this.entries.get(event.seq);
      if (shown === undefined) this.entries.set(event.seq, event);
      else if (!isDeepStrictEqual(shown, event)) this.contradictions.push(event.seq);
      this.#lastSeq = event.seq;
      if (event.type === "turn-sealed") this.#sealed.add(event.turnId);
      this.#tell();
    } else this.transientCount += 1;
  }

  #tell(): void {
    const more = this.#more;
    this.#more = Promise.withResolvers();
    more.resolve();
  }
}
