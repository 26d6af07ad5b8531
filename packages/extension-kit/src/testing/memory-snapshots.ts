import type { Snapshot, Snapshots, Storage } from "@lathe/kernel";

/** Creates snapshots in one namespace of a store, without metrics: for tests of those who write them. */
export function createMemorySnapshots(storage: Storage): Snapshots {
  const read = (value: unknown): Snapshot => value as Snapshot;
  return {
    get: async (id) => {
      const row = await storage.get(["snapshot", id]);
      return row === undefined ? undefined : read(row.value);
    },
    unfinished: async () => {
      const rows = await storage.list({ prefix: ["snapshot"], limit: 1_000 });
      return rows.map(({ value }) => read(value)).filter(({ state }) => unfinished.includes(state));
    },
    prepare: (snapshot) =>
      storage.prepare({
        puts: [{ key: ["snapshot", snapshot.conversationId], value: snapshot as never }],
      }),
    forget: async (id) => {
      await storage.commit({ deletes: [["snapshot", id]] });
    },
  };
}

const unfinished: readonly Snapshot["state"][] = ["in_progress", "awaiting_input"];
