// Conversations over the store: one small head row each, and one row for each entry of its log.
//
// Invariants
//   L1  The entries and the head that counts them are put in one commit, checked against the head that was read. So
//       positions are dense, and none is given twice, whoever else writes.
//   L2  Changes of one conversation pass one after the other. Only they fill the cache of heads, after their commit.
//   L3  What has no head cannot be read by its id. A deletion takes the head first and notes the rest; what a crash
//       leaves of the rest is finished at the next start.
//   L4  A fork is made in one commit with its claims on the logs that it shares, checked against the head of the one
//       that it was made of. So no claim is ever made on what a deletion has begun to take away.
//   L5  What a run began for its own work has its head beside the listed ones, and no row in the order of activity: a
//       list never reads one of them.
import { Turnstile, titleOf } from "@lathe/extension-kit";
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
  type Key,
  type LogStretch,
  type NewConversation,
  type PreparedChanges,
  type PreparedConversation,
  type Storage,
  UnknownConversationError,
} from "@lathe/kernel";
import type { ActivityIndex } from "./activity-index.ts";
import type { ActivityTimes } from "./activity-times.ts";
import type { Deletions } from "./deletions.ts";
import { closingEvents, isInsideTurn } from "./fork-closing.ts";
import { type Head, Heads } from "./heads.ts";
import { activityKey, deletionKey, entryKey, headKeyOf, lineageKey, shareKey, turnEndKey } from "./keys.ts";
import { cutAt, Lineages, lineageRow } from "./lineages.ts";

export interface LogDesk {
  readonly storage: Storage;
  readonly clock: ClockPower;
  readonly ids: IdsPower;
  readonly deletions: Deletions;
  readonly index: ActivityIndex;
  readonly activityTimes: ActivityTimes;
  readonly headCacheCountMax: number;
  /** Called when the deletion of a conversation that lists show has begun for good. */
  readonly onDeleted: (conversation: Conversation) => void;
}

export type Removal =
  | { readonly kind: "deleted" }
  | { readonly kind: "absent" }
  /** A turn is in progress, and only an idle conversation was to be deleted. */
  | { readonly kind: "busy" };

/** What can be changed of a conversation that is there. */
export type HeadChanges = Partial<Pick<Conversation, "title" | "model">>;

interface Put {
  readonly key: Key;
  readonly value: JsonValue;
}

type AppendOptions = NonNullable<Parameters<Conversations["append"]>[2]>;
type ForkDraft = Parameters<Conversations["fork"]>[2];

export class ConversationLog implements Conversations {
  readonly #desk: LogDesk;
  readonly #heads: Heads;
  readonly #lineages: Lineages;
  readonly #turnstile = new Turnstile();

  constructor(desk: LogDesk) {
    this.#desk = desk;
    this.#heads = new Heads(desk.storage, desk.headCacheCountMax);
    this.#lineages = new Lineages(desk.storage, desk.headCacheCountMax);
  }

  /** `claim` gives changes that are made with it, or it is not made. */
  async create(draft: NewConversation, claim?: (id: string) => PreparedChanges): Promise<Conversation> {
    const { conversation, changes } = this.prepare(draft);
    const joined = claim === undefined ? [] : [claim(conversation.id)];
    const outcome = await this.#desk.storage.commit({}, changes, ...joined);
    if (outcome.kind === "conflict")
      throw new Error(
        "A new conversation got the id, or its request the name, of one that is there already.",
      );
    this.#heads.keep({ conversation, version: outcome.version });
    return conversation;
  }

  prepare(draft: NewConversation): PreparedConversation {
    const conversation = this.#begin(draft, 0, null);
    const checks = [{ key: headKeyOf(conversation), version: null }];
    const changes = this.#desk.storage.prepare({ checks, puts: headPuts(conversation) });
    return { conversation, changes };
  }

  async fork(id: string, seq: number, draft: ForkDraft): Promise<Conversation> {
    const turn = await this.#turnUpTo(id, seq);
    return this.#turnstile.pass(id, () => this.#fork(id, seq, draft, turn));
  }

