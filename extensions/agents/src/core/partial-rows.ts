// The rows of steps in flight in the store: read after a crash, removed with their conversation.
import type { JsonValue, Key, Storage } from "@lathe/kernel";
import type { PartialRow } from "./in-flight.ts";

const pageSize = 200;

/** What to put for a row. */
export function putOf({ key, stepId, events }: PartialRow): { readonly key: Key; readonly value: JsonValue } {
  return { key, value: { stepId, events } as unknown as JsonValue };
}

/** The rows of one conversation, in the order in which they were written. */
export async function readPartialRows(
  storage: Storage,
  conversationId: string,
): Promise<readonly PartialRow[]> {
  const found: PartialRow[] = [];
  const prefix = ["partial", conversationId];
  let after: Key | undefined;
  for (;;) {
    const page = await storage.list({ prefix, limit: pageSize, ...(after ? { after } : {}) });
    for (const { key, value } of page) found.push({ ...(value as unknown as PartialRow), key });
    after = page.at(-1)?.key;
    if (page.length < pageSize) return found;
  }
}
