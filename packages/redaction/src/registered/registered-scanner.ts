// Finds the exact values that were registered, in all their spellings.
//
// A value that begins in the middle of a word is replaced from its third character on: its first two cannot be told
// from ordinary letters, and would otherwise hold back the end of every second piece of a stream.
import { isBoundary, mayPrecedeWord } from "../boundary.ts";
import { code } from "../characters.ts";
import { markerLengthAt, markerLengthMax } from "../markers.ts";
import { type Repeats, repeatsOf } from "../repeats.ts";
import type { Finding, Scanner } from "../scanner.ts";
import { rollHash, type SpellingIndex } from "./spelling-index.ts";

const shownInWord = 2;
/** A hash is that of three characters. */
const reach = 2;

export class RegisteredScanner implements Scanner {
  /** Replaced as a whole whenever something is registered or forgotten. */
  index: SpellingIndex;

  constructor(index: SpellingIndex) {
    this.index = index;
  }

  find(text: string, from: number, floor: number, isWhole: boolean): Finding | undefined {
    if (this.index.isEmpty) return undefined;
    const repeats = repeatsOf(text, from, reach);
    for (let at = Math.max(from, floor + 2); ; at += 1) {
      at = this.#nextLook(text, at, hashBefore(text, at), repeats);
      if (at >= text.length) break;
      const finding = this.#findAt(text, at - 2, from, floor, isWhole);
      if (finding !== undefined) return finding;
      repeats?.looked(at);
    }
    return isWhole ? undefined : this.#findAtEnd(text, from, floor);
  }

  isQuiet(piece: string, last: number, lastButOne: number): boolean {
    if (this.index.isEmpty) return true;
    if (this.#mayBeginAtEnd(piece, last)) return false;
    const hash = rollHash(rollHash(0, lastButOne), last);
    return this.#nextLook(piece, 0, hash, repeatsOf(piece, 0, reach)) >= piece.length;
  }

  /**
   * The next place whose character may be the third of a spelling; the text's length where there is none. `hash` is
   * that of the two characters in front of `from`.
   */
  #nextLook(text: string, from: number, hash: number, repeats: Repeats | undefined): number {
    const { index } = this;
    const { hashes } = index;
    let rolled = hash;
    for (let at = from; at < text.length; ) {
      let stop = repeats?.stopBehind(at) ?? text.length;
      let first = repeats?.first ?? -1;
      for (; at < stop; at += 1) {
        const unit = text.charCodeAt(at);
        rolled = rollHash(rolled, unit);
        if (hashes[rolled] === 1 && (at < 2 || index.hasAt(text, at - 2))) return at;
        if (unit === first) {
          if (repeats?.standsAt(at) !== true) continue;
          stop = repeats.stopBehind(at);
          first = -1;
        } else if (unit === code.lineFeed && repeats?.sawLineEnd(at) === true) {
          stop = repeats.stopBehind(at);
          first = repeats.first;
        }
      }
      if (repeats === undefined || stop === text.length) break;
      at = repeats.skip();
      rolled = hashBefore(text, at);
    }
    return text.length;
  }

  #findAt(text: string, at: number, from: number, floor: number, isWhole: boolean): Finding | undefined {
    for (const spelling of this.index.at(text, at)) {
      const begin = Math.max(from, shownUntil(text, at, floor));
      if (text.startsWith(spelling, at)) {
        const inert = this.#isInMarker(text, at, at + spelling.length, floor, isWhole);
        if (inert === undefined) return { kind: undefined, at: Math.max(from, at) };
        if (inert) continue;
        return { kind: "secret", at: begin, end: at + spelling.length, rest: undefined, quote: "" };
      }
      const isCut = !isWhole && text.length - at < spelling.length && spelling.startsWith(text.slice(at));
      if (isCut) return { kind: undefined, at: Math.max(from, at) };
    }
    return undefined;
  }

  /** Whether a marker lies over part of it: its words are not to be found. Undefined = that is not known yet. */
  #isInMarker(text: string, at: number, end: number, floor: number, isWhole: boolean): boolean | undefined {
    const first = Math.max(floor, at - markerLengthMax);
    for (let open = text.indexOf("[", first); open >= 0 && open < end; open = text.indexOf("[", open + 1)) {
      const length = markerLengthAt(text, open, isWhole);
      if (length === undefined) return undefined;
      if (open + length > at) return true;
    }
    return false;
  }

  /** A word at the end of the text may be the beginning of a spelling; the loop sees those of three characters. */
  #findAtEnd(text: string, from: number, floor: number): Finding | undefined {
    const { length } = text;
    const two = length - 2;
    const pair = this.index.beginsWithPair(text.charCodeAt(two), text.charCodeAt(two + 1));
    if (two >= from && pair && isBoundary(text, two, floor)) return { kind: undefined, at: two };
    const one = length - 1;
    const single = one >= from && this.index.beginsWith(text.charCodeAt(one));
    return single && isBoundary(text, one, floor) ? { kind: undefined, at: one } : undefined;
  }

  #mayBeginAtEnd(piece: string, last: number): boolean {
    const { length } = piece;
    const unit = piece.charCodeAt(length - 1);
    const before = length > 1 ? piece.charCodeAt(length - 2) : last;
    if (this.index.beginsWith(unit) && mayPrecedeWord(before)) return true;
    if (length < 2 || !this.index.beginsWithPair(before, unit)) return false;
    return mayPrecedeWord(length > 2 ? piece.charCodeAt(length - 3) : last);
  }
}

/** The hash of the two characters in front of a place. */
function hashBefore(text: string, at: number): number {
  return rollHash(rollHash(0, text.charCodeAt(at - 2)), text.charCodeAt(at - 1));
}

/** Where the part begins that is replaced. */
function shownUntil(text: string, at: number, floor: number): number {
  return isBoundary(text, at, floor) ? at : at + shownInWord;
}
