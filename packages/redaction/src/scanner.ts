// How secrets are looked for in a text that may go on.
//
// Invariants
//   R1  What is decided does not depend on where a text was cut: whoever would have to read behind the end of a text
//       that is not whole answers "undecided", and is asked again from there when there is more.
//   R2  Nothing behind a replaced secret looks at what was in front of its end: `floor` is where looking back stops.
//       So the text after the first pass looks to a second pass as it did to the first.
//   R3  Every look forward that can end with "no secret" is bounded, so time is linear in the length of the text.
//   R4  Whether a place needs a closer look depends on it, on the next character and on a few in front of it (each
//       scanner says how many), and on nothing else.
import type { Kind } from "./markers.ts";

export type Finding = FoundSecret | Undecided;

export interface FoundSecret {
  readonly kind: Kind;
  /** Where it begins, and how far it was read. */
  readonly at: number;
  readonly end: number;
  /** Finds the rest of it, from `end`; undefined = that is its end. */
  readonly rest: Rest | undefined;
  /** What the marker has to be put between, where what was replaced was no string; else empty. */
  readonly quote: string;
}

/** A secret may begin at `at`; what comes next decides. */
export interface Undecided {
  readonly kind: undefined;
  readonly at: number;
}

/**
 * Where the secret ends that goes on at `from`. Where the text is over before that is known: `~n`, when all before `n`
 * belongs to it and the look goes on at `n` as soon as there is more.
 */
export type Rest = (text: string, from: number, isWhole: boolean) => number;

export interface Scanner {
  /**
   * The first secret that begins at `from` or later. Looks back to `floor` at most. Where the text may go on, the
   * first place at which it is not known yet.
   */
  find(text: string, from: number, floor: number, isWhole: boolean): Finding | undefined;
  /**
   * Whether a piece of a text cannot hold a secret, nor the beginning of one, nor end what began before. A `false` may
   * be wrong, and costs a closer look. `last` and `lastButOne` are the codes in front of it.
   */
  isQuiet(piece: string, last: number, lastButOne: number): boolean;
}

/** How far back any look goes, at the most. */
export const lookbackMax = 64;