  async get(id: string): Promise<Conversation | undefined> {
    return (await this.#heads.find(id))?.conversation;
  }

  list(page: Parameters<Conversations["list"]>[0]): Promise<readonly Conversation[]> {
    return this.#desk.index.list(page);
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

  /** Changes what is given, and leaves the rest and the log as they are. Throws UnknownConversationError. */
  update(id: string, changes: HeadChanges): Promise<Conversation> {
    return this.#turnstile.pass(id, () => this.#update(id, changes));
  }

  entries(
    id: string,
    page: { readonly sinceSeq: number; readonly limit: number },
  ): Promise<readonly Entry[]> {
    return this.#readOf(id, (conversation) => this.#lineages.entries(conversation, page));
  }

  lineage(id: string): Promise<readonly LogStretch[]> {
    return this.#readOf(id, (conversation) => this.#lineages.of(conversation));
  }

  turnEnd(id: string, turnId: string): Promise<number | undefined> {
    return this.#readOf(id, (conversation) => this.#lineages.turnEnd(conversation, turnId));
  }

  onErased(listener: (conversationId: string, keptSeq: number) => Promise<void>): () => void {
    return this.#desk.deletions.onErased(listener);
  }

  /** Looks for the head again behind the reading: rows that were read could be what a deletion has left so far. */
  async #readOf<T>(id: string, read: (conversation: Conversation) => Promise<T>): Promise<T> {
    const found = await read(await this.#headOf(id));
    await this.#headOf(id);
    return found;
  }

  async #headOf(id: string): Promise<Conversation> {
    const head = await this.#heads.find(id);
    if (head === undefined) throw new UnknownConversationError(id);
    return head.conversation;
  }

  #begin(
    { owner, title, agent, model, cwd, parentRunId = null, overrides = null }: NewConversation,
    lastSeq: number,
    forkedFrom: Conversation["forkedFrom"],
  ): Conversation {
    const nowMs = this.#desk.clock.nowMs();
    return {
      id: this.#desk.ids.newId("cnv"),
      owner,
      title,
      agent,
      model,
      cwd,
      state: "idle",
      lastSeq,
      forkedFrom,
      parentRunId,
      overrides,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
      lastActiveAtMs: this.#desk.activityTimes.next(nowMs),
    };
  }

