// The heads of conversations, those in use in memory.
import type { Conversation, PreparedChanges, Storage } from "@lathe/kernel";
import { LRUCache } from "lru-cache";
import { headKey } from "./keys.ts";

export interface Head {
  readonly conversation: Conversation;
  readonly version: number;
}

type Changes = Parameters<Storage["commit"]>[0];

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
    const row = await this.#storage.get(headKey(id));
    return row === undefined
      ? undefined
      : { conversation: row.value as unknown as Conversation, version: row.version };
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
      const checks = [...(changes.checks ?? []), { key: headKey(id), version: head.version }];
      const outcome = await this.#storage.commit({ ...changes, checks }, ...joined);
      if (outcome.kind === "conflict") this.drop(id);
      return outcome;
    } catch (failure) {
      this.drop(id);
      throw failure;
    }
  }
}
