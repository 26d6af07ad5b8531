// Reads a log through its forks: which stretches of which logs a conversation is made of, and what they hold.
import {
  type Conversation,
  type Entry,
  type JsonValue,
  type LogStretch,
  type Storage,
  UnknownConversationError,
} from "@lathe/kernel";
import { LRUCache } from "lru-cache";
import { entryKey, entryPrefix, lineageKey, turnEndKey } from "./keys.ts";

/** A stretch that has an end: all but a conversation's own. */
export type SharedStretch = LogStretch & { readonly toSeq: number };

interface Page {
  readonly sinceSeq: number;
  readonly limit: number;
}

export class Lineages {
  readonly #storage: Storage;
  // What a fork shares is settled when it is made, so what is kept never grows old.
  readonly #shared: LRUCache<string, readonly SharedStretch[]>;

  constructor(storage: Storage, cacheCountMax: number) {
    this.#storage = storage;
    this.#shared = new LRUCache({ max: cacheCountMax });
  }

  async of({ id, forkedFrom }: Conversation): Promise<readonly LogStretch[]> {
    if (forkedFrom === null) return [{ conversationId: id, afterSeq: 0, toSeq: null }];
    const shared = this.#shared.get(id) ?? sharedStretches((await this.#storage.get(lineageKey(id)))?.value);
    if (shared.length === 0) throw new UnknownConversationError(id);
    this.#shared.set(id, shared);
    return [...shared, { conversationId: id, afterSeq: shared.at(-1)?.toSeq ?? 0, toSeq: null }];
  }

  async entries(conversation: Conversation, { sinceSeq, limit }: Page): Promise<readonly Entry[]> {
    if (conversation.forkedFrom === null) return this.#read(conversation.id, sinceSeq, null, limit);
    const found: Entry[] = [];
    for (const { conversationId, afterSeq, toSeq } of await this.of(conversation)) {
      if (found.length === limit || (toSeq !== null && toSeq <= sinceSeq)) continue;
      const since = Math.max(afterSeq, sinceSeq);
      for (const entry of await this.#read(conversationId, since, toSeq, limit - found.length))
        found.push(toSeq === null ? entry : { ...entry, conversationId: conversation.id });
    }
    return found;
  }

  async turnEnd(conversation: Conversation, turnId: string): Promise<number | undefined> {
    const stretches = await this.of(conversation);
    const keys = stretches.map(({ conversationId }) => turnEndKey(conversationId, turnId));
    const rows = await this.#storage.getMany(keys);
    const at = stretches.findLastIndex(({ toSeq }, index) => {
      const row = rows[index];
      return row !== undefined && (toSeq === null || Number(row.value) <= toSeq);
    });
    return at === -1 ? undefined : Number(rows[at]?.value);
  }

  async #read(id: string, sinceSeq: number, toSeq: number | null, limit: number): Promise<readonly Entry[]> {
    const query = { prefix: entryPrefix(id), after: entryKey(id, sinceSeq), limit };
    const rows = await this.#storage.list(
      toSeq === null ? query : { ...query, before: entryKey(id, toSeq + 1) },
    );
    return rows.map(({ value }) => value as unknown as Entry);
  }
}

/** The part of the stretches that lies at or before the position. */
export function cutAt(stretches: readonly LogStretch[], seq: number): readonly SharedStretch[] {
  return stretches
    .filter(({ afterSeq }) => afterSeq < seq)
    .map((stretch) => ({ ...stretch, toSeq: Math.min(stretch.toSeq ?? seq, seq) }));
}

/** How a fork's lineage is stored. */
export function lineageRow(shared: readonly SharedStretch[]): JsonValue {
  return shared.map(({ conversationId, toSeq }) => [conversationId, toSeq]);
}

/** What was stored by `lineageRow`; nothing where there is no such row. */
export function sharedStretches(row: JsonValue | undefined): readonly SharedStretch[] {
  const pairs = (row ?? []) as readonly (readonly [string, number])[];
  return pairs.map(([conversationId, toSeq], index) => {
    return { conversationId, afterSeq: pairs[index - 1]?.[1] ?? 0, toSeq };
  });
}
