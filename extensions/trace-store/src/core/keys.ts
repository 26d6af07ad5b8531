// Where everything lies in the store. A generation's number stands first in the keys of what belongs to one.
import type { Key } from "@lathe/kernel";

/** Hash and length of a piece of text that is kept once, or a short text itself. */
export type Part = string | readonly [hash: string, length: number];

/** What one body added to a list: how many items, and their text. */
export type ListPart = readonly [itemCount: number, ...parts: readonly Part[]];

export const keys = {
  generations: ["g"] as Key,
  generation: (number: number): Key => ["g", number],

  /** Records that came with one batch; a trace is all rows below its name, in order. */
  traceRow: (generation: number, trace: string, row: number): Key => ["s", generation, trace, row],
  trace: (generation: number, trace: string): Key => ["s", generation, trace],

  /** What was added to a growing list of items, from the item `at` on: a list of `ListPart`s. */
  listRow: (generation: number, list: number, at: number): Key => ["l", generation, list, at],
  list: (generation: number, list: number): Key => ["l", generation, list],

  piece: (generation: number, hash: string): Key => ["p", generation, hash],

  /** Tool calls are numbered across all generations, each of which knows its first and its last. */
  calls: ["c"] as Key,
  call: (number: number): Key => ["c", number],
  callsOfConversation: (conversationId: string): Key => ["v", conversationId],
  callOfConversation: (conversationId: string, number: number): Key => ["v", conversationId, number],
  callsByDuration: ["d"] as Key,
  callByDuration: (durationMs: number, number: number): Key => ["d", durationMs, number],
};

/** Everything of a generation that is not a tool call, with how many rows of a kind are read at once at most. */
export function ownedPrefixes(
  generation: number,
): readonly { readonly prefix: Key; readonly page: number }[] {
  return [
    { prefix: ["s", generation], page: 64 },
    { prefix: ["l", generation], page: 128 },
    { prefix: ["p", generation], page: 128 },
  ];
}

const nameLengthMax = 200;

/** Whether a text can stand in a key. */
export function isName(text: unknown): text is string {
  return typeof text === "string" && text.length > 0 && text.length <= nameLengthMax && text.isWellFormed();
}
