import { isBoundary, mayPrecedeWord } from "../boundary.ts";
import { alphanumeric, code, isOf } from "../characters.ts";
import type { Finding } from "../scanner.ts";
import { type PrefixRule, refused, undecided } from "./prefix-rule.ts";
import { prefixRules } from "./prefix-rules.ts";

// Rules by the trigger and the character in front of it, or behind it where the trigger comes first.
const asciiSize = 128;
const rulesByPair: (readonly PrefixRule[] | undefined)[] = new Array(asciiSize * asciiSize).fill(undefined);
const rulesByNext: (readonly PrefixRule[] | undefined)[] = new Array(asciiSize * asciiSize).fill(undefined);
/** The beginnings of prefixes that end in front of their trigger, by their first character. */
const leads = new Map<number, readonly string[]>();

for (const rule of prefixRules) {
  const { prefix, triggerAt } = rule;
  const isFirst = triggerAt === 0;
  const table = isFirst ? rulesByNext : rulesByPair;
  const pair =
    prefix.charCodeAt(isFirst ? 0 : triggerAt - 1) * asciiSize + prefix.charCodeAt(isFirst ? 1 : triggerAt);
  table[pair] = [...(table[pair] ?? []), rule];
  if (isFirst || rule.anywhere) continue;
  const first = prefix.charCodeAt(0);
  leads.set(first, [...new Set([...(leads.get(first) ?? []), prefix.slice(0, triggerAt)])]);
}

const leadMax = Math.max(...[...leads.values()].flat().map(({ length }) => length));
const dashesMax = 5;

/** The characters that prefixes are looked for at. */
export const prefixTriggers: string = [
  ...new Set(prefixRules.map(({ prefix, triggerAt }) => prefix.charAt(triggerAt))),
].join("");

/** What begins around the trigger at `at`, and not before `from`. */
export function findPrefixed(
  text: string,
  at: number,
  from: number,
  floor: number,
  isWhole: boolean,
): Finding | undefined {
  const unit = text.charCodeAt(at);
  const before = at > floor ? rulesOf(rulesByPair, text.charCodeAt(at - 1), unit) : undefined;
  const found = before && tryRules(before, text, at, from, floor, isWhole);
  if (found !== undefined) return found;
  if (at + 1 === text.length) return isWhole ? undefined : waitForNext(text, at, floor);
  const after = rulesOf(rulesByNext, unit, text.charCodeAt(at + 1));
  return after && tryRules(after, text, at, from, floor, isWhole);
}

/** Whether a prefix can be around the trigger. What the text does not show is taken as if it did. */
export function mayBePrefixed(text: string, at: number, last: number): boolean {
  const unit = text.charCodeAt(at);
  const before = at > 0 ? text.charCodeAt(at - 1) : last;
  if (mayBegin(rulesOf(rulesByPair, before, unit), text, at)) return true;
  if (at + 1 < text.length) return rulesOf(rulesByNext, unit, text.charCodeAt(at + 1)) !== undefined;
  return isSchemeLetter(unit) && mayPrecedeWord(before);
}

/** Whether the first character of a prefix is there. Most words of which two characters fit are told apart by it. */
function mayBegin(rules: readonly PrefixRule[] | undefined, text: string, at: number): boolean {
  if (rules === undefined) return false;
  for (const { prefix, triggerAt } of rules) {
    if (triggerAt > at || text.charCodeAt(at - triggerAt) === prefix.charCodeAt(0)) return true;
  }
  return false;
}

/** Where the end of a text that goes on may be the beginning of a prefix; its length where it cannot. */
export function prefixAtEnd(text: string, from: number, floor: number): number {
  const { length } = text;
  if (length === from) return length;
  if (text.charCodeAt(length - 1) === code.dash) return dashesAtEnd(text, from);
  for (let at = wordStart(text, Math.max(from, length - leadMax)); at < length; at += 1) {
    if (isLead(text, at) && isBoundary(text, at, floor)) return at;
  }
  return length;
}

/** As `prefixAtEnd`, of a piece of which only the code in front is known: whether to look closer. */
export function mayBePrefixAtEnd(piece: string, last: number): boolean {
  const { length } = piece;
  if (piece.charCodeAt(length - 1) === code.dash) return true;
  for (let at = wordStart(piece, Math.max(0, length - leadMax)); at < length; at += 1) {
    if (mayPrecedeWord(at === 0 ? last : piece.charCodeAt(at - 1)) && isLead(piece, at)) return true;
  }
  return false;
}

function rulesOf(
  table: readonly (readonly PrefixRule[] | undefined)[],
  left: number,
  right: number,
): readonly PrefixRule[] | undefined {
  return left < asciiSize && right < asciiSize ? table[left * asciiSize + right] : undefined;
}

function tryRules(
  rules: readonly PrefixRule[],
  text: string,
  at: number,
  from: number,
  floor: number,
  isWhole: boolean,
): Finding | undefined {
  for (const rule of rules) {
    const start = at - rule.triggerAt;
    if (start < from || text.charCodeAt(start) !== rule.prefix.charCodeAt(0)) continue;
    const begins = beginsWithPrefix(text, start, rule.prefix, isWhole);
    if (begins === "no" || !(rule.anywhere || isBoundary(text, start, floor))) continue;
    const end = begins === "cut" ? undecided : rule.accept(text, start + rule.prefix.length, isWhole);
    if (end === refused) continue;
    if (end === undecided) return { kind: undefined, at: start };
    const { kind, prefix, keepsPrefix, rest } = rule;
    return { kind, at: keepsPrefix ? start + prefix.length : start, end, rest, quote: "" };
  }
  return undefined;
}

function beginsWithPrefix(
  text: string,
  start: number,
  prefix: string,
  isWhole: boolean,
): "yes" | "no" | "cut" {
  if (text.startsWith(prefix, start)) return "yes";
  const isCut = !isWhole && text.length - start < prefix.length && prefix.startsWith(text.slice(start));
  return isCut ? "cut" : "no";
}

/** A prefix that begins with its trigger may begin with the last character. */
function waitForNext(text: string, at: number, floor: number): Finding | undefined {
  const isBeginning = isSchemeLetter(text.charCodeAt(at)) && isBoundary(text, at, floor);
  return isBeginning ? { kind: undefined, at } : undefined;
}

function isSchemeLetter(unit: number): boolean {
  return unit === code.upperB || unit === code.lowerB;
}

/** Where the word begins that the text ends with, `limit` at the earliest. */
function wordStart(text: string, limit: number): number {
  let at = text.length;
  while (at > limit && isOf(alphanumeric, text.charCodeAt(at - 1))) at -= 1;
  return at;
}

function isLead(text: string, at: number): boolean {
  const candidates = leads.get(text.charCodeAt(at));
  if (candidates === undefined) return false;
  const tail = text.slice(at);
  return candidates.some((lead) => lead.startsWith(tail));
}

function dashesAtEnd(text: string, from: number): number {
  let at = text.length;
  while (at > from && text.length - at < dashesMax && text.charCodeAt(at - 1) === code.dash) at -= 1;
  return at;
}
