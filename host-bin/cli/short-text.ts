import { safeText } from "./terminal.ts";

/** The text on one line of at most `lengthMax` characters, without what a terminal would obey. */
export function shortText(text: string, lengthMax: number): string {
  // More than the line is never looked at, however long the text is.
  const line = safeText(text.slice(0, lengthMax * lookAhead))
    .replaceAll(/\s+/g, " ")
    .trim();
  if (line.length <= lengthMax && text.length <= lengthMax * lookAhead) return line;
  return `${line.slice(0, Math.max(0, lengthMax - ellipsis.length)).toWellFormed()}${ellipsis}`;
}

const ellipsis = "...";
const lookAhead = 4;
