// Finds credentials by their shapes.
//
// One pass over the text looks for a few characters that are rare in ordinary text and that every shape has; what is
// around such a character is then looked at closely. `isQuiet` does the same for a piece of which the surroundings are
// not at hand, and may see more than there is, never less.
import { code } from "../characters.ts";
import { type Repeats, repeatsOf } from "../repeats.ts";
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
for (const character of `${prefixTriggers + pairTriggers + urlTriggers}\n`)
  triggers[character.charCodeAt(0)] = 1;

/** A sign may have blanks, a quote, a bracket and backslashes between itself and the end of its name. */
const reach = 24;

export const shapeScanner: Scanner = { find, isQuiet };

function find(text: string, from: number, floor: number, isWhole: boolean): Finding | undefined {
  const repeats = repeatsOf(text, from, reach);
  for (let at = from; ; at += 1) {
    at = nextLook(text, at, noUnit, noUnit, repeats);
    if (at >= text.length) break;
    const finding = findAt(text, at, text.charCodeAt(at), from, floor, isWhole);
    if (finding !== undefined) return finding;
    repeats?.looked(at);
  }
  if (isWhole) return undefined;
  const end = prefixAtEnd(text, from, floor);
  return end < text.length ? { kind: undefined, at: end } : undefined;
}

// What is in front of a whole text.
const noUnit = code.space;

/** The next place that needs a closer look; the text's length where there is none. */
function nextLook(
  text: string,
  from: number,
  last: number,
  lastButOne: number,
  repeats: Repeats | undefined,
): number {
  for (let at = from; at < text.length; ) {
    let stop = repeats?.stopBehind(at) ?? text.length;
    let first = repeats?.first ?? -1;
    for (; at < stop; at += 1) {
      const unit = text.charCodeAt(at);
      if (unit === first && repeats?.standsAt(at) === true) {
        stop = repeats.stopBehind(at);
        first = -1;
      }
      if (triggers[unit] === 0) continue;
      if (unit !== code.lineFeed) {
        if (mayBeAt(text, at, unit, last, lastButOne)) return at;
      } else if (repeats?.sawLineEnd(at) === true) {
        stop = repeats.stopBehind(at);
        first = repeats.first;
      }
    }
    if (repeats === undefined || stop === text.length) break;
    at = repeats.skip();
  }
  return text.length;
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
  if (mayBePrefixAtEnd(piece, last)) return false;
  return nextLook(piece, 0, last, lastButOne, repeatsOf(piece, 0, reach)) === piece.length;
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
