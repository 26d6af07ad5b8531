// Parses the events of one answer, which are the same text but for one string, thousands of times. Such a text is not
// parsed again: only the string is, and stands in a copy of what the text was parsed to before.
//
// Invariants
//   R1  What is given is what `JSON.parse` would give: between the same two texts, any other string is one value's text
//       and nothing else.
//   R2  What was given never changes: what differs from one event to the next is copied, the rest is shared.
import type { JsonValue } from "@lathe/kernel";
import { parseJson } from "./json-access.ts";

type Container = Record<string | number, JsonValue>;

interface Pattern {
  /** The text up to the string, with its opening quote, and from its closing quote on. */
  readonly head: string;
  readonly tail: string;
  readonly root: Container;
  /** Where the string is in the root; not empty. */
  readonly path: readonly (string | number)[];
}

// Short answers are over before it pays, and texts that are alike by chance are not compared every time.
const eventsBeforeFirst = 8;
const eventsBetweenMax = 1_024;
const hitsToPay = 4;
const textLengthMax = 65_536;

export class RepeatedJson {
  #pattern: Pattern | undefined;
  #hitCount = 0;
  #last = "";
  #eventsUntilLook = eventsBeforeFirst;
  #eventsBetween = 1;

  /** The parsed text; `undefined` where it is no JSON. */
  parse(text: string): JsonValue | undefined {
    const known = this.#pattern === undefined ? undefined : matched(text, this.#pattern);
    if (known !== undefined) {
      this.#hitCount += 1;
      return known;
    }
    const value = parseJson(text);
    this.#eventsUntilLook -= 1;
    if (this.#eventsUntilLook <= 0 && text.length <= textLengthMax) this.#look(text);
    this.#last = text;
    return value;
  }

  #look(text: string): void {
    const paid = this.#hitCount >= hitsToPay;
    this.#eventsBetween = paid ? 1 : Math.min(this.#eventsBetween * 2, eventsBetweenMax);
    this.#eventsUntilLook = this.#eventsBetween;
    this.#hitCount = 0;
    this.#pattern = patternOf(this.#last, text) ?? this.#pattern;
  }
}

function matched(text: string, { head, tail, root, path }: Pattern): JsonValue | undefined {
  const end = text.length - tail.length;
  if (end < head.length || text.slice(0, head.length) !== head || text.slice(end) !== tail) return undefined;
  const string = stringOf(text.slice(head.length, end));
  return string === undefined ? undefined : withString(root, path, 0, string);
}

/** What the text between two quotes stands for; `undefined` where it is not the inside of one string. */
function stringOf(inside: string): string | undefined {
  if (plain.test(inside)) return inside;
  const value = parseJson(`"${inside}"`);
  return typeof value === "string" ? value : undefined;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON refuses them inside of a string.
const plain = /^[^"\\\u0000-\u001f]*$/;

function withString(
  container: Container,
  path: readonly (string | number)[],
  depth: number,
  string: string,
): JsonValue {
  const copy = (Array.isArray(container) ? [...container] : { ...container }) as Container;
  const name = path[depth] as string | number;
  copy[name] =
    depth === path.length - 1 ? string : withString(container[name] as Container, path, depth + 1, string);
  return copy as JsonValue;
}

/** What two texts have in common that differ in one string; `undefined` where there is no such string. */
function patternOf(one: string, other: string): Pattern | undefined {
  const differsAt = commonBeginning(one, other);
  const [open, close] = stringAround(other, differsAt);
  if (open < 0) return undefined;
  const head = other.slice(0, open + 1);
  const tail = other.slice(close);
  // Two texts that differ in more are no pattern: the next one would differ in all of that as well.
  if (one.length < head.length + tail.length || !one.startsWith(head) || !one.endsWith(tail))
    return undefined;
  const root = parseJson(head + marker + tail);
  const path = pathOfMarker(root);
  return path === undefined ? undefined : { head, tail, root: root as Container, path };
}

const marker = "the string that differs";

function commonBeginning(one: string, other: string): number {
  const most = Math.min(one.length, other.length);
  let at = 0;
  while (at < most && one.charCodeAt(at) === other.charCodeAt(at)) at += 1;
  return at;
}

/** The quotes of the JSON string that the place is in; -1 where it is in none. */
function stringAround(text: string, place: number): readonly [open: number, close: number] {
  let open = text.indexOf('"');
  while (open >= 0 && open < place) {
    const close = closingQuote(text, open + 1);
    if (close < 0 || close >= place) return close < 0 ? nowhere : [open, close];
    open = text.indexOf('"', close + 1);
  }
  return nowhere;
}

const nowhere = [-1, -1] as const;

function closingQuote(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') return at;
    if (character === "\\") at += 1;
  }
  return -1;
}

/** Where the marker stands in a value, if it is there once, and as a value. */
function pathOfMarker(root: JsonValue | undefined): readonly (string | number)[] | undefined {
  const found: (readonly (string | number)[])[] = [];
  const pending: { readonly value: JsonValue | undefined; readonly path: readonly (string | number)[] }[] = [
    { value: root, path: [] },
  ];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value, path } = next;
    if (value === marker) found.push(path);
    else if (typeof value === "object" && value !== null)
      for (const [name, member] of Object.entries(value))
        pending.push({ value: member, path: [...path, name] });
  }
  const [path] = found;
  // To set a member of this name would set the prototype.
  return found.length !== 1 || path?.length === 0 || path?.includes("__proto__") ? undefined : path;
}
