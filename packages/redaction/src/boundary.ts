import { alphanumeric, code, isDigit, isHex, isOf } from "./characters.ts";

/** How far back a look for a boundary goes. */
export const boundaryLookback = 20;

/**
 * Whether a word can begin at `at`: the character before is no letter and no digit, or it is the end of an escape of
 * JSON (`\n`, `\u0022`), of a URL (`%20`) or of a terminal (`ESC[31m`). Nothing before `floor` is looked at.
 */
export function isBoundary(text: string, at: number, floor: number): boolean {
  if (at <= floor) return true;
  const before = text.charCodeAt(at - 1);
  if (before === code.backslash) return !splitsEscape(text, at, floor);
  if (!isOf(alphanumeric, before)) return true;
  return endsEscape(text, at - 1, floor, before);
}

/** Whether `isBoundary` may say so behind this character: a letter or a digit has to be able to end an escape. */
export function mayPrecedeWord(unit: number): boolean {
  return !isOf(alphanumeric, unit) || isHex(unit) || "mnrt".includes(String.fromCharCode(unit));
}

/** Whether the character at `at` belongs to a JSON escape that begins before it: to cut there would break the escape. */
function splitsEscape(text: string, at: number, floor: number): boolean {
  let count = 0;
  const last = Math.max(floor, at - boundaryLookback);
  for (let index = at - 1; index >= last && text.charCodeAt(index) === code.backslash; index -= 1) count += 1;
  return count % 2 === 1 && "nrtbfu".includes(text.charAt(at));
}

function endsEscape(text: string, last: number, floor: number, unit: number): boolean {
  const unitAt = (index: number): number => (index < floor ? -1 : text.charCodeAt(index));
  if ("nrtbf".includes(String.fromCharCode(unit)) && unitAt(last - 1) === code.backslash) return true;
  if (isHex(unit)) {
    if (unitAt(last - 2) === code.percent && isHex(unitAt(last - 1))) return true;
    if (unitAt(last - 4) === code.lowerU && unitAt(last - 5) === code.backslash) return true;
  }
  return unit === code.lowerM && endsTerminalColor(text, last, floor);
}

function endsTerminalColor(text: string, last: number, floor: number): boolean {
  let at = last - 1;
  const end = Math.max(floor, last - boundaryLookback + 4);
  while (at > end && (isDigit(text.charCodeAt(at)) || text.charCodeAt(at) === code.semicolon)) at -= 1;
  return at > floor && text.charCodeAt(at) === code.openBracket && text.charCodeAt(at - 1) === code.escape;
}
