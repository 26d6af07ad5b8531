// What a source must be before anybody parses it.
import type { ScriptError } from "../contract.ts";
import { positionAt } from "./positions.ts";

const sourceBytesMax = 512 * 1024;
const byteOrderMark = "\uFEFF";
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const controlCharacter = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;
const loneSurrogate = /\p{Surrogate}/u;

/** The source as it is parsed, without a byte order mark; or why it is refused. */
export function checkText(source: string): { readonly text: string } | { readonly error: ScriptError } {
  const bytes = Buffer.byteLength(source, "utf8");
  if (bytes > sourceBytesMax) {
    const message = `The script has ${bytes} bytes, more than ${sourceBytesMax}: split it up`;
    return { error: { code: "script-too-large", message, line: null, column: null } };
  }
  const text = source.startsWith(byteOrderMark) ? source.slice(1) : source;
  const control = controlCharacter.exec(text);
  if (control) {
    const code = control[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
    return refusedAt(
      text,
      control.index,
      `The control character U+${code} must not stand in a script: take it out`,
    );
  }
  // Two sources that differ in such halves only would have one hash.
  const half = loneSurrogate.exec(text);
  if (half) return refusedAt(text, half.index, "The script is no valid Unicode: save it as UTF-8");
  return { text };
}

function refusedAt(text: string, offset: number, message: string): { readonly error: ScriptError } {
  return { error: { code: "script-refused", message, ...positionAt(text, offset) } };
}
