// Private keys in PEM (RFC 7468, RFC 1421, OpenPGP armor): as they stand in a file, on one line, or inside of JSON with
// their line ends escaped, once or several times over.
//
// A header alone is no key: programs look for it. A key is known by its first 16 characters, and what follows is
// swallowed as long as it looks like lines of base64, so that a key whose end was cut off is covered as well.
import { base64, code, headerEnd, label, runEnd, runEndOutside, word } from "../characters.ts";
import type { Rest } from "../scanner.ts";
import { type Accept, refused, undecided } from "./prefix-rule.ts";

const labelMax = 48;
const headerLinesMax = 6;
const headerNameMax = 32;
const headerLineMax = 160;
const lineMin = 16;
const separatorMax = 64;
const dashes = "-----";
const footer = "-----END ";

/** What follows `-----BEGIN `. */
export const acceptPrivateKey: Accept = (text, from, isWhole) => {
  const end = runEnd(text, from, label, from + labelMax);
  if (end === text.length && !isWhole) return undecided;
  if (!/PRIVATE KEY(?: BLOCK)?$/.test(text.slice(from, end))) return refused;
  const closed = afterLiteral(text, end, dashes, isWhole);
  return closed < 0 ? closed : acceptBody(text, closed, isWhole);
};

function acceptBody(text: string, from: number, isWhole: boolean): number {
  let at = afterSeparator(text, from, isWhole);
  for (let count = 0; at >= 0 && count <= headerLinesMax; count += 1) {
    const end = runEnd(text, at, base64, at + lineMin);
    if (end - at === lineMin) return end;
    at = end === text.length && !isWhole ? undecided : afterHeaderLine(text, at, isWhole);
  }
  return Math.min(at, refused);
}

/** `Name: value`, as encrypted and armored keys have it in front. */
function afterHeaderLine(text: string, from: number, isWhole: boolean): number {
  const colon = runEnd(text, from, word, from + headerNameMax);
  if (!isWhole && text.length < colon + 2) return undecided;
  if (colon === from || !text.startsWith(": ", colon)) return refused;
  const limit = from + headerLineMax;
  const end = runEndOutside(text, colon, headerEnd, limit);
  if (end === text.length && end < limit && !isWhole) return undecided;
  return text.slice(colon, end).includes("[") ? refused : afterSeparator(text, end, isWhole);
}

/** Swallows lines until the footer, or until something comes that is no line of a key. */
export const restOfPrivateKey: Rest = (text, from, isWhole) => {
  for (let at = from; ; ) {
    const end = runEnd(text, at, base64);
    if (end === text.length) return isWhole ? end : ~end;
    const next = afterLineEnd(text, end, isWhole);
    if (next === undecided) return ~end;
    if (next === refused) return end;
    // Only the footer ends with a dash.
    if (text.charCodeAt(next - 1) === code.dash) return next;
    at = next;
  }
};

/** Where the next long line was entered, or where the key is over with its footer. */
function afterLineEnd(text: string, from: number, isWhole: boolean): number {
  let at = from;
  // The last line may be short, and a checksum may follow it: then the footer has to come.
  for (let shortLines = 0; shortLines <= 2; shortLines += 1) {
    at = afterSeparator(text, at, isWhole);
    if (at < 0) return at;
    const closed = afterFooter(text, at, isWhole);
    if (closed !== refused) return closed;
    const end = runEnd(text, at, base64, at + lineMin);
    if (end - at === lineMin) return end;
    if (end === text.length && !isWhole) return undecided;
    if (end === at) return refused;
    at = end;
  }
  return refused;
}

function afterFooter(text: string, at: number, isWhole: boolean): number {
  const begin = afterLiteral(text, at, footer, isWhole);
  if (begin < 0) return begin;
  const end = runEnd(text, begin, label, begin + labelMax);
  if (end === text.length && !isWhole) return undecided;
  return afterLiteral(text, end, dashes, isWhole);
}

/** Skips white space and escaped line ends, of both of which there may be none. */
function afterSeparator(text: string, from: number, isWhole: boolean): number {
  let at = from;
  while (at < text.length && at - from < separatorMax) {
    const unit = text.charCodeAt(at);
    if (unit === code.space || (unit >= code.tab && unit <= code.carriageReturn)) at += 1;
    else if (unit === code.backslash) {
      let letter = at;
      while (letter - at < 8 && text.charCodeAt(letter) === code.backslash) letter += 1;
      if (letter === text.length) return isWhole ? at : undecided;
      if (!"nrt".includes(text.charAt(letter))) return at;
      at = letter + 1;
    } else return at;
  }
  return at === text.length && at - from < separatorMax && !isWhole ? undecided : at;
}

function afterLiteral(text: string, at: number, literal: string, isWhole: boolean): number {
  if (text.startsWith(literal, at)) return at + literal.length;
  const isCut = !isWhole && text.length - at < literal.length && literal.startsWith(text.slice(at));
  return isCut ? undecided : refused;
}
