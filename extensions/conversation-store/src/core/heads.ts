// The heads of conversations, those in use in memory.
import type { Conversation, JsonValue, PreparedChanges, Storage } from "@lathe/kernel";
import { LRUCache } from "lru-cache";
import { headKey, headKeyOf, runHeadKey } from "./keys.ts";

export interface Head {
  readonly conversation: Conversation;
  readonly version: number;
}

type Changes = Parameters<Storage["commit"]>[0];

/** Rows of older versions have neither a parent nor overrides. */
export function conversationOf(row: JsonValue): Conversation {
  const kept = row as unknown as Omit<Conversation, "parentRunId" | "overrides"> & Partial<Conversation>;
  return { ...kept, parentRunId: kept.parentRunId ?? null, overrides: kept.overrides ?? null };
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
