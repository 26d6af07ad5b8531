// The heads of conversations, those in use in memory.
import type { Conversation, JsonValue, PreparedChanges, Storage } from "@lathe/kernel";
import { LRUCache } from "lru-cache";
import { headKey, headKeyOf, runHeadKey } from "./keys.ts";

export interface Head {
  readonly conversation: Conversation;
  readonly version: number;
}

type Changes = Parameters<Storage["commit"]>[0];

type Kept = Omit<Conversation, "parentRunId" | "overrides" | "lastActiveAtMs"> & Partial<Conversation>;

/**
 * Rows of older versions have neither a parent nor overrides. Where they do not say when the conversation was active last,
 * it was when it was changed last; that does not change before a row does that says it.
 */
export function conversationOf(row: JsonValue): Conversation {
  const kept = row as unknown as Kept;
  const { parentRunId = null, overrides = null, lastActiveAtMs = kept.updatedAtMs } = kept;
  return { ...kept, parentRunId, overrides, lastActiveAtMs };
}

export class Heads {
  readonly #storage: Storage;
  readonly #cache: LRUCache<string, Head>;

  constructor(storage: Storage, cacheCountMax: number) {
    this.#storage = storage;
    this.#cache = new LRUCache({ max: cacheCountMax });
  }

  /** Only whoever has the conversation's turn at the turnstile may `keep` what it finds. */
  async find(id: string): Promise<Head | undefined> {
    const cached = this.#cache.get(id);
    if (cached !== undefined) return cached;
    const rows = await this.#storage.getMany([headKey(id), runHeadKey(id)]);
    const row = rows.find((found) => found !== undefined);
    return row && { conversation: conversationOf(row.value), version: row.version };
  }

  keep(head: Head): void {
    this.#cache.set(head.conversation.id, head);
  }

  drop(id: string): void {
    this.#cache.delete(id);
  }

  /** Commits on the condition that the head is still this one. The cache forgets a head that may have changed. */
  async commitIf(
    head: Head,
    changes: Changes,
    joined: readonly PreparedChanges[] = [],
  ): ReturnType<Storage["commit"]> {
    const { id } = head.conversation;
    try {
      const key = headKeyOf(head.conversation);
      const checks = [...(changes.checks ?? []), { key, version: head.version }];
      const outcome = await this.#storage.commit({ ...changes, checks }, ...joined);
      if (outcome.kind === "conflict") this.drop(id);
      return outcome;
    } catch (failure) {
      this.drop(id);
      throw failure;
    }
  }
}
