// A pattern as a tree: what the matcher compiles, and what made-up texts are grown from.

export type PatternNode =
  | { readonly kind: "character"; readonly set: CharacterSet }
  | { readonly kind: "assertion"; readonly at: "start" | "end" | "boundary" | "inside" }
  | { readonly kind: "sequence"; readonly parts: readonly PatternNode[] }
  | { readonly kind: "choice"; readonly branches: readonly PatternNode[] }
  | { readonly kind: "repeat"; readonly body: PatternNode; readonly min: number; readonly max: number };

/** The characters that one place of a pattern accepts. The engine of JavaScript says which, one character at a time. */
export class CharacterSet {
  readonly #native: RegExp;
  readonly #ascii: readonly boolean[];

  /** `source` is what stands for one character: a letter, an escape or a class. */
  constructor(source: string, flags: string) {
    this.#native = new RegExp(`^(?:${source})$`, flags);
    this.#ascii = Array.from({ length: 128 }, (_, code) => this.#native.test(String.fromCharCode(code)));
  }

  has(codePoint: number): boolean {
    return this.#ascii[codePoint] ?? this.#native.test(String.fromCodePoint(codePoint));
  }
}

/** How many instructions a tree compiles to, at most. */
export function sizeOf(node: PatternNode): number {
  switch (node.kind) {
    case "character":
    case "assertion":
      return 1;
    case "sequence":
      return node.parts.reduce((sum, part) => sum + sizeOf(part), 0);
    case "choice":
      return node.branches.reduce((sum, branch) => sum + sizeOf(branch) + 2, 0);
    case "repeat":
      return (sizeOf(node.body) + 1) * (Number.isFinite(node.max) ? node.max : node.min + 1) + 2;
  }
}
