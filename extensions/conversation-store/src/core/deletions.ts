// Takes away what deleted conversations have left, a bounded batch at a time.
//
// Invariants
//   D1  The note of a deletion goes last: whatever a crash interrupts is done again from the beginning at the next start,
//       and every part of it can be done twice.
//   D2  Of a deleted log there stays what the claims of forks reach to, noted as held. Whoever gives up a claim looks
//       whether the log is held, and takes away what nobody claims any more. Both pass one after the other per log.
import { Turnstile } from "@lathe/extension-kit";
import type { Key, Logger, Row, Storage } from "@lathe/kernel";
import {
  deletionKey,
  deletionPrefix,
  entryKey,
  entryPrefix,
  heldKey,
  lineageKey,
  shareKey,
  sharePrefix,
  turnEndPrefix,
} from "./keys.ts";
import { sharedStretches } from "./lineages.ts";

const batchSize = 500;

export interface DeletionsDesk {
  readonly storage: Storage;
  readonly logger: Logger;
  /** Aborts when the extension ends; what is left then is finished at the next start. */
  readonly signal: AbortSignal;
}

type ErasedListener = (conversationId: string, keptSeq: number) => Promise<void>;

export class Deletions {
  readonly #desk: DeletionsDesk;
  readonly #listeners = new Set<ErasedListener>();
  readonly #turnstile = new Turnstile();

  constructor(desk: DeletionsDesk) {
    this.#desk = desk;
  }

  onErased(listener: ErasedListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Takes away what is left of a conversation whose head is gone. Never rejects: what is left is finished later. */
  async finish(id: string): Promise<void> {
    try {
      await this.#finish(id);
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

  async #finish(id: string): Promise<void> {
    const { storage, signal } = this.#desk;
    const [note, lineage] = await storage.getMany([deletionKey(id), lineageKey(id)]);
    if (note === undefined) return;
    await this.#turnstile.pass(id, () => this.#erase(id, Number(note.value), undefined));
    for (const { conversationId, toSeq } of sharedStretches(lineage?.value)) {
      if (signal.aborted) return;
      await storage.commit({ deletes: [shareKey(conversationId, toSeq, id)] });
      await this.#turnstile.pass(conversationId, () => this.#eraseHeld(conversationId));
    }
    if (signal.aborted) return;
    const deletes = [deletionKey(id)];
    if (lineage !== undefined) deletes.push(lineageKey(id));
    await storage.commit({ deletes });
  }

  async #eraseHeld(id: string): Promise<void> {
    const held = await this.#desk.storage.get(heldKey(id));
    if (held !== undefined) await this.#erase(id, Number(held.value), held);
  }

  /** Erases what no fork claims of the log, whose last position was `lastSeq`. */
  async #erase(id: string, lastSeq: number, held: Row | undefined): Promise<void> {
    const { storage, signal } = this.#desk;
    const [claim] = await storage.list({ prefix: sharePrefix(id), reverse: true, limit: 1 });
    const keptSeq = Number(claim?.key[2] ?? 0);
    // What others keep goes first: once the note is gone, nobody would tell them again.
    for (const listener of this.#listeners) await listener(id, keptSeq);
    await this.#eraseTurnEnds(id, keptSeq);
    await this.#eraseEntries(id, lastSeq, keptSeq);
    if (signal.aborted) return;
    if (keptSeq > 0) await storage.commit({ puts: [{ key: heldKey(id), value: keptSeq }] });
    else if (held !== undefined) await storage.commit({ deletes: [heldKey(id)] });
  }

  async #eraseEntries(id: string, lastSeq: number, keptSeq: number): Promise<void> {
    const { storage, signal } = this.#desk;
    while (!signal.aborted) {
      const after = entryKey(id, keptSeq);
      const [first] = await storage.list({ prefix: entryPrefix(id), after, limit: 1 });
      if (first === undefined) return;
      // Positions are dense, so the keys are known without reading the rows.
      const firstSeq = Number(first.key[2]);
      const count = Math.min(batchSize, Math.max(1, lastSeq - firstSeq + 1));
      await storage.commit({
        deletes: Array.from({ length: count }, (_, index) => entryKey(id, firstSeq + index)),
      });
    }
  }

  async #eraseTurnEnds(id: string, keptSeq: number): Promise<void> {
    const { storage, signal } = this.#desk;
    const prefix = turnEndPrefix(id);
    for (let after: Key | undefined; !signal.aborted; ) {
      const rows = await storage.list({ prefix, limit: batchSize, ...(after ? { after } : {}) });
      const deletes = rows.filter(({ value }) => Number(value) > keptSeq).map(({ key }) => key);
      if (deletes.length > 0) await storage.commit({ deletes });
      if (rows.length < batchSize) return;
      after = rows.at(-1)?.key;
    }
  }
}
