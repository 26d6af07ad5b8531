// Conversations over the store: one small head row each, and one row for each entry of its log.
//
// Invariants
//   L1  The entries and the head that counts them are put in one commit, checked against the head that was read. So
//       positions are dense, and none is given twice, whoever else writes.
//   L2  Changes of one conversation pass one after the other. Only they fill the cache of heads, after their commit.
//   L3  What has no head cannot be read. A deletion takes the head first and notes the rest; what a crash leaves of the
//       rest is finished at the next start.
import {
  AppendConflictError,
  type ClockPower,
  type Conversation,
  type Conversations,
  type DurableEvent,
  type Entry,
  ForkPositionError,
  type IdsPower,
  type JsonValue,
  type NewConversation,
  type Storage,
  UnknownConversationError,
} from "@lathe/kernel";
import { LRUCache } from "lru-cache";
import type { Deletions } from "./deletions.ts";
import { deletionKey, entryKey, entryPrefix, headKey, headPrefix } from "./keys.ts";
import { Turnstile } from "./turnstile.ts";

export interface LogDesk {
  readonly storage: Storage;
  readonly clock: ClockPower;
  readonly ids: IdsPower;
  readonly deletions: Deletions;
  readonly headCacheCountMax: number;
}

export type Removal =
  | { readonly kind: "deleted" }
  | { readonly kind: "absent" }
  /** A turn is in progress, and only an idle conversation was to be deleted. */
  | { readonly kind: "busy" };

interface Head {
  readonly conversation: Conversation;
  readonly version: number;
}

type AppendOptions = NonNullable<Parameters<Conversations["append"]>[2]>;

export class ConversationLog implements Conversations {
  readonly #desk: LogDesk;
  readonly #heads: LRUCache<string, Head>;
  readonly #turnstile = new Turnstile();

  constructor(desk: LogDesk) {
    this.#desk = desk;
    this.#heads = new LRUCache({ max: desk.headCacheCountMax });
  }

