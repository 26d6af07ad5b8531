// The rows of a comparison, from a unified diff or from the lines that differ.

/** One line as it is shown. `before` and `after` are line numbers, counted from 1. */
export type DiffRow =
  | { readonly kind: "same"; readonly before: number; readonly after: number; readonly text: string }
  | { readonly kind: "removed"; readonly before: number; readonly text: string; readonly mark?: TextRange }
  | { readonly kind: "added"; readonly after: number; readonly text: string; readonly mark?: TextRange }
  /** A line that belongs to no side: names of files, the places of hunks. */
  | { readonly kind: "note"; readonly text: string };

/** The part of a line that changed. */
export interface TextRange {
  readonly from: number;
  readonly to: number;
}

export interface DiffHunk {
  readonly oldStart: number;
  readonly newStart: number;
  readonly lines: readonly string[];
}

const hunkHead = /^@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@/;

/** The rows of a unified diff. A line that belongs to no hunk is a note, so that any text can be given. */
export function unifiedRows(text: string): readonly DiffRow[] {
  const rows: DiffRow[] = [];
  const place = { before: 0, after: 0, beforeLeft: 0, afterLeft: 0 };
  for (const line of text.replace(/\n$/, "").split("\n")) {
    const head = hunkHead.exec(line);
    const isInHunk = place.beforeLeft > 0 || place.afterLeft > 0;
    if (head !== null && !isInHunk) {
      place.before = Number(head[1]);
      place.beforeLeft = Number(head[2] ?? 1);
      place.after = Number(head[3]);
      place.afterLeft = Number(head[4] ?? 1);
    }
    rows.push(isInHunk ? rowOf(line, place) : { kind: "note", text: line });
  }
  return withMarks(rows);
}

/** The rows of hunks that were computed. */
export function hunkRows(hunks: readonly DiffHunk[]): readonly DiffRow[] {
  const rows: DiffRow[] = [];
  for (const { oldStart, newStart, lines } of hunks) {
    if (rows.length > 0 || oldStart > 1) rows.push({ kind: "note", text: `Line ${newStart}` });
    const place = { before: oldStart, after: newStart, beforeLeft: 0, afterLeft: 0 };
    for (const line of lines) rows.push(rowOf(line, place));
  }
  return withMarks(rows);
}

interface Place {
  before: number;
  after: number;
  beforeLeft: number;
  afterLeft: number;
}

function rowOf(line: string, place: Place): DiffRow {
  const text = line.slice(1);
  switch (line.charAt(0)) {
    case "-":
      place.beforeLeft -= 1;
      return { kind: "removed", before: place.before++, text };
    case "+":
      place.afterLeft -= 1;
      return { kind: "added", after: place.after++, text };
    case "\\":
      return { kind: "note", text: text.trim() };
    default:
      place.beforeLeft -= 1;
      place.afterLeft -= 1;
      return { kind: "same", before: place.before++, after: place.after++, text };
  }
}

/** Marks what changed within lines, where as many lines were added as were removed right before them. */
function withMarks(rows: readonly DiffRow[]): readonly DiffRow[] {
  const marked = [...rows];
  for (let start = 0; start < rows.length; start += 1) {
    if (rows[start]?.kind !== "removed") continue;
    const middle = endOfKind(rows, start, "removed");
    const end = endOfKind(rows, middle, "added");
    if (end - middle === middle - start) {
      for (let at = start; at < middle; at += 1) markPair(marked, at, at + middle - start);
    }
    start = end - 1;
  }
  return marked;
}

function endOfKind(rows: readonly DiffRow[], start: number, kind: DiffRow["kind"]): number {
  let end = start;
  while (rows[end]?.kind === kind) end += 1;
  return end;
}

function markPair(rows: DiffRow[], removedAt: number, addedAt: number): void {
  const removed = rows[removedAt];
  const added = rows[addedAt];
  if (removed?.kind !== "removed" || added?.kind !== "added") return;
  const [from, fromEnd] = commonEnds(removed.text, added.text);
  // Lines that share next to nothing are two lines and not one that changed.
  if (from + fromEnd < 0.3 * Math.max(removed.text.length, added.text.length)) return;
  rows[removedAt] = { ...removed, mark: { from, to: removed.text.length - fromEnd } };
  rows[addedAt] = { ...added, mark: { from, to: added.text.length - fromEnd } };
}

/** How many characters two texts share at their beginning and at their end, cut back to whole words. */
function commonEnds(one: string, other: string): readonly [number, number] {
  const shorter = Math.min(one.length, other.length);
  let start = 0;
  while (start < shorter && one.charCodeAt(start) === other.charCodeAt(start)) start += 1;
  while (start > 0 && isWithinWord(one, start)) start -= 1;
  let end = 0;
  while (
    end < shorter - start &&
    one.charCodeAt(one.length - 1 - end) === other.charCodeAt(other.length - 1 - end)
  )
    end += 1;
  while (end > 0 && isWithinWord(one, one.length - end)) end -= 1;
  return [start, end];
}

function isWithinWord(text: string, at: number): boolean {
  return (
    /[\p{L}\p{N}_\ud800-\udfff]{2}/u.test(text.slice(at - 1, at + 1)) ||
    /[\ud800-\udbff]/.test(text.charAt(at - 1))
  );
}
