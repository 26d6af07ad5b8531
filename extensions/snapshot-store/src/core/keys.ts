// Where the rows are. Turns and steps are ordered by their positions in the log, so that what lies behind a position is
// one stretch of keys.
import type { Key } from "@lathe/kernel";

/** The snapshots whose turn is not over lie apart, so that looking for them costs nothing for all the others. */
export const openPrefix: Key = ["open"];

export function openKey(conversationId: string): Key {
  return ["open", conversationId];
}

export function closedKey(conversationId: string): Key {
  return ["closed", conversationId];
}

export function turnPrefix(conversationId: string): Key {
  return ["turn", conversationId];
}

/** What is known when a turn begins. */
export function turnBegunKey(conversationId: string, startSeq: number): Key {
  return ["turn", conversationId, startSeq, 0];
}

/** What is known when it is over. */
export function turnDoneKey(conversationId: string, startSeq: number): Key {
  return ["turn", conversationId, startSeq, 1];
}

export function stepPrefix(conversationId: string): Key {
  return ["step", conversationId];
}

export function stepKey(conversationId: string, seq: number): Key {
  return ["step", conversationId, seq];
}

export function restoredPrefix(conversationId: string): Key {
  return ["restored", conversationId];
}

/** Holds the position that the conversation went back to at this one. */
export function restoredKey(conversationId: string, seq: number): Key {
  return ["restored", conversationId, seq];
}
