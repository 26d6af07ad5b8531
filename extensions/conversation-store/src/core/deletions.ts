// Takes away what deleted conversations have left, a bounded batch at a time.
import type { Logger, Row, Storage } from "@lathe/kernel";
import { deletionKey, deletionPrefix, entryKey, entryPrefix } from "./keys.ts";

const batchSize = 500;

export interface DeletionsDesk {
  readonly storage: Storage;
  readonly logger: Logger;
  /** Aborts when the extension ends; what is left then is finished at the next start. */
  readonly signal: AbortSignal;
}

export class Deletions {
  readonly #desk: DeletionsDesk;

  constructor(desk: DeletionsDesk) {
    this.#desk = desk;
  }

  /** Takes away the entries of a conversation whose head is gone. Never rejects: what is left is finished later. */
  async finish(id: string): Promise<void> {
    try {
      await this.#removeEntries(id);
    } catch (failure) {
      const attributes = { conversationId: id, failure: String(failure) };
      this.#desk.logger.log("warn", "A deleted conversation's entries are still on disk.", attributes);
    }
  }

  /** Finishes every deletion that an earlier process began. */
  async finishAll(): Promise<void> {
    for (let rows = await this.#unfinished(); rows.length > 0; ) {
      for (const { key } of rows) await this.finish(String(key[1]));
      rows = this.#desk.signal.aborted ? [] : await this.#unfinished(rows.at(-1));
    }
  }

  async #unfinished(last?: Row): Promise<readonly Row[]> {
    const page = { prefix: deletionPrefix, limit: 100 };
    try {
      return await this.#desk.storage.list(last === undefined ? page : { ...page, after: last.key });
    } catch (failure) {
      this.#desk.logger.log("warn", "Unfinished deletions could not be looked for.", {
        failure: String(failure),
      });
      return [];
    }
  }

  async #removeEntries(id: string): Promise<void> {
    const { storage, signal } = this.#desk;
    const lastSeq = Number((await storage.get(deletionKey(id)))?.value ?? 0);
    while (!signal.aborted) {
      const [first] = await storage.list({ prefix: entryPrefix(id), limit: 1 });
      if (first === undefined) {
        await storage.commit({ deletes: [deletionKey(id)] });
        return;
      }
      // Positions are dense, so the keys are known without reading the rows.
      const firstSeq = Number(first.key[2]);
      const count = Math.min(batchSize, Math.max(1, lastSeq - firstSeq + 1));
      await storage.commit({
        deletes: Array.from({ length: count }, (_, index) => entryKey(id, firstSeq + index)),
      });
    }
  }
}
