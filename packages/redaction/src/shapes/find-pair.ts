// Pairs of a secret name and its value: `password=...`, `"apiKey": "..."`, `Authorization: Bearer ...`, in source
// code, JSON (however often it is escaped), YAML, environment files, headers and queries.
import {
  code,
  credential,
  delimiter,
  headerEnd,
  isBlank,
  isOf,
  runEnd,
  runEndOutside,
} from "../characters.ts";
import { type Kind, markerLengthAt } from "../markers.ts";
import type { Finding, Rest } from "../scanner.ts";
import { isQuote, type PairName, secretNameBefore } from "./pair-name.ts";
import { isBareSecret, isQuotedSecret, isStrong } from "./pair-values.ts";
import { quotedEnd, restOfQuoted } from "./quoted.ts";
import { restOfRun } from "./tokens.ts";

/** How much of a value decides what it is; what follows is swallowed with it. So this much is held back at most. */
const judgedMax = 512;
const blanksMax = 8;
const backslashesMax = 7;

export const pairTriggers = ":=";

/** A sign with a secret name in front of it. */
interface Pair {
  readonly text: string;
  readonly at: number;
  readonly floor: number;
  readonly isWhole: boolean;
  readonly name: PairName;
}

/** The secret value of the pair whose sign is at `at`. */
export function findPair(text: string, at: number, floor: number, isWhole: boolean): Finding | undefined {
  const name = secretNameBefore(text, at, floor);
  if (name === undefined) return undefined;
  const finding = findValue({ text, at, floor, isWhole, name });
  if (finding !== "cut") return finding;
  return isWhole ? undefined : { kind: undefined, at };
}

/** What is found; "cut" where the text ends before that is known. */
type Look = Finding | undefined | "cut";

function findValue(pair: Pair): Look {
  const { text } = pair;
  const sign = signEnd(pair);
  if (sign === undefined) return text.length - pair.at < 2 ? "cut" : undefined;
  const begin = runOfBlanks(text, sign);
  let open = begin;
  while (open - begin < backslashesMax && text.charCodeAt(open) === code.backslash) open += 1;
  if (open === text.length) return "cut";
  if (isQuote(text.charCodeAt(open))) return findQuoted(pair, open + 1, open - begin);
  if (open > begin || isOf(delimiter, text.charCodeAt(begin))) return undefined;
  if (pair.name.class === "authorization") return findCredentials(pair, begin);
  if (pair.name.class === "cookie") return findCookies(pair, begin);
  return findBare(pair, begin);
}

/** Behind the sign; undefined where it is part of another one, such as `==` and `::`, or the text ends in it. */
function signEnd({ text, at, name }: Pair): number | undefined {
  const next = text.charCodeAt(at + 1);
  if (Number.isNaN(next)) return undefined;
  if (text.charCodeAt(at) === code.colon)
    return next === code.colon || next === code.equals ? undefined : at + 1;
  if (next === code.equals || next === code.tilde) return undefined;
  if (next !== code.greater) return at + 1;
  // A member of a hash; without quotes it is a function that takes the name.
  return name.quote === "" ? undefined : at + 2;
}

function findQuoted(pair: Pair, from: number, backslashes: number): Look {
  const { text, isWhole, name } = pair;
  const quote = text.charCodeAt(from - 1);
  const limit = from + judgedMax;
  const end = quotedEnd(text, from, quote, backslashes, limit, isWhole);
  if (end < 0) return "cut";
  if (!isQuotedSecret(text.slice(from, end), name.class)) return undefined;
  return found(name, from, end, end >= limit ? restOfQuoted(quote, backslashes) : undefined);
}

/** A scheme and its credentials, of which the scheme stays; or credentials alone. */
function findCredentials({ text, isWhole, name }: Pair, begin: number): Look {
  const first = runEnd(text, begin, credential, begin + judgedMax);
  if (first === text.length && !isWhole) return "cut";
  const alone = text.slice(begin, first);
  if (isBlank(text.charCodeAt(first)) && scheme.test(alone)) {
    const second = runOfBlanks(text, first);
    const end = runEnd(text, second, credential, second + judgedMax);
    const marker = markerLengthAt(text, second, isWhole);
    if (marker === undefined || (end === text.length && !isWhole)) return "cut";
    if (marker > 0) return undefined;
    if (end - second >= 8 && isStrong(text.slice(second, end)))
      return found(name, second, end, restOfRun(credential));
  }
  const isKey = alone.length >= 16 && isStrong(alone);
  return isKey ? found(name, begin, first, restOfRun(credential)) : undefined;
}

const scheme = /^[A-Za-z][A-Za-z0-9-]{1,24}$/;

function findCookies({ text, isWhole, name }: Pair, begin: number): Look {
  const limit = begin + judgedMax;
  const end = runEndOutside(text, begin, headerEnd, limit);
  if (end === text.length && end < limit && !isWhole) return "cut";
  return isQuotedSecret(text.slice(begin, end), "cookie")
    ? found(name, begin, end, restUntil(headerEnd))
    : undefined;
}

function findBare(pair: Pair, begin: number): Look {
  const { text, at, isWhole, name } = pair;
  const limit = begin + judgedMax;
  const end = runEndOutside(text, begin, delimiter, limit);
  if (end === text.length && end < limit && !isWhole) return "cut";
  const isEquals = text.charCodeAt(at) === code.equals;
  const isTight = isEquals && name.isAdjacent && begin === at + 1;
  const isMember = !isEquals && name.quote !== "";
  const bare = {
    value: text.slice(begin, end),
    terminator: end < limit ? text.charAt(end) : "",
    isQuery: isTight && isQueryName(pair),
    isAssignment: isTight && name.quote === "" && /^[A-Z0-9_]+$/.test(name.name),
    isTight,
    isMember,
  };
  if (!isBareSecret(bare, name.class)) return undefined;
  return { ...found(name, begin, end, restUntil(delimiter)), quote: isMember ? name.quote : "" };
}

function isQueryName({ text, floor, name }: Pair): boolean {
  const before = name.begin - 1;
  if (before < floor) return false;
  const unit = text.charCodeAt(before);
  if (unit === code.question) return true;
  return unit === code.ampersand && (before === floor || text.charCodeAt(before - 1) !== code.ampersand);
}

function found(
  name: PairName,
  at: number,
  end: number,
  rest: Rest | undefined,
): Extract<Finding, { kind: Kind }> {
  return { kind: name.class, at, end, rest, quote: "" };
}

function restUntil(flag: number): Rest {
  return (text, from, isWhole) => {
    const end = runEndOutside(text, from, flag, text.length);
    return end === text.length && !isWhole ? ~end : end;
  };
}

function runOfBlanks(text: string, from: number): number {
  let at = from;
  while (at - from < blanksMax && isBlank(text.charCodeAt(at))) at += 1;
  return at;
}
