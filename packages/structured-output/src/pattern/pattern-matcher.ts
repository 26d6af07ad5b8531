// Tries a pattern on a text in all ways at once, as Thompson's construction does: the time is bounded by the product of
// the two lengths, whatever they are, so that no pattern can hang the daemon. The engine of JavaScript goes one way after
// the other, and for some patterns there are exponentially many.
import type { CheckBudget } from "../check-budget.ts";
import type { ReadPattern } from "./parse-pattern.ts";
import { type Instruction, programOf } from "./pattern-program.ts";
import type { PatternNode } from "./pattern-tree.ts";

export class PatternMatcher {
  readonly #pattern: ReadPattern;
  readonly #program: readonly Instruction[];
  readonly #budget: CheckBudget;

  constructor(pattern: ReadPattern, budget: CheckBudget) {
    this.#pattern = pattern;
    this.#program = programOf(pattern.tree);
    this.#budget = budget;
  }

  /** Whether the text holds a match. Throws CheckStoppedError where that takes more than the budget has left. */
  test(text: string): boolean {
    this.#budget.take(Math.ceil(text.length / 8));
    const points = this.#pattern.characters === "code-points" ? codePointsOf(text) : codeUnitsOf(text);
    const seenAt = new Int32Array(this.#program.length).fill(-1);
    let open: number[] = [];
    for (let at = 0; at <= points.length; at++) {
      // A match may begin anywhere, so a new try joins those that are under way.
      open.push(0);
      const waiting = this.#reach(open, points, at, seenAt);
      if (waiting === "matched") return true;
      open = this.#step(waiting, points[at]);
    }
    return false;
  }

  /** ajv tells patterns apart by this. */
  toString(): string {
    return this.#pattern.source;
  }

  /** The places that wait for a character, once all that needs none has been followed. */
  #reach(
    open: number[],
    points: readonly number[],
    at: number,
    seenAt: Int32Array,
  ): readonly number[] | "matched" {
    const waiting: number[] = [];
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      if (seenAt[place] === at) continue;
      seenAt[place] = at;
      this.#budget.take(1);
      const instruction = this.#program[place] as Instruction;
      if (instruction.kind === "match") return "matched";
      if (instruction.kind === "character") waiting.push(place);
      else if (instruction.kind === "fork") open.push(...instruction.to);
      else if (holds(instruction.at, points, at)) open.push(place + 1);
    }
    return waiting;
  }

  #step(waiting: readonly number[], point: number | undefined): number[] {
    if (point === undefined) return [];
    const next: number[] = [];
    for (const place of waiting) {
      const instruction = this.#program[place];
      if (instruction?.kind === "character" && instruction.set.has(point)) next.push(place + 1);
    }
    return next;
  }
}

function codePointsOf(text: string): readonly number[] {
  return Array.from(text, (character) => character.codePointAt(0) as number);
}

function codeUnitsOf(text: string): readonly number[] {
  return Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
}

function holds(
  at: Extract<PatternNode, { kind: "assertion" }>["at"],
  points: readonly number[],
  index: number,
): boolean {
  if (at === "start") return index === 0;
  if (at === "end") return index === points.length;
  const isBoundary = isWord(points[index - 1]) !== isWord(points[index]);
  return at === "boundary" ? isBoundary : !isBoundary;
}

function isWord(point: number | undefined): boolean {
  return point !== undefined && point < 128 && /\w/.test(String.fromCharCode(point));
}
