import {
  type Conversation,
  type Conversations,
  type Entry,
  ForkPositionError,
  type NewConversation,
  type PreparedChanges,
  type Storage,
  UnknownConversationError,
} from "@lathe/kernel";

export interface MemoryConversations extends Conversations {
  /** Called before each append is done; one that throws makes the append fail, and nothing is appended. */
  beforeAppend: (() => void | Promise<void>) | undefined;
}

/** Creates conversations that live in memory. `joined` changes are committed to `storage`, before the entries. */
export function createMemoryConversations(storage: Storage): MemoryConversations {
  const heads = new Map<string, Conversation>();
  const logs = new Map<string, Entry[]>();
  let count = 0;
  let queue: Promise<unknown> = Promise.resolve();

  function headOf(id: string): Conversation {
    const head = heads.get(id);
    if (head === undefined) throw new UnknownConversationError(id);
    return head;
  }

  const conversations: MemoryConversations = {
    beforeAppend: undefined,
    create: async (draft: NewConversation) => {
      const id = `cnv_${String(++count).padStart(6, "0")}`;
      const head: Conversation = {
        id,
        ...draft,
        state: "idle",
        lastSeq: 0,
        forkedFrom: null,
        createdAtMs: count,
        updatedAtMs: count,
      };
      heads.set(id, head);
      logs.set(id, []);
      return head;
    },
    fork: async () => {
      throw new ForkPositionError("Conversations in memory cannot be forked.");
    },
    get: async (id) => heads.get(id),
    list: async ({ limit, after }) =>
      [...heads.values()]
        .reverse()
        .filter(({ id }) => after === undefined || id < after)
        .slice(0, limit),
    delete: async (id) => logs.delete(id) && heads.delete(id),
    append: (id, events, options = {}) => {
      const appended = queue.then(async () => {
        await conversations.beforeAppend?.();
        const head = headOf(id);
        await commitJoined(storage, options.joined ?? []);
        const entries = events.map(
          (event, index) => ({ ...event, seq: head.lastSeq + index + 1, atMs: count }) as Entry,
        );
        logs.get(id)?.push(...entries);
        heads.set(id, {
          ...head,
          lastSeq: head.lastSeq + entries.length,
          state: options.state ?? head.state,
        });
        return entries;
      });
      queue = appended.catch(() => undefined);
      return appended;
    },
    entries: async (id, { sinceSeq, limit }) => {
      headOf(id);
      return (logs.get(id) ?? []).slice(sinceSeq, sinceSeq + limit);
    },
  };
  return conversations;
}

async function commitJoined(storage: Storage, joined: readonly PreparedChanges[]): Promise<void> {
  if (joined.length > 0) await storage.commit({}, ...joined);
}
