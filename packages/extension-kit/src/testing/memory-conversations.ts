import {
  addUsage,
  type Conversation,
  type Conversations,
  type DurableEvent,
  type Entry,
  ForkPositionError,
  type LogStretch,
  type NewConversation,
  noUsage,
  type PreparedChanges,
  type Storage,
  UnknownConversationError,
} from "@lathe/kernel";
import { titleOf } from "../title-of.ts";

export interface MemoryConversations extends Conversations {
  /** Called before each append is done; one that throws makes the append fail, and nothing is appended. */
  beforeAppend: (() => void | Promise<void>) | undefined;
}

/** One conversation; a fork holds copies of what it shares. */
interface Kept {
  head: Conversation;
  readonly log: Entry[];
  readonly lineage: readonly LogStretch[];
}

/** Creates conversations that live in memory. `joined` changes are committed to `storage`, before the entries. */
export function createMemoryConversations(storage: Storage): MemoryConversations {
  const all = new Map<string, Kept>();
  const erasedListeners = new Set<Parameters<Conversations["onErased"]>[0]>();
  let count = 0;
  let activityCount = 0;
  let queue: Promise<unknown> = Promise.resolve();

  function keptOf(id: string): Kept {
    const kept = all.get(id);
    if (kept === undefined) throw new UnknownConversationError(id);
    return kept;
  }

  function begin(draft: NewConversation, forkedFrom: Conversation["forkedFrom"]): Conversation {
    const id = `cnv_${String(++count).padStart(6, "0")}`;
    const times = { createdAtMs: count, updatedAtMs: count, lastActiveAtMs: ++activityCount };
    const { owner, title, agent, model, cwd, parentRunId = null, overrides = null } = draft;
    const begun = { id, owner, title, agent, model, cwd, parentRunId, overrides };
    return { ...begun, state: "idle", lastSeq: 0, forkedFrom, ...times };
  }

  function keep(head: Conversation): void {
    const lineage = [{ conversationId: head.id, afterSeq: 0, toSeq: null }];
    all.set(head.id, { head, log: [], lineage });
  }

  function extend(kept: Kept, events: readonly DurableEvent[], state = kept.head.state): readonly Entry[] {
    const { lastSeq } = kept.head;
    const entries = events.map(
      (event, index) => ({ ...event, seq: lastSeq + index + 1, atMs: count }) as Entry,
    );
    kept.log.push(...entries);
    const message = events.find((event) => event.type === "user-message");
    const title = kept.head.title ?? titleOf(message?.content ?? []);
    const lastActiveAtMs = message === undefined ? kept.head.lastActiveAtMs : ++activityCount;
    kept.head = { ...kept.head, title, lastSeq: lastSeq + entries.length, state, lastActiveAtMs };
    return entries;
  }

  async function tellErased(id: string): Promise<void> {
    const shared = [...all.values()].flatMap(({ lineage }) => lineage);
    const claims = shared
      .filter(({ conversationId }) => conversationId === id)
      .map(({ toSeq }) => toSeq ?? 0);
    for (const listener of erasedListeners) await listener(id, Math.max(0, ...claims));
  }

  const conversations: MemoryConversations = {
    beforeAppend: undefined,
    create: async (draft) => {
      const head = begin(draft, null);
      keep(head);
      return head;
    },
    prepare: (draft) => {
      const conversation = begin(draft, null);
      const key = ["prepared-conversation", conversation.id];
      const stop = storage.watch(key, () => {
        stop();
        keep(conversation);
      });
      return { conversation, changes: storage.prepare({ puts: [{ key, value: null }] }) };
    },
    fork: async (id, seq, draft) => {
      const { head: origin, log, lineage } = keptOf(id);
      const inside = log[seq - 1]?.type;
      if (inside !== "step-complete" && inside !== "turn-sealed" && inside !== "restored")
        throw new ForkPositionError("A conversation is forked at the end of a step or of a turn.");
      const { agent, cwd, overrides } = origin;
      const ownDraft = { ...draft, parentRunId: null, agent, cwd, overrides };
      const head = begin(ownDraft, { conversationId: id, seq });
      const shared = lineage
        .filter(({ afterSeq }) => afterSeq < seq)
        .map((stretch) => ({ ...stretch, toSeq: Math.min(stretch.toSeq ?? seq, seq) }));
      const kept: Kept = {
        head: { ...head, lastSeq: seq },
        log: log.slice(0, seq).map((entry) => ({ ...entry, conversationId: head.id })),
        lineage: [...shared, { conversationId: head.id, afterSeq: seq, toSeq: null }],
      };
      if (inside === "step-complete") extend(kept, closing(kept.log));
      all.set(head.id, kept);
      return kept.head;
    },
    get: async (id) => all.get(id)?.head,
    list: async ({ limit, after, owner }) =>
      [...all.values()]
        .map(({ head }) => head)
        .filter((head) => head.parentRunId === null && (owner ?? head.owner) === head.owner)
        .filter(({ lastActiveAtMs }) => after === undefined || lastActiveAtMs < after.lastActiveAtMs)
        .toSorted((one, other) => other.lastActiveAtMs - one.lastActiveAtMs)
        .slice(0, limit),
    delete: async (id) => {
      const kept = all.get(id);
      if (kept === undefined) return false;
      all.delete(id);
      for (const { conversationId } of kept.lineage)
        if (!all.has(conversationId)) await tellErased(conversationId);
      return true;
    },
    lineage: async (id) => keptOf(id).lineage,
    turnEnd: async (id, turnId) =>
      keptOf(id).log.findLast((entry) => entry.type === "turn-sealed" && entry.turnId === turnId)?.seq,
    onErased: (listener) => {
      erasedListeners.add(listener);
      return () => void erasedListeners.delete(listener);
    },
    append: (id, events, options = {}) => {
      const appended = queue.then(async () => {
        await conversations.beforeAppend?.();
        const kept = keptOf(id);
        await commitJoined(storage, options.joined ?? []);
        return extend(kept, events, options.state);
      });
      queue = appended.catch(() => undefined);
      return appended;
    },
    entries: async (id, { sinceSeq, limit }) => keptOf(id).log.slice(sinceSeq, sinceSeq + limit),
  };
  return conversations;
}

/** What ends the turn that the log is in the middle of. */
function closing(log: readonly Entry[]): readonly DurableEvent[] {
  const last = log.at(-1);
  if (last === undefined) return [];
  const turn = log.filter(({ turnId, type }) => turnId === last.turnId && type !== "restored");
  const steps = turn.filter((entry) => entry.type === "step-complete");
  const place = { conversationId: last.conversationId, turnId: last.turnId };
  const usage = steps.reduce((sum, step) => (step.usage === null ? sum : addUsage(sum, step.usage)), noUsage);
  const contextSize = steps.reduce<number | null>((size, step) => step.contextSize ?? size, null);
  const durationMs = last.atMs - (turn[0]?.atMs ?? last.atMs);
  const sum = { stepCount: steps.length, usage, contextSize, durationMs };
  return [
    { ...place, type: "done", finishReason: "interrupted", ...sum },
    { ...place, type: "turn-sealed" },
  ];
}

async function commitJoined(storage: Storage, joined: readonly PreparedChanges[]): Promise<void> {
  if (joined.length > 0) await storage.commit({}, ...joined);
}
