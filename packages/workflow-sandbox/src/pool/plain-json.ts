import type { JsonValue } from "@lathe/kernel";

const quote = 0x22;
const backslash = 0x5c;
const openers: readonly number[] = [0x5b, 0x7b];
const closers: readonly number[] = [0x5d, 0x7d];

/** How deep the containers of a JSON text are nested, and how many there are: known before it is parsed. */
export function measureJson(text: Buffer): { readonly depth: number; readonly containerCount: number } {
  let depth = 0;
  let deepest = 0;
  let containerCount = 0;
  for (let at = 0; at < text.length; at++) {
    const byte = text[at] as number;
    if (byte === quote) at = endOfString(text, at);
    else if (openers.includes(byte)) {
      containerCount += 1;
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (closers.includes(byte)) depth -= 1;
  }
  return { depth: deepest, containerCount };
}

/** Where the string that begins at `start` has its closing quote. */
function endOfString(text: Buffer, start: number): number {
  let end = text.indexOf(quote, start + 1);
  while (end > 0 && isEscaped(text, end, start)) end = text.indexOf(quote, end + 1);
  return end < 0 ? text.length : end;
}

function isEscaped(text: Buffer, at: number, start: number): boolean {
  let before = at - 1;
  while (before > start && text[before] === backslash) before -= 1;
  return (at - 1 - before) % 2 === 1;
}

/**
 * Makes what JSON.parse returned safe to be handled by code that copies properties: own `__proto__` properties are removed
 * in place. False where a number is too large to be written as JSON again. Needs no stack, however deep the value is.
 */
export function makePlain(value: JsonValue): boolean {
  if (!isWritable(value)) return false;
  const left: object[] = isContainer(value) ? [value] : [];
  for (let container = left.pop(); container !== undefined; container = left.pop()) {
    if (!Array.isArray(container)) Reflect.deleteProperty(container, "__proto__");
    for (const part of Array.isArray(container) ? container : Object.values(container)) {
      if (!isWritable(part)) return false;
      if (isContainer(part)) left.push(part);
    }
  }
  return true;
}

function isWritable(value: unknown): boolean {
  return typeof value !== "number" || Number.isFinite(value);
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
