// A text from a pattern: each place gets a character that it accepts. Assertions are not looked at, so that the text may
// not match; whoever asks tries it and asks again.
import type { CheckBudget } from "../check-budget.ts";
import type { CharacterSet, PatternNode } from "../pattern/pattern-tree.ts";
import type { Chance } from "./chance.ts";
import { CannotGrowError } from "./growth.ts";

export interface PatternGrowth {
  readonly chance: Chance;
  readonly budget: CheckBudget;
  /** How often more than it must, at most, a part that may be repeated is repeated. */
  readonly extraMax: number;
}

export function growPattern(tree: PatternNode, { chance, budget, extraMax }: PatternGrowth): string {
  const pieces: string[] = [];
  const grow = (node: PatternNode): void => {
    budget.take(1);
    if (node.kind === "character") pieces.push(characterOf(node.set, chance));
    else if (node.kind === "sequence") for (const part of node.parts) grow(part);
    else if (node.kind === "choice") grow(node.branches[chance.below(node.branches.length)] as PatternNode);
    else if (node.kind === "repeat") {
      const count = node.min + chance.below(Math.min(extraMax, node.max - node.min) + 1);
      for (let index = 0; index < count; index++) grow(node.body);
    }
  };
  grow(tree);
  return pieces.join("");
}

/** Of the kinds of characters, the first that the place accepts is taken. */
const kinds = [
  "abcdefghijklmnopqrstuvwxyz",
  "0123456789",
  "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  "-_ .,:;/@#+=!?'\"()[]{}<>|\\^$*&%~`\t\n",
];
const lastTried = 0x2fff;

function characterOf(set: CharacterSet, chance: Chance): string {
  for (const kind of kinds) {
    const accepted = Array.from(kind).filter((character) => set.has(character.codePointAt(0) as number));
    if (accepted.length > 0) return accepted[chance.below(accepted.length)] as string;
  }
  for (let point = 0; point <= lastTried; point++) if (set.has(point)) return String.fromCodePoint(point);
  throw new CannotGrowError("No character was found that fits.");
}
