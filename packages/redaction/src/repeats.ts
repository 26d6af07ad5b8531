// What a text says again and again, as event streams and logs do between the few characters that differ: it is looked at
// once. To see that it stands there again costs a fraction of looking at it.
//
// Owns: the part that repeats. It is taken from around two line ends that look alike. Whether any place of it needs a
// closer look depends on the characters around that place alone (R4), so where it stands again the answer is what it was.

/** A shorter text is looked at sooner than compared. */
const repeatingTextMin = 8_192;
const lineMin = 64;
const partMin = 64;
const partMax = 1_024;
/** So many parts may be learned in a row that stand nowhere else. */
const vainLearningMax = 32;
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
  #lineEndInPart = 0;
  /** Where the part stands that the scan is about to skip; -1 = it is about none. */
  #partAt = -1;
  #vainCount = 0;
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
    if (this.#text.charCodeAt(end - 1) !== this.#last || this.#text.slice(at, end) !== this.#part)
      return false;
    this.#partAt = at;
    this.#vainCount = 0;
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
    if (this.#text.charCodeAt(at + 1) === this.#text.charCodeAt(at)) return false;
    const length = at - this.#lineEnd;
    this.#lineEnd = at;
    return length >= lineMin && this.#vainCount < vainLearningMax && this.#compare(at);
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
    const text = this.#text;
    const endMax = Math.min(partMax, last - before + 1);
    let end = 1;
    while (end < endMax && text.charCodeAt(before + end) === text.charCodeAt(at + end)) end += 1;
    if (end < partMin / 2) return false;
    const beginMax = Math.min(partMax, before - first);
    let begin = 0;
    while (begin < beginMax && text.charCodeAt(before - begin - 1) === text.charCodeAt(at - begin - 1))
      begin += 1;
    return this.#learn(at, begin, end);
  }

  /** Takes `begin` characters in front of the line end and `end` from it on, as far as the part had them before. */
  #learn(at: number, begin: number, end: number): boolean {
    const common = this.#commonWithPart(at, begin, end);
    // What two lines have in common by chance would be another thing every few lines.
    const isEnough = common.before + common.behind >= Math.max(partMin, this.#part.length / 2);
    const { before, behind } = isEnough ? common : { before: begin, behind: end };
    if (before + behind < partMin) return false;
    this.#vainCount += 1;
    this.#partAt = at - before;
    this.#part = ownString(this.#text, this.#partAt, at + behind);
    this.#lineEndInPart = before;
    this.first = this.#part.charCodeAt(0);
    this.#last = this.#part.charCodeAt(before + behind - 1);
    return true;
  }

  #commonWithPart(
    at: number,
    begin: number,
    end: number,
  ): { readonly before: number; readonly behind: number } {
    const text = this.#text;
    const part = this.#part;
    const place = this.#lineEndInPart;
    let behind = 0;
    while (behind < end && text.charCodeAt(at + behind) === part.charCodeAt(place + behind)) behind += 1;
    let before = 0;
    while (before < begin && text.charCodeAt(at - before - 1) === part.charCodeAt(place - before - 1))
      before += 1;
    return { before, behind };
  }
}

/** A slice of a text is compared more slowly than a string of its own. */
function ownString(text: string, begin: number, end: number): string {
  const units: number[] = [];
  for (let at = begin; at < end; at += 1) units.push(text.charCodeAt(at));
  return String.fromCharCode(...units);
}