  async create(draft: NewConversation): Promise<Conversation> {
    const nowMs = this.#desk.clock.nowMs();
    const conversation: Conversation = {
      id: this.#desk.ids.newId("cnv"),
      owner: draft.owner,
      title: draft.title,
      agent: draft.agent,
      model: draft.model,
      cwd: draft.cwd,
      state: "idle",
      lastSeq: 0,
      forkedFrom: null,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
    };
    const key = headKey(conversation.id);
    const outcome = await this.#desk.storage.commit({
      checks: [{ key, version: null }],
      puts: [{ key, value: asJson(conversation) }],
    });
    if (outcome.kind === "conflict")
      throw new Error("A new conversation got the id of one that is there already.");
    this.#heads.set(conversation.id, { conversation, version: outcome.version });
    return conversation;
  }

  async fork(): Promise<Conversation> {
    throw new ForkPositionError("Conversations cannot be forked yet.");
  }

  async get(id: string): Promise<Conversation | undefined> {
    return (await this.#findHead(id))?.conversation;
  }

  async list({ limit, after }: Parameters<Conversations["list"]>[0]): Promise<readonly Conversation[]> {
    const page = { prefix: headPrefix, limit, reverse: true };
    const rows = await this.#desk.storage.list(
      after === undefined ? page : { ...page, before: headKey(after) },
    );
    return rows.map(({ value }) => value as unknown as Conversation);
  }

  async delete(id: string): Promise<boolean> {
    return (await this.remove(id)).kind === "deleted";
  }

  /** As `delete`, and says why where it did not. */
  async remove(id: string, options: { readonly onlyIdle?: boolean } = {}): Promise<Removal> {
    const removal = await this.#turnstile.pass(id, () => this.#removeHead(id, options.onlyIdle ?? false));
    if (removal.kind === "deleted") await this.#desk.deletions.finish(id);
    return removal;
  }

  append(
    id: string,
    events: readonly DurableEvent[],
    options: AppendOptions = {},
  ): Promise<readonly Entry[]> {
    return this.#turnstile.pass(id, () => this.#append(id, events, options));
  }

  async entries(
    id: string,
    { sinceSeq, limit }: { readonly sinceSeq: number; readonly limit: number },
  ): Promise<readonly Entry[]> {
    const rows = await this.#desk.storage.list({
      prefix: entryPrefix(id),
      after: entryKey(id, sinceSeq),
      limit,
    });
    // Looked for last: had the head been there before only, the rows could be what a deletion has left so far.
    if ((await this.#findHead(id)) === undefined) throw new UnknownConversationError(id);
    return rows.map(({ value }) => value as unknown as Entry);
  }

  async #append(
    id: string,
    events: readonly DurableEvent[],
    options: AppendOptions,
  ): Promise<readonly Entry[]> {
    const joined = options.joined ?? [];
    // Each conflict means that another writer has got on, so this ends.
    for (;;) {
      const head = await this.#findHead(id);
      if (head === undefined) throw new UnknownConversationError(id);
      const { entries, conversation } = this.#extend(head.conversation, events, options.state);
      const puts = entries.map((entry) => ({ key: entryKey(id, entry.seq), value: asJson(entry) }));
      puts.push({ key: headKey(id), value: asJson(conversation) });
      const outcome = await this.#commit(head, { puts }, joined);
      if (outcome.kind === "committed") {
        this.#heads.set(id, { conversation, version: outcome.version });
        return entries;
      }
      // What was joined can be used once only, so its owner must decide.
      if (joined.length > 0 && (await this.#findHead(id)) !== undefined) throw new AppendConflictError(id);
    }
  }

  #extend(
    before: Conversation,
    events: readonly DurableEvent[],
    state: Conversation["state"] = before.state,
  ): { readonly entries: readonly Entry[]; readonly conversation: Conversation } {
    const atMs = this.#desk.clock.nowMs();
    const entries = events.map(
      (event, index): Entry => ({ ...event, seq: before.lastSeq + 1 + index, atMs }),
    );
    return {
      entries,
      conversation: { ...before, state, lastSeq: before.lastSeq + events.length, updatedAtMs: atMs },
    };
  }

  async #removeHead(id: string, onlyIdle: boolean): Promise<Removal> {
    for (;;) {
      const head = await this.#findHead(id);
      if (head === undefined) return { kind: "absent" };
      if (onlyIdle && head.conversation.state !== "idle") return { kind: "busy" };
      const puts = [{ key: deletionKey(id), value: head.conversation.lastSeq }];
      const outcome = await this.#commit(head, { puts, deletes: [headKey(id)] }, []);
      this.#heads.delete(id);
      if (outcome.kind === "committed") return { kind: "deleted" };
    }
  }

  /** Commits on the condition that the head is still this one. The cache forgets a head that may have changed. */
  async #commit(
    head: Head,
    changes: Omit<Parameters<Storage["commit"]>[0], "checks">,
    joined: NonNullable<AppendOptions["joined"]>,
  ): ReturnType<Storage["commit"]> {
    const { id } = head.conversation;
    try {
      const checks = [{ key: headKey(id), version: head.version }];
      const outcome = await this.#desk.storage.commit({ ...changes, checks }, ...joined);
      if (outcome.kind === "conflict") this.#heads.delete(id);
      return outcome;
    } catch (failure) {
      this.#heads.delete(id);
      throw failure;
    }
  }

  async #findHead(id: string): Promise<Head | undefined> {
    const cached = this.#heads.get(id);
    if (cached !== undefined) return cached;
    const row = await this.#desk.storage.get(headKey(id));
    return row === undefined
      ? undefined
      : { conversation: row.value as unknown as Conversation, version: row.version };
  }
}

function asJson(value: Conversation | Entry): JsonValue {
  return value as unknown as JsonValue;
}
