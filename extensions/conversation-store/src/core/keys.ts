// Where a conversation's rows are. Ids sort by the time of their making, so the heads are in order of age.
import type { Key } from "@lathe/kernel";

export const headPrefix: Key = ["head"];
export const deletionPrefix: Key = ["deleting"];

export function headKey(id: string): Key {
  return ["head", id];
}

export function entryPrefix(id: string): Key {
  return ["entry", id];
}

export function entryKey(id: string, seq: number): Key {
  return ["entry", id, seq];
}

/** Says that the conversation is deleted and that entries of it may be left. */
export function deletionKey(id: string): Key {
  return ["deleting", id];
}
