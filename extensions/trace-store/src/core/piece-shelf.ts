// Cuts text into pieces and keeps each once, under the hash of what it says.
//
// Pieces of one text have a fixed length from its beginning on, so that a longer text with the same beginning shares all
// but its last pieces. What is short stands where it is used: a name of its own would cost more.
import { hash } from "node:crypto";
import { BoundedMap } from "./bounded-map.ts";
import type { Part } from "./keys.ts";

/** Takes the pieces that are to be stored. */
export interface PieceTaker {
  takePiece(hash: string, text: string): void;
}

export const pieceLengthMax = 16_384;
const beginningLength = 200;
const knownHashesMax = 50_000;

export class PieceShelf {
  /** Pieces of this generation that are stored or about to be. */
  readonly #known = new BoundedMap<string, true>(knownHashesMax);

  /** The part that stands for a text; it is handed over where it is not known. */
  keepPiece(text: string, taker: PieceTaker): Part {
    const name = hash("sha256", text, "base64url");
    if (!this.#known.has(name)) {
      this.#known.set(name, true);
      taker.takePiece(name, text);
    }
    return [name, text.length];
  }
}

/** Cuts a text that comes in parts. */
export class PieceCutter {
  readonly #shelf: PieceShelf;
  readonly #inlineMax: number;
  readonly #taker: PieceTaker;
  readonly #parts: Part[] = [];
  #rest = "";
  /** The first half of a character whose second one may still come. */
  #half = "";
  #length = 0;
  #beginning = "";

  constructor(shelf: PieceShelf, inlineMax: number, taker: PieceTaker) {
    this.#shelf = shelf;
    this.#inlineMax = inlineMax;
    this.#taker = taker;
  }

  add(text: string): void {
    const joined = this.#half + text;
    // Half a character has no bytes of its own, so two pieces could have one hash.
    const end = endOfCharacters(joined, joined.length);
    this.#half = joined.slice(end);
    this.#addWhole(joined.slice(0, end).toWellFormed());
  }

  #addWhole(whole: string): void {
    if (this.#length < beginningLength)
      this.#beginning = `${this.#beginning}${whole}`.slice(0, beginningLength);
    this.#length += whole.length;
    let at = 0;
    // What is left of the last part is joined to as much as its piece takes, and not to all of a long text.
    while (this.#rest.length + whole.length - at > pieceLengthMax) {
      const filled = this.#rest + whole.slice(at, at + pieceLengthMax - this.#rest.length);
      const end = endOfCharacters(filled, filled.length);
      this.#parts.push(
        this.#shelf.keepPiece(end === filled.length ? filled : filled.slice(0, end), this.#taker),
      );
      at += end - this.#rest.length;
      this.#rest = "";
    }
    this.#rest += whole.slice(at);
  }

  /** The whole text; nothing is added afterwards. */
  end(): CutText {
    if (this.#half !== "") this.#addWhole(this.#half.toWellFormed());
    if (this.#rest.length > this.#inlineMax) this.#parts.push(this.#shelf.keepPiece(this.#rest, this.#taker));
    else if (this.#rest.length > 0) this.#parts.push(this.#rest);
    return { parts: this.#parts, length: this.#length, beginning: this.#beginning.toWellFormed() };
  }
}

/** A text as references to what is stored of it. */
export interface CutText {
  readonly parts: readonly Part[];
  /** UTF-16 units. */
  readonly length: number;
  /** The first characters. */
  readonly beginning: string;
}

/** `end`, or one less where it would cut a character in two. */
function endOfCharacters(text: string, end: number): number {
  const unit = text.charCodeAt(end - 1);
  return unit >= 0xd800 && unit <= 0xdbff ? end - 1 : end;
}
