// A conversation as a client sees it, with everything that the client was ever shown.
import type { Conversation, ConversationEvent, Entry, TurnDone } from "@lathe/kernel";
import { ConversationEventSchema, type ConversationView, foldEvents, startView } from "@lathe/wire";
import * as v from "valibot";
import { expect } from "vitest";
import type { DaemonProcess } from "./daemon-process.ts";
import { readEvents } from "./read-events.ts";

/** One turn, followed from the message to the end of its stream. */
export class WatchedTurn {
  readonly events: ConversationEvent[] = [];
  /** Settles when the stream has ended; rejects where it broke, or was refused. */
  readonly ended: Promise<readonly ConversationEvent[]>;
  readonly #leaving = new AbortController();
  #more = Promise.withResolvers<void>();
  #over = false;

  constructor(daemon: DaemonProcess, path: string, message: object) {
    this.ended = this.#read(streamOf(daemon, path, message, this.#leaving.signal));
    // Whoever waits for something else is told by `seen`.
    this.ended.catch(() => undefined);
  }

  /** Settles with the first event of that kind, seen before or coming. */
  async seen<Type extends ConversationEvent["type"]>(
    type: Type,
    isIt: (event: Extract<ConversationEvent, { type: Type }>) => boolean = () => true,
  ): Promise<Extract<ConversationEvent, { type: Type }>> {
    const isWanted = (event: ConversationEvent): event is Extract<ConversationEvent, { type: Type }> =>
      event.type === type && isIt(event as Extract<ConversationEvent, { type: Type }>);
    for (;;) {
      const found = this.events.flatMap(opened).find(isWanted);
      if (found !== undefined) return found;
      if (this.#over) throw new Error(`The stream ended without ${type}: ${this.types().join(" ")}`);
      await this.#more.promise;
    }
  }

  /** Settles when at least so many events were seen, or the stream is over. */
  async seenCount(count: number): Promise<void> {
    while (this.events.length < count && !this.#over) await this.#more.promise;
  }

  types(): readonly string[] {
    return this.events.map(({ type }) => type);
  }

  /** Closes the connection, as a closed tab does. */
  async leave(): Promise<void> {
    this.#leaving.abort();
    await this.ended.catch(() => undefined);
  }

  async #read(stream: AsyncGenerator<string>): Promise<readonly ConversationEvent[]> {
    try {
      for await (const json of stream) {
        this.events.push(v.parse(ConversationEventSchema, JSON.parse(json)) as ConversationEvent);
        this.#tell();
      }
      return this.events;
    } finally {
      this.#over = true;
      this.#tell();
    }
  }

  #tell(): void {
    const more = this.#more;
    this.#more = Promise.withResolvers();
    more.resolve();
  }
}

async function* streamOf(
  { url, token }: DaemonProcess,
  path: string,
  message: object,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const response = await fetch(new URL(path, url), {
    method: "POST",
    headers: {
      accept: "text/event-stream",
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
    },
    body: JSON.stringify(message),
    signal,
  });
  if (response.ok && response.body !== null) yield* readEvents(response.body);
  else throw new RefusedMessageError(response.status, (await response.json()) as { code: string });
}

export class RefusedMessageError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, { code }: { readonly code: string }) {
    super(`The message was refused: ${status} ${code}`);
    this.name = "RefusedMessageError";
    this.status = status;
    this.code = code;
  }
}

/** What a joining client is given at once counts as seen, too. */
function opened(event: ConversationEvent): readonly ConversationEvent[] {
  return event.type === "step-partial" ? event.events : [event];
}

export class WatchedConversation {
  readonly id: string;
  readonly turns: WatchedTurn[] = [];
  #daemon: DaemonProcess;

  constructor(id: string, daemon: DaemonProcess) {
    this.id = id;
    this.#daemon = daemon;
  }

  static async begin(daemon: DaemonProcess, draft: object): Promise<WatchedConversation> {
    const { id } = await daemon.client.call<Conversation>("POST", "/api/conversations", draft);
    return new WatchedConversation(id, daemon);
  }

  /** The same conversation, served by another daemon from now on. */
  moveTo(daemon: DaemonProcess): void {
    this.#daemon = daemon;
  }

  /** Sends a message and follows its turn. */
  send(text: string, wishes: { readonly model?: string } = {}): WatchedTurn {
    const turn = new WatchedTurn(this.#daemon, `${this.#path}/messages`, { text, ...wishes });
    this.turns.push(turn);
    return turn;
  }

  /** Sends a message and settles with how its turn ended. */
  async ask(text: string): Promise<TurnDone> {
    return endingOf(await this.send(text).ended);
  }

  stop(): Promise<{ stopped: boolean }> {
    return this.#daemon.client.call("POST", `${this.#path}/stop`);
  }

  head(): Promise<Conversation> {
    return this.#daemon.client.call("GET", this.#path);
  }

  async entries(): Promise<readonly Entry[]> {
    const all: Entry[] = [];
    for (;;) {
      const path = `${this.#path}/entries?sinceSeq=${all.length}&limit=500`;
      const { items } = await this.#daemon.client.call<{ items: readonly Entry[] }>("GET", path);
      all.push(...items);
      if (items.length < 500) return all;
    }
  }

  /** Does what a client does that was cut off: it reads the entries that it has missed. */
  async catchUp(turn: WatchedTurn): Promise<void> {
    const held = turn.events.findLast((event) => "seq" in event)?.seq ?? 0;
    turn.events.push(...(await this.entries()).slice(held));
  }

  /** Settles when no turn is in progress. */
  async idle(): Promise<void> {
    while ((await this.head()).state !== "idle") await new Promise((resolve) => setTimeout(resolve, 20));
  }

  get #path(): string {
    return `/api/conversations/${this.id}`;
  }
}

/** Exactly one `done`, and nothing but the seal behind it. */
export function endingOf(events: readonly ConversationEvent[]): TurnDone {
  const endings = events.filter((event) => event.type === "done");
  expect(endings).toHaveLength(1);
  expect(events.slice(-2).map(({ type }) => type)).toEqual(["done", "turn-sealed"]);
  return endings[0] as TurnDone & Entry;
}

/**
 * The promises that hold for a conversation that rests, whatever happened to it: its entries count 1, 2, 3 ..., each
 * turn has one ending and is sealed behind it, and what was shown live is what the log tells.
 */
export async function expectSound(conversation: WatchedConversation): Promise<readonly Entry[]> {
  const entries = await conversation.entries();
  expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
  const turnIds = [...new Set(entries.map(({ turnId }) => turnId))];
  for (const turnId of turnIds) endingOf(entries.filter((entry) => entry.turnId === turnId));
  expect(await conversation.head()).toMatchObject({ state: "idle", lastSeq: entries.length });
  const live = conversation.turns.flatMap(({ events }) => events);
  expect(fold(live)).toEqual(fold(entries));
  return entries;
}

export function fold(events: readonly ConversationEvent[]): ConversationView {
  return events.reduce((view, event) => foldEvents(view, event), startView());
}
