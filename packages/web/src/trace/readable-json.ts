// Lines for a text that is JSON, or the beginning of some: whole or not, it can be read and compared line by line.

/** Indented, without a parser: a side of a change seldom is whole. Ends with a line end. */
export function readableJson(text: string): string {
  let lines = "";
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? "";
    if (inString) {
      const isEscape = character === "\\";
      lines += isEscape ? text.slice(at, at + 2) : character;
      if (isEscape) at += 1;
      inString = isEscape || character !== '"';
      continue;
    }
    if (character === "}" || character === "]") {
      depth = Math.max(0, depth - 1);
      lines += lineBreak(depth);
    }
    lines += character;
    if (character === '"') inString = true;
    if (character === "{" || character === "[") depth += 1;
    if (character === "{" || character === "[" || character === ",") lines += lineBreak(depth);
  }
  return `${lines}\n`;
}

function lineBreak(depth: number): string {
  return `\n${"  ".repeat(Math.min(depth, 20))}`;
}
