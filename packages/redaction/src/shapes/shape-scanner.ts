// Finds credentials by their shapes.
//
// One pass over the text looks for a few characters that are rare in ordinary text and that every shape has; what is
// around such a character is then looked at closely. `isQuiet` does the same for a piece of which the surroundings are
// not at hand, and may see more than there is, never less.
import { code } from "../characters.ts";
import type { Finding, Scanner } from "../scanner.ts";
import { findInUrl, mayBeUrl, urlTriggers } from "./find-in-url.ts";
import { findPair, pairTriggers } from "./find-pair.ts";
import {
  findPrefixed,
  mayBePrefixAtEnd,
  mayBePrefixed,
  prefixAtEnd,
  prefixTriggers,
} from "./find-prefixed.ts";
import { maySecretNamePrecede } from "./pair-name.ts";

const triggers = new Uint8Array(65_536);
for (const character of prefixTriggers + pairTriggers + urlTriggers) triggers[character.charCodeAt(0)] = 1;

export const shapeScanner: Scanner = { find, isQuiet };

function find(text: string, from: number, floor: number, isWhole: boolean): Finding | undefined {
  for (let at = from; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (triggers[unit] === 0) continue;
    const finding = findAt(text, at, unit, from, floor, isWhole);
    if (finding !== undefined) return finding;
  }
  if (isWhole) return undefined;
  const end = prefixAtEnd(text, from, floor);
  return end < text.length ? { kind: undefined, at: end } : undefined;
}

function findAt(
  text: string,
  at: number,
  unit: number,
  from: number,
  floor: number,
  isWhole: boolean,
): Finding | undefined {
  switch (unit) {
    case code.colon:
    case code.equals:
      return findPair(text, at, floor, isWhole);
    case code.slash:
      return findInUrl(text, at, floor, isWhole);
    default:
      return findPrefixed(text, at, from, floor, isWhole);
  }
}

function isQuiet(piece: string, last: number, lastButOne: number): boolean {
  for (let at = 0; at < piece.length; at += 1) {
    const unit = piece.charCodeAt(at);
    if (triggers[unit] === 1 && mayBeAt(piece, at, unit, last, lastButOne)) return false;
  }
  return !mayBePrefixAtEnd(piece, last);
}

function mayBeAt(piece: string, at: number, unit: number, last: number, lastButOne: number): boolean {
  switch (unit) {
    case code.colon:
    case code.equals:
      return maySecretNamePrecede(piece, at);
    case code.slash:
      return mayBeUrl(piece, at, last, lastButOne);
    default:
      return mayBePrefixed(piece, at, last);
  }
}
