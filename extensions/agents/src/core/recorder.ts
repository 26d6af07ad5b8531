// The one place that stores what a turn says.
import type { Conversations, DurableEvent, Entry, Storage, TurnSealed } from "@lathe/kernel";
import type { LiveConversation } from "./live-conversation.ts";

/** A turn that was admitted and has not sealed. Its row is written and removed with the entries that say so. */
export interface RunningTurn {
  readonly conversationId: string;
  readonly turnId: string;
  readonly runId: string;
}

export interface Recorded {
  /** One for each event, in order, and the seal behind them where there is one. */
  readonly entries: readonly Entry[];
  /** The `turn-sealed` among the entries, where there is one: it is stored, and not yet shown. */
  readonly seal: Entry | undefined;
}

export class Recorder {
  readonly #conversations: Conversations;
  readonly #storage: Storage;

  constructor(conversations: Conversations, storage: Storage) {
    this.#conversations = conversations;
    this.#storage = storage;
  }

  /** Stores the events that begin a turn. */
  async admit(
    turn: RunningTurn,
    live: LiveConversation,
    events: readonly DurableEvent[],
  ): Promise<readonly Entry[]> {
    const { conversationId, turnId, runId } = turn;
    const running = this.#storage.prepare({
      puts: [{ key: runningKey(conversationId), value: { turnId, runId } }],
    });
    const options = { state: "in_progress" as const, joined: [running] };
    const entries = await this.#conversations.append(conversationId, events, options);
    live.publishEntries(entries);
    return entries;
  }

  /** Stores events of a running turn in one commit. With its `done` the turn is sealed in the same commit. */
  async record(turn: RunningTurn, events: readonly DurableEvent[]): Promise<Recorded> {
    if (events.at(-1)?.type === "done") return this.#seal(turn, events);
    const entries = await this.#conversations.append(turn.conversationId, events);
    return { entries, seal: undefined };
  }

  async #seal({ conversationId, turnId }: RunningTurn, events: readonly DurableEvent[]): Promise<Recorded> {
    const sealed: TurnSealed = { type: "turn-sealed", conversationId, turnId };
    const ended = this.#storage.prepare({ deletes: [runningKey(conversationId)] });
    const options = { state: "idle" as const, joined: [ended] };
    const entries = await this.#conversations.append(conversationId, [...events, sealed], options);
    return { entries, seal: entries.at(-1) };
  }

  /** The turns that a store says are running, whether or not anybody runs them. */
  async runningTurns(): Promise<readonly RunningTurn[]> {
    const turns: RunningTurn[] = [];
    let after: readonly (string | number)[] | undefined;
    for (;;) {
      const page = await this.#storage.list({ prefix: ["running"], limit: 500, ...(after ? { after } : {}) });
      for (const row of page) {
        const { turnId, runId } = row.value as { turnId: string; runId: string };
        turns.push({ conversationId: String(row.key[1]), turnId, runId });
      }
      after = page.at(-1)?.key;
      if (page.length < 500) return turns;
    }
  }

  async runningTurn(conversationId: string): Promise<RunningTurn | undefined> {
    const row = await this.#storage.get(runningKey(conversationId));
    if (row === undefined) return undefined;
    const { turnId, runId } = row.value as { turnId: string; runId: string };
    return { conversationId, turnId, runId };
  }

  /** Forgets a running turn whose conversation is gone. */
  async forget(conversationId: string): Promise<void> {
    await this.#storage.commit({ deletes: [runningKey(conversationId)] });
  }
}

function runningKey(conversationId: string): readonly string[] {
  return ["running", conversationId];
}
