// An index of spellings by their first three characters. A table of a bit per hash of three characters tells most
// places of a text apart from these, so that the time does not grow with the number of spellings.
import { spellingMin } from "./spellings.ts";

/** The hash of three characters, rolled forward by one; older ones fall out of it. */
export function rollHash(hash: number, unit: number): number {
  return ((hash << 6) ^ unit) & 0xffff;
}

export class SpellingIndex {
  readonly isEmpty: boolean;
  /** 1 at the hash of three characters that a spelling may begin with. */
  readonly hashes: Uint8Array = new Uint8Array(0x10000);
  readonly #byBegin = new Map<number, string[]>();
  readonly #firsts = new Set<number>();
  readonly #pairs = new Set<number>();

  constructor(spellings: Iterable<string>) {
    // The longest first: it may hold a shorter one.
    const sorted = [...new Set(spellings)].sort((left, right) => right.length - left.length);
    this.isEmpty = sorted.length === 0;
    for (const spelling of sorted) if (spelling.length >= spellingMin) this.#add(spelling);
  }

  /** The spellings that begin with the three characters at `at`, the longest first. */
  at(text: string, at: number): readonly string[] {
    return this.#byBegin.get(beginKey(text, at)) ?? [];
  }

  /** Whether a spelling begins with the three characters at `at`. */
  hasAt(text: string, at: number): boolean {
    return this.#byBegin.has(beginKey(text, at));
  }

  /** Whether a spelling begins with this character. */
  beginsWith(unit: number): boolean {
    return this.#firsts.has(unit);
  }

  /** Whether a spelling begins with these two characters. */
  beginsWithPair(first: number, second: number): boolean {
    return this.#pairs.has(first * 0x10000 + second);
  }

  #add(spelling: string): void {
    const [first, second] = [spelling.charCodeAt(0), spelling.charCodeAt(1)];
    this.hashes[rollHash(rollHash(rollHash(0, first), second), spelling.charCodeAt(2))] = 1;
    this.#firsts.add(first);
    this.#pairs.add(first * 0x10000 + second);
    const key = beginKey(spelling, 0);
    this.#byBegin.set(key, [...(this.#byBegin.get(key) ?? []), spelling]);
  }
}

function beginKey(text: string, at: number): number {
  return (text.charCodeAt(at) * 0x10000 + text.charCodeAt(at + 1)) * 0x10000 + text.charCodeAt(at + 2);
}
