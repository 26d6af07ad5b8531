// The end of a string in quotes, at whatever depth of escaping it stands.
//
// A string inside of JSON inside of JSON has `\\\"` for its quotes: a quote with `backslashes` in front opened it, and
// one with as many closes it. One with more belongs to it. One with fewer closes a string around it, which then ends
// this one as well, and so does a bare double quote in a string of single ones: nothing that somebody else has to read
// is ever swallowed.
import { code } from "../characters.ts";
import type { Rest } from "../scanner.ts";

// A multiple of every number of backslashes that one escaping makes of one.
const countedMax = 64;

/**
 * Where the content ends that begins at `from`: in front of its closing quote, at a line end, or soon behind `limit`.
 * `~n` where the text ends before that is known, and all before `n` belongs to it.
 */
export function quotedEnd(
  text: string,
  from: number,
  quote: number,
  backslashes: number,
  limit: number,
  isWhole: boolean,
): number {
  let at = from;
  while (at < text.length && at < limit) {
    const unit = text.charCodeAt(at);
    if (unit === code.lineFeed || unit === code.carriageReturn) return at;
    if (unit !== code.backslash && unit !== code.doubleQuote && unit !== quote) {
      at += 1;
      continue;
    }
    const next = behindBackslashes(text, at);
    if (next === text.length) return isWhole ? next : ~at;
    const end = endAt(text, at, next, quote, backslashes);
    if (end >= 0) return end;
    at = next - at === countedMax ? next : next + 1;
  }
  return at < text.length || at >= limit || isWhole ? at : ~at;
}

export function restOfQuoted(quote: number, backslashes: number): Rest {
  return (text, from, isWhole) =>
    quotedEnd(text, from, quote, backslashes, Number.POSITIVE_INFINITY, isWhole);
}

function behindBackslashes(text: string, from: number): number {
  let at = from;
  while (at - from < countedMax && text.charCodeAt(at) === code.backslash) at += 1;
  return at;
}

/** Where the content ends if the character at `next`, with the backslashes from `at` in front, ends it; else -1. */
function endAt(text: string, at: number, next: number, quote: number, backslashes: number): number {
  const unit = text.charCodeAt(next);
  const count = next - at;
  if (unit === code.lineFeed || unit === code.carriageReturn) return next;
  if (unit !== quote) return unit === code.doubleQuote && count % 2 === 0 ? at : -1;
  const perBackslash = backslashes + 1;
  if (count % perBackslash !== backslashes) return at;
  return Math.floor(count / perBackslash) % 2 === 0 ? next - backslashes : -1;
}
