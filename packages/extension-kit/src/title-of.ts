import type { TextPart } from "@lathe/kernel";

const lengthMax = 80;
/** More is not looked at: a line can be half a megabyte. */
const lineLengthMax = 4_000;

/**
 * What a conversation is called whose first message this is: its first line with something to read, in one line, 80
 * characters (UTF-16 units) at most, cut between two graphemes and with an ellipsis where it is longer. Null where
 * nothing can be read.
 */
export function titleOf(content: readonly TextPart[]): string | null {
  for (const { text } of content) {
    const line = /[^\s\p{Cc}].*/u.exec(text)?.[0];
    if (line === undefined) continue;
    const shown = line
      .slice(0, lineLengthMax)
      .replace(/[\s\p{Cc}]+/gu, " ")
      .trim();
    return shown.length <= lengthMax && line.length <= lineLengthMax ? shown : `${cut(shown)}…`;
  }
  return null;
}

function cut(text: string): string {
  let end = 0;
  for (const { index, segment } of new Intl.Segmenter("en").segment(text.slice(0, 2 * lengthMax))) {
    if (index + segment.length >= lengthMax) break;
    end = index + segment.length;
  }
  // One grapheme alone can be longer than a title.
  return (
    end === 0 ? text.slice(0, lengthMax - 1).replace(/[\ud800-\udbff]$/, "") : text.slice(0, end)
  ).trimEnd();
}
