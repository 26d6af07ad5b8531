// A store as the version left it that listed conversations by their age, for the tests of this extension.
import type { Conversation, JsonValue, Storage } from "@lathe/kernel";

/** Heads that do not say when they were active last, and no order but that of each owner's ids. */
export async function storeAsBefore(storage: Storage): Promise<void> {
  const heads = await storage.list({ prefix: ["head"], limit: 1_000 });
  const ofRuns = await storage.list({ prefix: ["run-head"], limit: 1_000 });
  const rows = await storage.list({ prefix: ["activity"], limit: 1_000 });
  const listed = heads.map(({ value }) => {
    const { owner, id } = value as unknown as Conversation;
    return { key: ["owned", owner, id], value: null };
  });
  await storage.commit({
    deletes: rows.map(({ key }) => key),
    puts: [...[...heads, ...ofRuns].map(({ key, value }) => ({ key, value: asBefore(value) })), ...listed],
  });
}

function asBefore(head: JsonValue): JsonValue {
  const { lastActiveAtMs: _, ...before } = head as unknown as Conversation;
  return before as unknown as JsonValue;
}
