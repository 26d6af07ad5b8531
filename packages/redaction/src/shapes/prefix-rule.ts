import type { Kind } from "../markers.ts";
import type { Rest } from "../scanner.ts";

/** A kind of secret that is known by how it begins. */
export interface PrefixRule {
  readonly kind: Kind;
  readonly prefix: string;
  /** The place in the prefix of the character that is rare enough in ordinary text to look for. */
  readonly triggerAt: number;
  /** Whether it may begin in the middle of a word. */
  readonly anywhere: boolean;
  /** Whether the prefix stays, because it says what was there and is no secret. */
  readonly keepsPrefix: boolean;
  readonly accept: Accept;
  readonly rest: Rest | undefined;
}

/** Judges what follows a prefix: how far it is certain to be secret, or one of the two words below. */
export type Accept = (text: string, from: number, isWhole: boolean) => number;

/** It is not what the rule looks for. */
export const refused = -1;
/** The text ends before that is known. */
export const undecided = -2;
