// Finds the JSON value in what a model wrote: the whole text, or the last fenced block that holds one, or the last object
// or list that stands in the text. Linear in the length of the text.
import type { JsonValue } from "@lathe/kernel";
import type { AnswerProblem } from "../schema/problems.ts";

export type FoundAnswer =
  | { readonly kind: "found"; readonly value: JsonValue }
  /** Nothing that can be used; the problem can be handed to `askAgain`. */
  | { readonly kind: "absent"; readonly problem: AnswerProblem };

const textLengthMax = 4 * 1_024 * 1_024;
const depthMax = 64;
/** How often the whole text may be gone through for brackets that close nowhere. */
const passCountMax = 4;
/** Texts that look like JSON and are none, before the search is given up. */
const mistakeCountMax = 500;

/** Text of up to 4 Mi UTF-16 units. Values deeper than 64 levels do not count; keys named `__proto__` are dropped. */
export function findAnswer(text: string): FoundAnswer {
  if (text.length > textLengthMax) return absent("is too long; answer with less than 4 MiB.");
  const found = parsed(text) ?? lastOf(fencedBlocks(text)) ?? lastBalanced(text);
  if (found !== undefined) return { kind: "found", value: found.value };
  return absent("holds no JSON value; it must be one in a fenced block that begins with ```json.");
}

function absent(message: string): FoundAnswer {
  return { kind: "absent", problem: { path: "", message } };
}

/** An object around the value, since the value may be null. */
interface Parsed {
  readonly value: JsonValue;
}

function parsed(text: string): Parsed | undefined {
  if (nestsTooDeeply(text)) return undefined;
  try {
    const value: JsonValue = JSON.parse(text);
    dropPrototypes(value);
    return { value };
  } catch {
    return undefined;
  }
}

function lastOf(texts: readonly string[]): Parsed | undefined {
  for (let index = texts.length - 1; index >= Math.max(0, texts.length - mistakeCountMax); index--) {
    const found = parsed(texts[index] as string);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What stands between a line that begins with a fence and the next line that is a fence, or the end. */
function fencedBlocks(text: string): readonly string[] {
  const blocks: string[] = [];
  let start: number | undefined;
  for (const fence of text.matchAll(/^[ \t]{0,8}(?:```|~~~)[^\n]*$/gm)) {
    if (start !== undefined) blocks.push(text.slice(start, fence.index));
    start = start === undefined ? fence.index + fence[0].length : undefined;
  }
  if (start !== undefined) blocks.push(text.slice(start));
  return blocks;
}

/** An object or a list begins like this; most brackets in prose do not. */
const opening = /\{(?=\s{0,100}["}])|\[(?=\s{0,100}["{[\]\dtfn-])/g;

/** The last object or list that parses, and stands in no other such part. */
function lastBalanced(text: string): Parsed | undefined {
  let last: Parsed | undefined;
  let behind = 0;
  let left = passCountMax * text.length;
  let mistakeCount = 0;
  for (const { index } of text.matchAll(opening)) {
    if (left <= 0 || mistakeCount > mistakeCountMax) break;
    if (index < behind) continue;
    const end = endOfBalanced(text, index);
    left -= (end ?? text.length) - index;
    const found = end === undefined ? undefined : parsed(text.slice(index, end));
    if (found === undefined) mistakeCount++;
    else [last, behind] = [found, end ?? behind];
  }
  return last;
}

/** Behind the bracket that closes the one at `start`; brackets in strings do not count. */
function endOfBalanced(text: string, start: number): number | undefined {
  let depth = 0;
  let isInString = false;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (isInString) {
      if (character === "\\") at++;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === "{" || character === "[") depth++;
    else if ((character === "}" || character === "]") && --depth === 0) return at + 1;
  }
  return undefined;
}

/** Asked before parsing, so that whatever looks at the value may go down into it. */
function nestsTooDeeply(text: string): boolean {
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isInString) {
      if (code === 0x5c) at++;
      else if (code === 0x22) isInString = false;
    } else if (code === 0x22) isInString = true;
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > depthMax) return true;
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
  return false;
}

function dropPrototypes(value: JsonValue): void {
  if (typeof value !== "object" || value === null) return;
  if (Object.hasOwn(value, "__proto__")) Reflect.deleteProperty(value, "__proto__");
  for (const inner of Object.values(value)) dropPrototypes(inner as JsonValue);
}
