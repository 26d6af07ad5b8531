// The snapshots over the store: one small row for each conversation, on one of two shelves.
//
// Invariant: a conversation has a row on one shelf at most; whoever puts it on one takes it from the other in the same
// commit. So `unfinished` sees those that are not over, and nobody else.
import type {
  DurableEvent,
  JsonValue,
  Key,
  PreparedChanges,
  Row,
  Snapshot,
  Snapshots,
  Storage,
} from "@lathe/kernel";
import { closedKey, openKey, openPrefix, restoredPrefix, stepPrefix, turnPrefix } from "./keys.ts";
import { metricsPuts } from "./metrics-rows.ts";

const pageSize = 500;

export class SnapshotShelf implements Snapshots {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  async get(conversationId: string): Promise<Snapshot | undefined> {
    const rows = await this.#storage.getMany([openKey(conversationId), closedKey(conversationId)]);
    const row = rows.find((found) => found !== undefined);
    return row === undefined ? undefined : snapshotOf(row);
  }

  async unfinished(): Promise<readonly Snapshot[]> {
    const found: Snapshot[] = [];
    for (let after: Key | undefined; ; ) {
      const query = { prefix: openPrefix, limit: pageSize };
      const page = await this.#storage.list(after === undefined ? query : { ...query, after });
      found.push(...page.map(snapshotOf));
      if (page.length < pageSize) return found;
      after = page.at(-1)?.key;
    }
  }

  prepare(snapshot: Snapshot, events: readonly DurableEvent[]): PreparedChanges {
    const { conversationId } = snapshot;
    const open = openKey(conversationId);
    const closed = closedKey(conversationId);
    const [key, other] = isUnfinished(snapshot) ? [open, closed] : [closed, open];
    const puts = metricsPuts(snapshot, events);
    puts.push({ key, value: snapshot as unknown as JsonValue });
    return this.#storage.prepare({ puts, deletes: [other] });
  }

  async forget(conversationId: string): Promise<void> {
    await this.eraseAfter(conversationId, 0);
  }

  /** Removes the snapshot, and the metrics of what lies behind the position. Can be done again after a crash. */
  async eraseAfter(conversationId: string, keptSeq: number): Promise<void> {
    await this.#storage.commit({ deletes: [openKey(conversationId), closedKey(conversationId)] });
    await this.#deleteBehind(stepPrefix(conversationId), keptSeq);
    await this.#deleteBehind(turnPrefix(conversationId), keptSeq);
    await this.#deleteBehind(restoredPrefix(conversationId), keptSeq);
  }

  async #deleteBehind(prefix: Key, keptSeq: number): Promise<void> {
    for (;;) {
      const page = await this.#storage.list({ prefix, after: [...prefix, keptSeq + 1 / 2], limit: pageSize });
      if (page.length > 0) await this.#storage.commit({ deletes: page.map(({ key }) => key) });
      if (page.length < pageSize) return;
    }
  }
}

function isUnfinished({ state, turn }: Snapshot): boolean {
  return turn !== null && (state === "in_progress" || state === "awaiting_input");
}

function snapshotOf(row: Row): Snapshot {
  return row.value as unknown as Snapshot;
}
