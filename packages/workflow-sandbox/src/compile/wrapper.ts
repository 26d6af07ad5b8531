// Puts a script into the function that a guest calls: the parts that cannot stay become others of the same meaning.
import MagicString from "magic-string";
import { prefixOf, suffixOf, unusedNames, type WrapperNames } from "./code-shape.ts";
import type { TextEdit } from "./dangerous-text.ts";
import type { Exported, ExportRewrite } from "./dialect.ts";
import type { NameRead } from "./free-names.ts";

export interface WrappedParts {
  /** Without its comments. */
  readonly text: string;
  readonly exported: Exported;
  readonly freeReads: readonly NameRead[];
  readonly escapes: readonly TextEdit[];
  readonly names: ReadonlySet<string>;
}

export function wrapScript(parts: WrappedParts): string {
  const names = unusedNames(parts.names);
  const body = new MagicString(parts.text);
  const { dialect, rewrites, variable } = parts.exported;
  for (const rewrite of new Map(rewrites.map((one) => [one.start, one])).values()) {
    rewriteExport(body, parts.text, rewrite, names);
  }
  const inside = (edit: TextEdit): boolean =>
    rewrites.some(({ kind, start, end }) => kind === "statement" && start <= edit.start && edit.end <= end);
  for (const edit of editsOf(parts, names)) {
    if (inside(edit)) continue;
    if (edit.start === edit.end) body.appendLeft(edit.start, edit.text);
    else body.update(edit.start, edit.end, edit.text);
  }
  return prefixOf(names) + body.toString() + suffixOf(dialect, variable ?? names.exported, names);
}

function editsOf(parts: WrappedParts, names: WrapperNames): TextEdit[] {
  const reads = parts.freeReads
    .filter(({ form }) => form !== "refused")
    .map((read) => throwingRead(read, names.absent));
  // A name that is replaced as a whole needs no escape in it.
  const starts = reads.map(({ start }) => start);
  const escapes = parts.escapes.filter(({ start }) => {
    const before = reads[lastAtMost(starts, start)];
    return before === undefined || start >= before.end;
  });
  return [...reads, ...escapes].sort((a, b) => a.start - b.start);
}

function throwingRead({ name, start, end, form }: NameRead, absent: string): TextEdit {
  const call = `${absent}(${JSON.stringify(name)})`;
  // Only behind `new` parentheses are needed, and elsewhere they could join two lines into one call.
  const text = form === "shorthand" ? `${name}:${call}` : form === "new" ? `(${call})` : call;
  return { start, end, text };
}

function lastAtMost(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function rewriteExport(body: MagicString, text: string, rewrite: ExportRewrite, names: WrapperNames): void {
  const { start, end, kind } = rewrite;
  const spaces = text.slice(start, end).replace(/[^\n\r\u2028\u2029]/g, " ");
  const first = kind === "blank" ? "" : kind === "statement" ? ";" : `const ${names.exported}=`;
  // `export default` may be written over several lines; what replaces it stands on the first.
  body.update(start, end, first + spaces.slice(Math.min(first.length, spaces.search(/[^ ]|$/))));
}
