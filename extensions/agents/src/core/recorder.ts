// The one place that stores what a turn says, and shows it afterwards.
//
// Invariant: an event is published only after its commit. Nobody ever sees what a crash could take back.
import type {
  ConversationState,
  Conversations,
  DurableEvent,
  Entry,
  PreparedChanges,
  Storage,
  TurnSealed,
} from "@lathe/kernel";
import type { LiveConversation } from "./live-conversation.ts";

/** A turn that was admitted and has not sealed. Its row is written and removed with the entries that say so. */
export interface RunningTurn {
  readonly conversationId: string;
  readonly turnId: string;
  readonly runId: string;
}

export class Recorder {
  readonly #conversations: Conversations;
  readonly #storage: Storage;

  constructor(conversations: Conversations, storage: Storage) {
    this.#conversations = conversations;
    this.#storage = storage;
  }

  /** Stores the events that begin a turn. */
  admit(
    turn: RunningTurn,
    live: LiveConversation,
    events: readonly DurableEvent[],
  ): Promise<readonly Entry[]> {
    const { turnId, runId } = turn;
    const value = { turnId, runId };
    const running = this.#storage.prepare({ puts: [{ key: runningKey(turn.conversationId), value }] });
    return this.#append(turn.conversationId, live, events, "in_progress", [running]);
  }

  /** Stores events of a running turn. With its `done` the turn is sealed in the same commit. */
  record(
    turn: RunningTurn,
    live: LiveConversation,
    events: readonly DurableEvent[],
  ): Promise<readonly Entry[]> {
    if (events.at(-1)?.type !== "done") return this.#append(turn.conversationId, live, events, undefined, []);
    const { conversationId, turnId } = turn;
    const sealed: TurnSealed = { type: "turn-sealed", conversationId, turnId };
    const ended = this.#storage.prepare({ deletes: [runningKey(conversationId)] });
    return this.#append(conversationId, live, [...events, sealed], "idle", [ended]);
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

  async #append(
    conversationId: string,
    live: LiveConversation,
    events: readonly DurableEvent[],
    state: ConversationState | undefined,
    joined: readonly PreparedChanges[],
  ): Promise<readonly Entry[]> {
    const options = state === undefined ? { joined } : { joined, state };
    const entries = await this.#conversations.append(conversationId, events, options);
    live.publishEntries(entries);
    return entries;
  }
}

function runningKey(conversationId: string): readonly string[] {
  return ["running", conversationId];
}
