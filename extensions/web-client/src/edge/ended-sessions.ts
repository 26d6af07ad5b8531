// The sessions that were ended, as rows, until their secrets would be over anyway.
import type { Storage } from "@lathe/kernel";
import type { EndedSessions } from "../core/signed-in-pages.ts";

const prefix = "ended";
const pageLength = 1_000;

/** Reads those that there are and removes those that are over. */
export async function openEndedSessions(storage: Storage, nowMs: number): Promise<EndedSessions> {
  const ended = new Set<string>();
  const over: (readonly [string, string])[] = [];
  let after: readonly [string, string] | undefined;
  do {
    const rows = await storage.list({
      prefix: [prefix],
      limit: pageLength,
      ...(after === undefined ? {} : { after }),
    });
    for (const { key, value } of rows) {
      const id = String(key[1]);
      if (Number(value) > nowMs) ended.add(id);
      else over.push([prefix, id]);
    }
    const last = rows.at(-1);
    after = last !== undefined && rows.length === pageLength ? [prefix, String(last.key[1])] : undefined;
  } while (after !== undefined);
  return {
    has: (id) => ended.has(id),
    add: async (id, untilMs) => {
      ended.add(id);
      const deletes = over.splice(0, pageLength);
      await storage.commit({ puts: [{ key: [prefix, id], value: untilMs }], deletes });
    },
  };
}
