// Reads a conversation's log backwards, in pages that begin where a turn does.
import type { Entry } from "@lathe/kernel";
import { ConnectionError } from "../errors.ts";

/** The entries after a position, oldest first, at most `limit`. */
export type ReadEntries = (sinceSeq: number, limit: number) => Promise<readonly Entry[]>;

/** Entries of one question to the daemon. */
const questionLimit = 500;
/** Entries of one question after the other for the beginning of a turn, which is near in most. */
const searchLimits = [32, 64, 128, 256, 512];

/**
 * The last entries up to `lastSeq`, oldest first: about `count`, from the first entry of a turn on. Where the one that
 * stands `count` before the end is in the middle of a turn, up to 992 more are read to reach that turn's first. A turn
 * that is longer is left to the next page, where another begins behind it, and is cut where none does.
 *
 * Throws what `read` throws, and ConnectionError where what it reads does not join on: the log is another one by now.
 */
export async function readBack(lastSeq: number, count: number, read: ReadEntries): Promise<readonly Entry[]> {
  const wanted = await readStretch(lastSeq - count, lastSeq, read);
  let entries = wanted;
  for (const searchLimit of searchLimits) {
    if (!isCut(entries)) break;
    const untilSeq = firstSeqOf(entries) - 1;
    const before = await readStretch(untilSeq - searchLimit, untilSeq, read);
    entries = [...before.slice(Math.max(0, before.findLastIndex(beginsTurn))), ...entries];
  }
  if (!isCut(entries)) return entries;
  const beginning = wanted.findIndex(beginsTurn);
  return beginning === -1 ? entries : wanted.slice(beginning);
}

async function readStretch(sinceSeq: number, untilSeq: number, read: ReadEntries): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for (let seq = Math.max(0, sinceSeq); seq < untilSeq; seq = entries.at(-1)?.seq ?? seq) {
    const page = await read(seq, Math.min(questionLimit, untilSeq - seq));
    if (page.length === 0 || page.some((entry, at) => entry.seq !== seq + 1 + at)) throw anotherLog();
    entries.push(...page);
  }
  return entries;
}

/** Whether something of the first turn is missing. */
function isCut(entries: readonly Entry[]): boolean {
  const [first] = entries;
  return first !== undefined && first.seq > 1 && !beginsTurn(first);
}

function beginsTurn({ type }: Entry): boolean {
  return type === "user-message";
}

function firstSeqOf(entries: readonly Entry[]): number {
  return entries[0]?.seq ?? 1;
}

function anotherLog(): ConnectionError {
  return new ConnectionError(
    "dropped",
    "The conversation's log has changed while it was read. Read it again.",
  );
}
