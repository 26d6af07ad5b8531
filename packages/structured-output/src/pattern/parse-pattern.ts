// Reads a pattern. What cannot be matched in linear time has no place in the tree, and is refused with a reason.
import { CharacterSet, type PatternNode, sizeOf } from "./pattern-tree.ts";

export type ParsedPattern =
  | ReadPattern
  /** `message` goes on after "The pattern". */
  | { readonly kind: "refused"; readonly message: string };

export interface ReadPattern {
  readonly kind: "pattern";
  readonly source: string;
  readonly tree: PatternNode;
  /** What counts as one character of a text. */
  readonly characters: "code-points" | "code-units";
}

const lengthMax = 2_000;
const depthMax = 50;
const sizeMax = 5_000;

class RefusedPattern extends Error {}

export function parsePattern(source: string): ParsedPattern {
  if (source.length > lengthMax) return refused(`is longer than ${lengthMax} characters; make it shorter.`);
  const flags = flagsFor(source);
  if (flags === undefined) return refused("is no regular expression of JavaScript.");
  try {
    const tree = new PatternReader(source, flags).read();
    if (sizeOf(tree) > sizeMax)
      return refused(`repeats too much: written out it has more than ${sizeMax} places. Use smaller counts.`);
    return { kind: "pattern", source, tree, characters: flags === "u" ? "code-points" : "code-units" };
  } catch (error) {
    if (error instanceof RefusedPattern) return refused(error.message);
    throw error;
  }
}

function refused(message: string): ParsedPattern {
  return { kind: "refused", message };
}

/** JSON Schema wants the flag `u`; patterns that escape more than they must are valid only without it. */
function flagsFor(source: string): string | undefined {
  for (const flags of ["u", ""]) {
    try {
      new RegExp(source, flags);
      return flags;
    } catch {
      // The next flags are tried; where none is left, the pattern is refused.
    }
  }
  return undefined;
}

/** Reads what JavaScript has accepted already, so that it need not look for mistakes. */
class PatternReader {
  readonly #source: string;
  readonly #flags: string;
  #at = 0;
  #depth = 0;

  constructor(source: string, flags: string) {
    this.#source = source;
    this.#flags = flags;
  }

  read(): PatternNode {
    return this.#choice();
  }

  #choice(): PatternNode {
    const branches = [this.#sequence()];
    while (this.#skip("|")) branches.push(this.#sequence());
    return branches.length === 1 ? (branches[0] as PatternNode) : { kind: "choice", branches };
  }

  #sequence(): PatternNode {
    const parts: PatternNode[] = [];
    while (this.#at < this.#source.length && !this.#sees("|") && !this.#sees(")"))
      parts.push(this.#quantified(this.#atom()));
    return { kind: "sequence", parts };
  }

  #atom(): PatternNode {
    if (this.#skip("^")) return { kind: "assertion", at: "start" };
    if (this.#skip("$")) return { kind: "assertion", at: "end" };
    if (this.#skip("\\b")) return { kind: "assertion", at: "boundary" };
    if (this.#skip("\\B")) return { kind: "assertion", at: "inside" };
    if (this.#skip("(")) return this.#group();
    return { kind: "character", set: new CharacterSet(this.#character(), this.#flags) };
  }

  #group(): PatternNode {
    if (this.#sees("?") && this.#match(/\?:|\?<[^=!>]+>/y) === undefined)
      throw new RefusedPattern(
        "looks ahead or behind, which cannot be checked in bounded time. Write it without.",
      );
    if (++this.#depth > depthMax) throw new RefusedPattern(`nests more than ${depthMax} groups.`);
    const inner = this.#choice();
    this.#depth--;
    this.#skip(")");
    return inner;
  }

  #quantified(body: PatternNode): PatternNode {
    const bounds = this.#bounds();
    if (bounds === undefined) return body;
    this.#skip("?");
    return { kind: "repeat", body, ...bounds };
  }

  #bounds(): { readonly min: number; readonly max: number } | undefined {
    if (this.#skip("*")) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (this.#skip("+")) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (this.#skip("?")) return { min: 0, max: 1 };
    const counts = this.#match(/\{(\d+)(,?)(\d*)\}/y);
    if (counts === undefined) return undefined;
    const min = Number(counts[1]);
    const most = counts[3] === "" ? Number.POSITIVE_INFINITY : Number(counts[3]);
    return { min, max: counts[2] === "" ? min : most };
  }

  /** The source of what stands for one character. */
  #character(): string {
    if (this.#sees("\\")) return this.#escape();
    const found =
      this.#match(/\[(?:\\[\s\S]|[^\]\\])*\]/y) ?? this.#match(this.#flags === "u" ? /[\s\S]/uy : /[\s\S]/y);
    return found?.[0] === "/" ? "\\/" : literal(found?.[0] ?? "");
  }

  #escape(): string {
    if (this.#match(/\\[1-9k]/y) !== undefined)
      throw new RefusedPattern(
        "refers back to a group, which cannot be checked in bounded time. Write it without.",
      );
    const long =
      this.#flags === "u"
        ? this.#match(/\\(?:u\{[^}]*\}|u[dD][89abAB]..\\u[dD][c-fC-F]..|u....|x..|c.|[pP]\{[^}]*\}|[\s\S])/uy)
        : this.#match(/\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|c[a-zA-Z]|0\d*|[\s\S])/y);
    return long?.[0] ?? "";
  }

  #sees(text: string): boolean {
    return this.#source.startsWith(text, this.#at);
  }

  #skip(text: string): boolean {
    if (!this.#sees(text)) return false;
    this.#at += text.length;
    return true;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source);
    if (found === null) return undefined;
    this.#at += found[0].length;
    return found;
  }
}

/** Without the flag `u`, a brace or a bracket may stand for itself. */
function literal(character: string): string {
  return /^[\]{}]$/.test(character) ? `\\${character}` : character;
}
