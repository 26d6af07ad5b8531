// Finds the characters of a text that nobody sees and that change how the rest of it reads.
//
// What is found: the controls of the C0 and C1 ranges except tab and line feed, everything that steers the direction of
// writing, characters without width, line separators that are none, fillers and tags. A joiner between two characters
// of a script that needs it, or inside an emoji, is ordinary writing and is left alone.

/** A stretch of ordinary text, or a row of controls that stand side by side. */
export type TextRun =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "control"; readonly text: string; readonly label: string; readonly title: string };

const always =
  "\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b\\u200e\\u200f" +
  "\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff0-\\ufffb\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}";
// Latin, Greek and Cyrillic never need a joiner, so one inside their words is there to deceive.
const joined =
  "(?![\\p{Script=Latin}\\p{Script=Greek}\\p{Script=Cyrillic}])[\\p{L}\\p{M}\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f]";
const joiner = `(?<!${joined})[\\u200c\\u200d]|[\\u200c\\u200d](?!${joined})`;
const control = `(?:[${always}]|${joiner})`;

const anyControl = new RegExp(control, "u");
const controls = new RegExp(`${control}+`, "gu");

/**
 * The most rows of controls that are told one by one in one text. Past it each becomes one plain symbol, so that a text
 * made of controls costs no more than its characters.
 */
export const controlRunsMax = 200;

/** True where `text` holds a control that has to be made visible. */
export function hasControls(text: string): boolean {
  return anyControl.test(text);
}

/** Cuts `text` into its runs, in order. Put together again, the texts of the runs are `text`, up to `controlRunsMax`. */
export function visibleRuns(text: string): readonly TextRun[] {
  const runs: TextRun[] = [];
  let end = 0;
  let found = 0;
  for (const match of text.matchAll(controls)) {
    if (found === controlRunsMax) break;
    if (match.index > end) runs.push({ kind: "text", text: text.slice(end, match.index) });
    runs.push(controlRun(match[0]));
    end = match.index + match[0].length;
    found += 1;
  }
  const rest = text.slice(end);
  if (rest !== "") runs.push({ kind: "text", text: found === controlRunsMax ? withSymbols(rest) : rest });
  return runs;
}

function controlRun(text: string): TextRun {
  const points = [...text];
  const first = points[0] ?? "";
  const more = points.length > 1 ? ` +${points.length - 1}` : "";
  return { kind: "control", text, label: `${codePoint(first)}${more}`, title: `${nameOf(first)}${more}` };
}

/** For places that hold nothing but text, such as the title of a tab: each row of controls is one plain symbol. */
export function withSymbols(text: string): string {
  return text.replace(controls, "␦");
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

const names: ReadonlyMap<string, string> = new Map([
  ["\u0000", "Null"],
  ["\u0007", "Bell"],
  ["\u0008", "Backspace"],
  ["\r", "Carriage return"],
  ["\u001b", "Escape"],
  ["\u00ad", "Soft hyphen"],
  ["\u200b", "Zero width space"],
  ["\u200c", "Zero width non-joiner"],
  ["\u200d", "Zero width joiner"],
  ["\u200e", "Left-to-right mark"],
  ["\u200f", "Right-to-left mark"],
  ["\u2028", "Line separator"],
  ["\u2029", "Paragraph separator"],
  ["\u202a", "Left-to-right embedding"],
  ["\u202b", "Right-to-left embedding"],
  ["\u202c", "Pop directional formatting"],
  ["\u202d", "Left-to-right override"],
  ["\u202e", "Right-to-left override"],
  ["\u2060", "Word joiner"],
  ["\u2066", "Left-to-right isolate"],
  ["\u2067", "Right-to-left isolate"],
  ["\u2068", "First strong isolate"],
  ["\u2069", "Pop directional isolate"],
  ["\ufeff", "Byte order mark"],
]);

function nameOf(character: string): string {
  return `${names.get(character) ?? "Invisible character"} (${codePoint(character)})`;
}
