// Where a conversation's rows are.
import type { Conversation, Key } from "@lathe/kernel";

export const headPrefix: Key = ["head"];
export const deletionPrefix: Key = ["deleting"];

export function headKey(id: string): Key {
  return ["head", id];
}

/** Where the head is of a conversation that a run began for its own work: beside those that are listed. */
export function runHeadKey(id: string): Key {
  return ["run-head", id];
}

/** Where the head of this conversation is. */
export function headKeyOf({ id, parentRunId }: Pick<Conversation, "id" | "parentRunId">): Key {
  return parentRunId === null ? headKey(id) : runHeadKey(id);
}

export const activityPrefix: Key = ["activity"];

/** Of one owner: the greatest of his keys is that of the conversation that was active last. */
export function ownerPrefix(owner: string): Key {
  return ["activity", owner];
}

/** Lists the conversation among those of its owner, where it was active last. */
export function activityKey({
  owner,
  lastActiveAtMs,
  id,
}: Pick<Conversation, "owner" | "lastActiveAtMs" | "id">): Key {
  return ["activity", owner, lastActiveAtMs, id];
}

/** What listed the conversations of an owner before there was an order of activity: `owned`, owner, id. */
export const ownedKeysPrefix: Key = ["owned"];

export function entryPrefix(id: string): Key {
  return ["entry", id];
}

export function entryKey(id: string, seq: number): Key {
  return ["entry", id, seq];
}

export function turnEndPrefix(id: string): Key {
  return ["turn-end", id];
}

/** Holds the position of the turn's seal. */
export function turnEndKey(id: string, turnId: string): Key {
  return ["turn-end", id, turnId];
}

/** Holds the stretches of other logs that a fork begins with. */
export function lineageKey(id: string): Key {
  return ["lineage", id];
}

export function sharePrefix(id: string): Key {
  return ["share", id];
}

/** Says that a fork needs the entries of this log up to `toSeq`. In order of position: the last one says how many stay. */
export function shareKey(id: string, toSeq: number, forkId: string): Key {
  return ["share", id, toSeq, forkId];
}

/** Says that the conversation is deleted and that entries up to the position in it stay, since forks share them. */
export function heldKey(id: string): Key {
  return ["held", id];
}

/** Says that the conversation is deleted and that entries of it may be left. */
export function deletionKey(id: string): Key {
  return ["deleting", id];
}
