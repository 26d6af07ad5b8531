// Which lines of a text match a pattern. Runs in a worker, because a pattern can take any time it likes.
import { decodeLeniently, looksBinary } from "./text.ts";

export interface LineMatch {
  /** Counted from 1. */
  readonly line: number;
  /** The line, or the part of a long one around the match. */
  readonly excerpt: string;
}

export type FileMatches = "binary" | readonly LineMatch[];

/** UTF-16 units, the marks of what was left out included. */
const excerptLengthMax = 500;

export function matchLines(bytes: Uint8Array, pattern: RegExp, matchCountMax: number): FileMatches {
  if (looksBinary(bytes)) return "binary";
  const text = decodeLeniently(bytes);
  const matches: LineMatch[] = [];
  let line = 0;
  for (let start = 0; start < text.length && matches.length < matchCountMax; ) {
    line++;
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline;
    const content = text.slice(start, text[end - 1] === "\r" ? end - 1 : end);
    const at = content.search(pattern);
    if (at !== -1) matches.push({ line, excerpt: cutAround(content, at) });
    start = end + 1;
  }
  return matches;
}

function cutAround(line: string, at: number): string {
  if (line.length <= excerptLengthMax) return line;
  const length = excerptLengthMax - 2;
  const start = Math.max(0, Math.min(at - Math.floor(length / 3), line.length - length));
  const end = start + length;
  const part = line.slice(start, end).toWellFormed();
  return `${start > 0 ? "…" : ""}${part}${end < line.length ? "…" : ""}`;
}
