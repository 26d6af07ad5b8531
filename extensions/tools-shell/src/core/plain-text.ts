// What a terminal would act on, taken out of a command's output, so that what is left is what it says.
//
// One pass and one look at each character. A sequence that does not end is not allowed to swallow the lines after
// it: strings of OSC and its kind end at the end of the line at the latest.

const bell = 0x07;
const newline = 0x0a;
const carriageReturn = 0x0d;
const escapeCode = 0x1b;

/** Removes escape sequences (ECMA-48) and control characters. Line ends and tabs stay; a lone CR becomes a line end. */
export function toPlainText(output: string): string {
  let plain = "";
  let keptFrom = 0;
  for (let at = 0; at < output.length; ) {
    const end = endOfControl(output, at);
    if (end === at) at++;
    else {
      plain += output.slice(keptFrom, at);
      // A terminal would write over the line; whoever reads the output should see both.
      if (output.charCodeAt(at) === carriageReturn && output.charCodeAt(end) !== newline) plain += "\n";
      keptFrom = at = end;
    }
  }
  return plain + output.slice(keptFrom);
}

/** Where the control sequence that begins here is over; `at` itself where none begins. */
function endOfControl(output: string, at: number): number {
  const code = output.charCodeAt(at);
  if (code === escapeCode) return endOfEscape(output, at + 1);
  if (code === 0x9b) return endOfParameters(output, at + 1);
  if (isStringOpener(code - 0x40)) return endOfString(output, at + 1);
  if (code === 0x09 || code === newline) return at;
  return code < 0x20 || (code >= 0x7f && code < 0xa0) ? at + 1 : at;
}

function endOfEscape(output: string, at: number): number {
  const code = output.charCodeAt(at);
  if (code === 0x5b) return endOfParameters(output, at + 1);
  if (isStringOpener(code)) return endOfString(output, at + 1);
  // Intermediate characters, then one final one. Anything else is no sequence, and only the escape itself goes.
  let final = at;
  while (isBetween(output.charCodeAt(final), 0x20, 0x2f)) final++;
  return isBetween(output.charCodeAt(final), 0x30, 0x7e) ? final + 1 : at;
}

/** DCS, SOS, OSC, PM and APC, as the character after the escape. */
function isStringOpener(code: number): boolean {
  return code === 0x50 || code === 0x58 || code === 0x5d || code === 0x5e || code === 0x5f;
}

function endOfParameters(output: string, from: number): number {
  let at = from;
  while (isBetween(output.charCodeAt(at), 0x20, 0x3f)) at++;
  return isBetween(output.charCodeAt(at), 0x40, 0x7e) ? at + 1 : at;
}

function endOfString(output: string, from: number): number {
  for (let at = from; at < output.length; at++) {
    const code = output.charCodeAt(at);
    if (code === bell || code === 0x9c) return at + 1;
    if (code === escapeCode) return output.charCodeAt(at + 1) === 0x5c ? at + 2 : at;
    if (code === newline || code === carriageReturn) return at;
  }
  return output.length;
}

function isBetween(code: number, low: number, high: number): boolean {
  return code >= low && code <= high;
}
