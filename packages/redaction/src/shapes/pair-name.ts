// The name in front of a `:` or `=`, read backwards.
import { code, isBlank, isOf, name as nameClass } from "../characters.ts";
import { mayEndSecretName, type SecretClass, secretClassOf } from "../secret-names.ts";

const blanksMax = 8;
const backslashesMax = 7;
const nameMax = 40;

/** What stands in front of the sign. */
export interface PairName {
  readonly class: SecretClass;
  readonly name: string;
  /** The quote that closes it, with the backslashes that it is escaped with; empty where it has none. */
  readonly quote: string;
  /** Where it begins, without its quote. */
  readonly begin: number;
  /** Whether it stands right at the sign. */
  readonly isAdjacent: boolean;
}

/** The name in front of the sign at `at`, if it says that its value is secret. */
export function secretNameBefore(text: string, at: number, floor: number): PairName | undefined {
  const end = nameEnd(text, at, floor);
  if (end - floor < 4 || !mayEnd(text, end)) return undefined;
  const begin = nameBegin(text, end, floor);
  const name = text.slice(begin, end);
  const secretClass = secretClassOf(name);
  if (secretClass === undefined) return undefined;
  const quote = text.slice(end, at).match(/^\\*["'`]/)?.[0] ?? "";
  return { class: secretClass, name, quote, begin, isAdjacent: end + quote.length === at };
}

/** Whether a secret name may stand in front of the sign, for all that the text shows. */
export function maySecretNamePrecede(piece: string, at: number): boolean {
  const end = nameEnd(piece, at, 0);
  return end < 3 || mayEnd(piece, end);
}

/** Behind the last character of the name; at or below `floor` where there is none. */
function nameEnd(text: string, at: number, floor: number): number {
  let end = at;
  // `:=` is one sign.
  if (text.charCodeAt(at) === code.equals && end > floor && text.charCodeAt(end - 1) === code.colon) end -= 1;
  const blanksEnd = Math.max(floor, end - blanksMax);
  while (end > blanksEnd && isBlank(text.charCodeAt(end - 1))) end -= 1;
  const isMember = end - floor > 1 && text.charCodeAt(end - 1) === code.closeBracket;
  if (isMember && isQuote(text.charCodeAt(end - 2))) end -= 1;
  if (end > floor && isQuote(text.charCodeAt(end - 1))) {
    end -= 1;
    const slashesEnd = Math.max(floor, end - backslashesMax);
    while (end > slashesEnd && text.charCodeAt(end - 1) === code.backslash) end -= 1;
  }
  return end;
}

function mayEnd(text: string, end: number): boolean {
  return mayEndSecretName(text.charCodeAt(end - 3), text.charCodeAt(end - 2), text.charCodeAt(end - 1));
}

function nameBegin(text: string, end: number, floor: number): number {
  let begin = end;
  const limit = Math.max(floor, end - nameMax);
  while (begin > limit && isOf(nameClass, text.charCodeAt(begin - 1))) begin -= 1;
  return begin;
}

export function isQuote(unit: number): boolean {
  return unit === code.doubleQuote || unit === code.singleQuote || unit === code.backtick;
}
