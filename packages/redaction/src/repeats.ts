// What a text says again and again, as event streams and logs do between the few characters that differ: it is looked at
// once. To see that it stands there again costs a fraction of looking at it.
//
// Owns: the part that repeats. It is taken from around two line ends that look alike. Whether any place of it needs a
// closer look depends on the characters around that place alone (R4), so where it stands again the answer is what it was.

/** A shorter text is looked at sooner than compared. */
const repeatingTextMin = 1_024;
const lineMin = 64;
const partMin = 64;
const partMax = 1_024;
/** No rule looks further behind a place than at the next one, to tell whether it needs a closer look. */
const reachOn = 1;

/**
 * The repeats of a text that is scanned from `from` on. Undefined where it would not pay.
 *
 * @param reach how far in front of a place the scanner looks to tell whether it needs a closer look
 */
export function repeatsOf(text: string, from: number, reach: number): Repeats | undefined {
  return text.length - from < repeatingTextMin ? undefined : new Repeats(text, from, reach);
}

export class Repeats {
  /** The first character of the part; -1 = none is known. */
  first = -1;
  readonly #text: string;
  readonly #from: number;
  readonly #reach: number;
  #part = "";
  #last = -1;
  /** Where the part stands that the scan is about to skip; -1 = it is about none. */
  #partAt = -1;
  #lineEnd = -1;
  /** The end of the last long line, with the last closer look before it and the first one behind it. */
  #anchor = -1;
  #lookBefore: number;
  #lookBehind = Number.POSITIVE_INFINITY;
  #lastLook: number;

  constructor(text: string, from: number, reach: number) {
    this.#text = text;
    this.#from = from;
    this.#reach = reach;
    this.#lookBefore = from - 1;
    this.#lastLook = from - 1;
  }

  /** Up to where everything has to be looked at, from `at` on: the text's length where nothing is skipped. */
  stopBehind(at: number): number {
    return this.#partAt < 0 ? this.#text.length : Math.max(at, this.#partAt + this.#reach);
  }

  /** The scan has come to the stop. Gives where it goes on. */
  skip(): number {
    const end = this.#partAt + this.#part.length - reachOn;
    this.#partAt = -1;
    return end;
  }

  /** Whether the part stands at `at`, where its first character does: then there is another stop. */
  standsAt(at: number): boolean {
    const end = at + this.#part.length;
    if (this.#unit(end - 1) !== this.#last || this.#text.slice(at, end) !== this.#part) return false;
    this.#partAt = at;
    return true;
  }

  /** Takes a place that was looked at closely. */
  looked(at: number): void {
    this.#lastLook = at;
    if (this.#lookBehind > at) this.#lookBehind = at;
  }

  /** Takes a line end that the scan has come to. True where there is another stop. */
  sawLineEnd(at: number): boolean {
    // Where blank lines follow, the end of the last of them counts.
    if (this.#isSame(at, at + 1)) return false;
    const length = at - this.#lineEnd;
    this.#lineEnd = at;
    return length >= lineMin && this.#compare(at);
  }

  /** Compares what is around the line end with what is around the last one of a long line. */
  #compare(at: number): boolean {
    const before = this.#anchor;
    const first = Math.max(this.#from, this.#lookBefore + 1);
    const last = Math.min(at, this.#lookBehind) - 1;
    this.#anchor = at;
    this.#lookBefore = this.#lastLook;
    this.#lookBehind = Number.POSITIVE_INFINITY;
    if (before < 0) return false;
    let end = 1;
    while (end < partMax && before + end <= last && this.#isSame(before + end, at + end)) end += 1;
    if (end < partMin / 2) return false;
    let begin = 0;
    while (begin < partMax && before - begin > first && this.#isSame(before - begin - 1, at - begin - 1))
      begin += 1;
    if (begin + end < partMin) return false;
    this.#learn(at - begin, at + end);
    return true;
  }

  #learn(begin: number, end: number): void {
    const units = Array.from({ length: end - begin }, (_, index) => this.#unit(begin + index));
    // A string of its own: two slices are compared more slowly.
    this.#part = String.fromCharCode(...units);
    this.#partAt = begin;
    this.first = this.#unit(begin);
    this.#last = this.#unit(end - 1);
  }

  #isSame(one: number, other: number): boolean {
    return this.#unit(one) === this.#unit(other);
  }

  #unit(at: number): number {
    return this.#text.charCodeAt(at);
  }
}