  /** The entries of the turn that goes on behind the position; none where no turn does. */
  async #turnUpTo(id: string, seq: number): Promise<readonly Entry[]> {
    const { lastSeq } = await this.#headOf(id);
    if (!Number.isInteger(seq) || seq < 1 || seq > lastSeq)
      throw new ForkPositionError(
        `There is no position ${seq} in this conversation; its last is ${lastSeq}.`,
      );
    const [last] = await this.entries(id, { sinceSeq: seq - 1, limit: 1 });
    if (last === undefined || !isInsideTurn(last)) return [];
    const turn: Entry[] = [];
    const limit = 200;
    // Backwards in pages: a long conversation costs no more than its last turn.
    for (let end = seq; end > 0; end -= limit) {
      const sinceSeq = Math.max(0, end - limit);
      const page = await this.entries(id, { sinceSeq, limit: end - sinceSeq });
      const before = page.findLastIndex(({ turnId }) => turnId !== last.turnId);
      turn.unshift(...page.slice(before + 1));
      if (before !== -1) break;
    }
    return turn;
  }

  async #fork(id: string, seq: number, draft: ForkDraft, turn: readonly Entry[]): Promise<Conversation> {
    // Each conflict means that another writer has got on, so this ends.
    for (;;) {
      const head = await this.#heads.find(id);
      if (head === undefined) throw new UnknownConversationError(id);
      const { agent, cwd, overrides } = head.conversation;
      const forked = this.#begin({ ...draft, parentRunId: null, agent, cwd, overrides }, seq, {
        conversationId: id,
        seq,
      });
      const { entries, conversation } = this.#extend(forked, closingEvents(forked.id, turn));
      const shared = cutAt(await this.#lineages.of(head.conversation), seq);
      const claims = shared.map(({ conversationId, toSeq }) => {
        return { key: shareKey(conversationId, toSeq, forked.id), value: null };
      });
      const outcome = await this.#heads.commitIf(head, {
        checks: [{ key: headKeyOf(forked), version: null }],
        puts: [
          ...headPuts(conversation),
          { key: lineageKey(forked.id), value: lineageRow(shared) },
          ...claims,
          ...entryPuts(forked.id, entries),
        ],
      });
      if (outcome.kind === "committed") {
        this.#heads.keep({ conversation, version: outcome.version });
        return conversation;
      }
    }
  }

  async #append(
    id: string,
    events: readonly DurableEvent[],
    options: AppendOptions,
  ): Promise<readonly Entry[]> {
    const joined = options.joined ?? [];
    // Each conflict means that another writer has got on, so this ends.
    for (;;) {
      const head = await this.#heads.find(id);
      if (head === undefined) throw new UnknownConversationError(id);
      const { entries, conversation } = this.#extend(head.conversation, events, options.state);
      const puts = entryPuts(id, entries);
      puts.push({ key: headKeyOf(conversation), value: asJson(conversation) });
      const moved = moveInLists(head.conversation, conversation);
      const changes = { deletes: moved.deletes, puts: [...puts, ...moved.puts] };
      const outcome = await this.#heads.commitIf(head, changes, joined);
      if (outcome.kind === "committed") {
        this.#heads.keep({ conversation, version: outcome.version });
        return entries;
      }
      // What was joined can be used once only, so its owner must decide.
      if (joined.length > 0 && (await this.#heads.find(id)) !== undefined) throw new AppendConflictError(id);
    }
  }

  async #update(id: string, changes: HeadChanges): Promise<Conversation> {
    // Each conflict means that another writer has got on, so this ends.
    for (;;) {
      const head = await this.#heads.find(id);
      if (head === undefined) throw new UnknownConversationError(id);
      const updatedAtMs = this.#desk.clock.nowMs();
      const conversation: Conversation = { ...head.conversation, ...changes, updatedAtMs };
      const puts = [{ key: headKeyOf(conversation), value: asJson(conversation) }];
      const outcome = await this.#heads.commitIf(head, { puts });
      if (outcome.kind === "committed") {
        this.#heads.keep({ conversation, version: outcome.version });
        return conversation;
      }
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
    const message = events.find((event) => event.type === "user-message");
    const title = before.title ?? titleOf(message?.content ?? []);
    const lastSeq = before.lastSeq + events.length;
    const laterMs = Math.max(atMs, before.lastActiveAtMs + 1);
    const lastActiveAtMs =
      message === undefined ? before.lastActiveAtMs : this.#desk.activityTimes.next(laterMs);
    const times = { updatedAtMs: atMs, lastActiveAtMs };
    return { entries, conversation: { ...before, title, state, lastSeq, ...times } };
  }

  async #removeHead(id: string, onlyIdle: boolean): Promise<Removal> {
    for (;;) {
      const head = await this.#heads.find(id);
      if (head === undefined) return { kind: "absent" };
      if (onlyIdle && head.conversation.state !== "idle") return { kind: "busy" };
      const outcome = await this.#takeHead(head);
      this.#heads.drop(id);
      if (outcome.kind === "conflict") continue;
      if (head.conversation.parentRunId === null) this.#desk.onDeleted(head.conversation);
      return { kind: "deleted" };
    }
  }

  #takeHead(head: Head): ReturnType<Storage["commit"]> {
    const { id, lastSeq, parentRunId } = head.conversation;
    const key = headKeyOf(head.conversation);
    return this.#heads.commitIf(head, {
      puts: [{ key: deletionKey(id), value: lastSeq }],
      deletes: parentRunId === null ? [key, activityKey(head.conversation)] : [key],
    });
  }
}

function headPuts(conversation: Conversation): Put[] {
  const head = { key: headKeyOf(conversation), value: asJson(conversation) };
  const listed = { key: activityKey(conversation), value: null };
  return conversation.parentRunId === null ? [head, listed] : [head];
}

/** What moves a listed conversation to where it was active last; nothing where it stays. */
function moveInLists(before: Conversation, after: Conversation): { deletes: Key[]; puts: Put[] } {
  const isMoved = after.parentRunId === null && after.lastActiveAtMs !== before.lastActiveAtMs;
  if (!isMoved) return { deletes: [], puts: [] };
  return { deletes: [activityKey(before)], puts: [{ key: activityKey(after), value: null }] };
}

function entryPuts(id: string, entries: readonly Entry[]): Put[] {
  const puts: Put[] = [];
  for (const entry of entries) {
    puts.push({ key: entryKey(id, entry.seq), value: asJson(entry) });
    if (entry.type === "turn-sealed") puts.push({ key: turnEndKey(id, entry.turnId), value: entry.seq });
  }
  return puts;
}

function asJson(value: Conversation | Entry): JsonValue {
  return value as unknown as JsonValue;
}
