// Chooses what is shown of a long output: its beginning, its end, and how much lies between.

/** The shown beginning and end of an output; `hiddenChars` is 0 where `head` is all of it. */
export interface OutputParts {
  readonly head: string;
  readonly tail: string;
  readonly hiddenChars: number;
  readonly hiddenLines: number;
}

export interface PartLimits {
  readonly chars: number;
  readonly lines: number;
}

/**
 * `text` within the limits of each end. Ends are cut at a line where the limit of characters allows one, and never in a
 * surrogate pair. Where little would be hidden (less than a quarter of an end), nothing is.
 */
export function outputParts(text: string, head: PartLimits, tail: PartLimits): OutputParts {
  const headEnd = endOfHead(text, head);
  const tailStart = Math.max(startOfTail(text, tail), headEnd);
  const hiddenChars = tailStart - headEnd;
  if (
    hiddenChars === 0 ||
    (hiddenChars < tail.chars / 4 && lineCount(text, headEnd, tailStart) < tail.lines / 4)
  ) {
    return { head: text, tail: "", hiddenChars: 0, hiddenLines: 0 };
  }
  const hiddenLines = lineCount(text, headEnd, tailStart);
  return { head: text.slice(0, headEnd), tail: text.slice(tailStart), hiddenChars, hiddenLines };
}

function endOfHead(text: string, limits: PartLimits): number {
  let end = 0;
  for (let line = 0; line < limits.lines; line += 1) {
    const next = text.indexOf("\n", end) + 1;
    if (next === 0 && text.length <= limits.chars) return text.length;
    if (next === 0 || next > limits.chars)
      return end === 0 ? whole(text, Math.min(limits.chars, text.length)) : end;
    end = next;
  }
  return end;
}

function startOfTail(text: string, limits: PartLimits): number {
  const floor = Math.max(0, text.length - limits.chars);
  let start = text.length;
  for (let line = 0; line < limits.lines && start > 0; line += 1) {
    const next = text.lastIndexOf("\n", start - 2) + 1;
    if (next < floor) return start === text.length ? whole(text, floor) : start;
    start = next;
  }
  return start;
}

function whole(text: string, at: number): number {
  const after = text.charCodeAt(at);
  return after >= 0xdc00 && after <= 0xdfff ? at - 1 : at;
}

function lineCount(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf("\n", from); at !== -1 && at < to; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}
