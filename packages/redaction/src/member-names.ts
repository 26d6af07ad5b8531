// What the names of members say. There are few of them, and they come with every record: each is looked at once.
import { holdsMarker, type Kind } from "./markers.ts";
import { secretClassOf } from "./secret-names.ts";

export interface MemberName {
  /** The name without secrets. */
  readonly shown: string;
  /** What it says of its value; undefined = nothing secret. */
  readonly secret: Kind | undefined;
}

const knownCountMax = 1_024;
const knownLengthMax = 64;

export class MemberNames {
  readonly #text: (text: string) => string;
  readonly #known = new Map<string, MemberName>();

  constructor(text: (text: string) => string) {
    this.#text = text;
  }

  of(name: string): MemberName {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const shown = this.#text(name);
    // The kinds of markers are words like those that are looked for.
    const judged = { shown, secret: holdsMarker(name) ? undefined : secretClassOf(name) };
    const isKept = shown === name && name.length <= knownLengthMax && this.#known.size < knownCountMax;
    if (isKept) this.#known.set(name, judged);
    return judged;
  }

  /** Something else is secret from now on. */
  forget(): void {
    this.#known.clear();
  }
}
