// What a guest's evaluator refuses anywhere in a text, be it in a prompt: comment marks of HTML, and `import` before a
// parenthesis or a comment. Here each is changed so that the evaluator does not see it and its meaning stays.
import { Refusal } from "./refusal.ts";
import type { LiteralText } from "./syntax-gate.ts";

export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

interface DangerousShape {
  readonly found: RegExp;
  /** Which unit of it is changed in literals. */
  readonly at: number;
  readonly inLiteral: string;
  /** Between which units code gets a space, where it cannot be escaped. */
  readonly spaceAt: number | null;
  readonly shown: string;
}

// In a character class of a regular expression `!-` and `-` may be operators. The unit that is changed never is one,
// and no backslash can stand before it.
const shapes: readonly DangerousShape[] = [
  { found: /<!--/g, at: 3, inLiteral: "\\x2d", spaceAt: 1, shown: "<!--" },
  { found: /-->/g, at: 2, inLiteral: "\\x3e", spaceAt: 2, shown: "-->" },
  {
    found: /(?<=^|[^.]|\.\.\.)\bimport(?=\s*(?:\(|\/[/*]))/g,
    at: 2,
    inLiteral: "\\x70",
    spaceAt: null,
    shown: "import (",
  },
];

/**
 * `text` is the source without its comments. `literals` are in the order of the source.
 *
 * Throws a Refusal where it stands in a tagged template: its tag could see the change.
 */
export function escapeDangerousText(text: string, literals: readonly LiteralText[]): TextEdit[] {
  return shapes.flatMap((shape) =>
    [...text.matchAll(shape.found)].map(({ index }) => editOf(shape, index, literalAt(literals, index))),
  );
}

function editOf(shape: DangerousShape, index: number, literal: LiteralText | undefined): TextEdit {
  const start = index + shape.at;
  if (literal?.tagged) {
    const message = `A tagged template must not hold the text ${shape.shown}: write it as a string of its own and fill that in`;
    throw new Refusal("script-refused", message, index);
  }
  if (literal) return { start, end: start + 1, text: shape.inLiteral };
  // The name of a property, or a part of a longer name.
  if (shape.spaceAt === null) return { start, end: start + 1, text: "\\u0070" };
  const spaceAt = index + shape.spaceAt;
  return { start: spaceAt, end: spaceAt, text: " " };
}

function literalAt(literals: readonly LiteralText[], offset: number): LiteralText | undefined {
  let low = 0;
  let high = literals.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((literals[middle] as LiteralText).end <= offset) low = middle + 1;
    else high = middle;
  }
  const literal = literals[low];
  return literal && literal.start <= offset ? literal : undefined;
}
