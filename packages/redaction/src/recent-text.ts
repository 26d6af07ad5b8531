// The last characters of a text that comes in pieces, kept without making anything: the pieces themselves stay in a
// ring, and are joined only when somebody has to look back.
import { lookbackMax } from "./scanner.ts";

// Every piece that is kept has a character at least, so the ring always reaches back far enough.
const slots = lookbackMax;

export class RecentText {
  readonly #ring: string[] = [];
  #count = 0;
  /** The last two codes; a space where there is none. */
  last = 32;
  lastButOne = 32;

  /** Takes a piece that is not empty. */
  add(piece: string): void {
    this.#ring[this.#count % slots] = piece;
    this.#count += 1;
    const { length } = piece;
    this.lastButOne = length > 1 ? piece.charCodeAt(length - 2) : this.last;
    this.last = piece.charCodeAt(length - 1);
  }

  /** Forgets everything, and keeps the end of this text instead. */
  restart(text: string): void {
    this.#ring.length = 0;
    this.#count = 0;
    this.last = 32;
    this.lastButOne = 32;
    if (text !== "") this.add(text.length > lookbackMax ? text.slice(-lookbackMax) : text);
  }

  /** The last characters, as many as may be looked back at. */
  text(): string {
    let joined = "";
    for (let back = 1; back <= Math.min(this.#count, slots) && joined.length < lookbackMax; back += 1)
      joined = this.#ring[(this.#count - back) % slots] + joined;
    return joined.length > lookbackMax ? joined.slice(-lookbackMax) : joined;
  }
}
