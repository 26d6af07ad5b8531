// What rows are, by the extension that they belong to and the first part of their keys.

export const kinds = ["entries", "snapshot", "metrics", "run", "traces", "bodies", "other"] as const;
export type StoredKind = (typeof kinds)[number];

const kindsByName: Readonly<Record<string, StoredKind>> = {
  "conversation-store entry": "entries",
  "snapshot-store open": "snapshot",
  "snapshot-store closed": "snapshot",
  "snapshot-store turn": "metrics",
  "snapshot-store step": "metrics",
  // Pieces of text and lists of them: everything else of a trace refers to these.
  "trace-store p": "bodies",
  "trace-store l": "bodies",
};

/** `name` is the extension's id, a blank, and the first part of the key. */
export function kindOf(name: string): StoredKind {
  const kind = kindsByName[name];
  if (kind !== undefined) return kind;
  if (name.startsWith("run-registry ")) return "run";
  return name.startsWith("trace-store ") ? "traces" : "other";
}
