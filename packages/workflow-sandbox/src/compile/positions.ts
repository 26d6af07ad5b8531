// Where something stands in a script, and how that place is shown.

/** Both from 1; columns count UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

const lineEnd = /\r\n|[\n\r\u2028\u2029]/g;
const shownUnitsMax = 160;

/** The place of a unit. An offset behind the end is the place behind the last unit. */
export function positionAt(source: string, offset: number): Position {
  let line = 1;
  let start = 0;
  for (const end of source.matchAll(lineEnd)) {
    if (end.index >= offset) break;
    line += 1;
    start = end.index + end[0].length;
  }
  return { line, column: Math.max(offset - start, 0) + 1 };
}

/** The offset of a place; the end of the text where there is no such line. */
export function offsetOf(source: string, position: Position): number {
  let line = 1;
  let start = 0;
  for (const end of source.matchAll(lineEnd)) {
    if (line === position.line) break;
    line += 1;
    start = end.index + end[0].length;
  }
  return line === position.line ? Math.min(start + position.column - 1, source.length) : source.length;
}

/** The line of a place with a caret below it. Of a long line, the part around the place. */
export function showPlace(source: string, offset: number): string {
  const { column } = positionAt(source, offset);
  const start = offset - (column - 1);
  const length = source.slice(start).search(/[\n\r\u2028\u2029]|$/);
  const line = source.slice(start, start + length);
  const from = line.length <= shownUnitsMax ? 0 : Math.max(column - 1 - shownUnitsMax / 2, 0);
  const shown = line.slice(from, from + shownUnitsMax);
  // Tabs stay tabs, so that the caret stands below its character however wide they are shown.
  const indent = shown.slice(0, column - 1 - from).replace(/[^\t]/g, " ");
  return `${shown}\n${indent}^`;
}
