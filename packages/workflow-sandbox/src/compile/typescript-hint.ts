// Whether a syntax error stands where TypeScript would go on. It decides on a hint only, so a good guess is enough.

const seenUnits = 200;

/** What stands before the error, and what the parser stopped at. */
const shapes: readonly { readonly before: RegExp; readonly after: RegExp }[] = [
  // `const a: string =`, `(a: string)`, `): string {`
  { before: /[\w$)\]}?]\s*$/, after: /^:\s*[\w${[("'][^\n]*?(?:[=,);{>|&\]]|$)/m },
  // `(a?: string)`
  { before: /[\w$]\s*$/, after: /^\?\s*[:),]/ },
  // `value as Name`, `value satisfies Name`
  { before: /[\w$)\]}"'`]\s*$/, after: /^(?:as|satisfies)\s+[\w${["'(]/ },
  { before: /(?:^|[\s;}])$/, after: /^(?:enum|interface)\s+[\w$]/ },
  // `type A = ...`, `private a`
  {
    before: /(?:^|[\s;{}(])(?:type|namespace|declare|abstract|private|public|protected|readonly)\s+$/,
    after: /^[\w$"'#[]/,
  },
  // `function f<T>(`, `= <T>(a)`
  { before: /[\w$=(,]\s*$/, after: /^<[\w$\s,.[\]|{}:;"'=]+>/ },
  // `new Map<string, number>()`, alone and in a declaration, where the comma begins another variable
  { before: /<[\w$\s,.[\]|]+>\s*\($/, after: /^\)/ },
  { before: /<[\w$\s,.[\]|]+$/, after: /^>\s*\(/ },
  // `value!.name`
  { before: /[\w$)\]]$/, after: /^!\s*(?:[.;,)[]|$)/m },
];

export function isTypeScriptAt(source: string, offset: number): boolean {
  const before = source.slice(Math.max(offset - seenUnits, 0), offset);
  const after = source.slice(offset, offset + seenUnits);
  return shapes.some((shape) => shape.before.test(before) && shape.after.test(after));
}
