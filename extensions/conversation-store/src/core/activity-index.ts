// The conversations that lists show, in the order of their last activity: one row for each, among those of its owner.
//
// Invariants
//   A1  A listed conversation has exactly one row here, where its head says that it was active last. It is put, moved and
//       taken in the commit of that head, and moves for a message alone: at most once a turn.
//   A2  `lastActiveAtMs` only grows, so that what moves while it is paged through goes where the reader comes from. A
//       position says where a page ended by itself: whatever stood there may have moved or be gone.
//   A3  A store that was written before there was this index gets its rows in the background, while each listed
//       conversation still has an `owned` row of that version. As long as there is one of these, lists are made from the
//       heads alone.
import type { Conversation, Conversations, Key, ListPosition, Logger, Storage } from "@lathe/kernel";
import { conversationOf } from "./heads.ts";
import { activityKey, activityPrefix, headKey, headPrefix, ownedKeysPrefix, ownerPrefix } from "./keys.ts";

export interface IndexDesk {
  readonly storage: Storage;
  readonly logger: Logger;
  /** Aborts when the extension ends. */
  readonly signal: AbortSignal;
}

export type ListPage = Parameters<Conversations["list"]>[0];

const batchSize = 200;
const pageSize = 1_000;

export class ActivityIndex {
  readonly #desk: IndexDesk;
  /** Stays true: nothing puts rows any more that the index is made from. */
  #isWhole = false;

  constructor(desk: IndexDesk) {
    this.#desk = desk;
  }

  /** Goes on behind conversations that were deleted meanwhile, so that a short page is the last one. */
  async list(page: ListPage): Promise<readonly Conversation[]> {
    if (!(await this.#readIsWhole())) return this.#listHeads(page);
    const { storage } = this.#desk;
    const found: Conversation[] = [];
    for (let { after } = page; found.length < page.limit; ) {
      const asked = page.limit - found.length;
      const places = await this.#places(page.owner, asked, after);
      const heads = await storage.getMany(places.map(({ id }) => headKey(id)));
      for (const [at, { lastActiveAtMs }] of places.entries()) {
        const head = heads[at];
        // One that has moved since is still shown where it stood: its new place may be one that was read already.
        if (head !== undefined) found.push({ ...conversationOf(head.value), lastActiveAtMs });
      }
      if (places.length < asked) break;
      after = places.at(-1);
    }
    return found;
  }

  /** When any of them was active last, as far as it is indexed; 0 where none is. */
  async newestMs(): Promise<number> {
    const [newest] = await this.#places(undefined, 1);
    return newest?.lastActiveAtMs ?? 0;
  }

  /** Gives a store of before there was the index its rows. Never rejects: what is left is done at the next start. */
  async fill(): Promise<void> {
    try {
      if (await this.#readIsWhole()) return;
      await this.#putRows();
      await this.#takeOldRows();
    } catch (failure) {
      this.#desk.logger.log(
        "warn",
        "The order of the conversations could not be stored; until the next start their lists take longer.",
        { failure: String(failure) },
      );
    }
  }

  async #readIsWhole(): Promise<boolean> {
    if (this.#isWhole) return true;
    const [left] = await this.#desk.storage.list({ prefix: ownedKeysPrefix, limit: 1 });
    this.#isWhole = left === undefined;
    return this.#isWhole;
  }

  /** The next places behind `after`, those of all owners together where none is named. */
  async #places(owner: string | undefined, limit: number, after?: ListPosition) {
    const owners = owner === undefined ? await this.#owners() : [owner];
    const pages = await Promise.all(owners.map((one) => this.#placesOf(one, limit, after)));
    return pages.flat().toSorted(newestFirst).slice(0, limit);
  }

  async #placesOf(owner: string, limit: number, after?: ListPosition): Promise<readonly ListPosition[]> {
    const query = { prefix: ownerPrefix(owner), limit, reverse: true };
    const before = after && activityKey({ ...after, owner });
    const rows = await this.#desk.storage.list(before === undefined ? query : { ...query, before });
    return rows.map(({ key }) => ({ lastActiveAtMs: Number(key[2]), id: String(key[3]) }));
  }

  /** Who has conversations: one short reading each, however many they have. */
  async #owners(): Promise<readonly string[]> {
    const owners: string[] = [];
    for (let before: Key | undefined; ; ) {
      const query = { prefix: activityPrefix, limit: 1, reverse: true };
      const [row] = await this.#desk.storage.list(before === undefined ? query : { ...query, before });
      if (row === undefined) return owners;
      const owner = String(row.key[1]);
      owners.push(owner);
      before = ownerPrefix(owner);
    }
  }

  async #listHeads({ limit, after, owner }: ListPage): Promise<readonly Conversation[]> {
    const found: Conversation[] = [];
    for await (const rows of this.#headPages(pageSize)) {
      for (const { value } of rows) {
        const conversation = conversationOf(value);
        const isWanted = owner === undefined || conversation.owner === owner;
        if (isWanted && (after === undefined || newestFirst(after, conversation) < 0))
          found.push(conversation);
      }
    }
    return found.toSorted(newestFirst).slice(0, limit);
  }

  async #putRows(): Promise<void> {
    for await (const rows of this.#headPages(batchSize)) {
      if (this.#desk.signal.aborted) return;
      await this.#putRowsOf(rows.map(({ key }) => key));
    }
  }

  /** Where one of them gets on meanwhile, the others are put without it: one that never rests holds nobody else up. */
  async #putRowsOf(keys: readonly Key[]): Promise<void> {
    const { storage, signal } = this.#desk;
    if (signal.aborted) return;
    const heads = (await storage.getMany(keys)).filter((row) => row !== undefined);
    const outcome = await storage.commit({
      checks: heads.map(({ key, version }) => ({ key, version })),
      puts: heads.map(({ value }) => ({ key: activityKey(conversationOf(value)), value: null })),
    });
    if (outcome.kind === "committed") return;
    const half = Math.ceil(keys.length / 2);
    await this.#putRowsOf(keys.slice(0, half));
    if (half < keys.length) await this.#putRowsOf(keys.slice(half));
  }

  /** Last of all: by the last of them it is known that every conversation has its row. */
  async #takeOldRows(): Promise<void> {
    const { storage, signal } = this.#desk;
    while (!signal.aborted) {
      const rows = await storage.list({ prefix: ownedKeysPrefix, limit: batchSize });
      if (rows.length === 0) return;
      await storage.commit({ deletes: rows.map(({ key }) => key) });
    }
  }

  async *#headPages(limit: number) {
    for (let after: Key | undefined; ; ) {
      const query = { prefix: headPrefix, limit };
      const rows = await this.#desk.storage.list(after === undefined ? query : { ...query, after });
      if (rows.length > 0) yield rows;
      if (rows.length < limit) return;
      after = rows.at(-1)?.key;
    }
  }
}

export function newestFirst(one: ListPosition, other: ListPosition): number {
  return other.lastActiveAtMs - one.lastActiveAtMs || (other.id < one.id ? -1 : other.id > one.id ? 1 : 0);
}
