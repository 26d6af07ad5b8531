// Classes of UTF-16 codes, as one table: a look at a class costs one load.

/** Letters and digits. */
export const alphanumeric = 1;
/** And `_`, `-`: the alphabet of base64url and of most tokens. */
export const word = 2;
/** The alphabet of base64, its padding included. */
export const base64 = 4;
/** What a credential may hold in an HTTP header: token68 of RFC 9110, and what bearer tokens are made of beside it. */
export const credential = 8;
/** Upper-case letters, digits and the space, as in the label of a PEM block. */
export const label = 16;
/** What may stand in the user information of a URL. */
export const userinfo = 32;
/** What ends a value that is not in quotes. */
export const delimiter = 64;
/** What may stand in the name of a setting. */
export const name = 128;
/** What ends the value of a header. */
export const headerEnd = 256;

export const code = {
  tab: 9,
  lineFeed: 10,
  carriageReturn: 13,
  escape: 27,
  space: 32,
  bang: 33,
  doubleQuote: 34,
  dollar: 36,
  percent: 37,
  ampersand: 38,
  singleQuote: 39,
  dash: 45,
  dot: 46,
  slash: 47,
  nine: 57,
  colon: 58,
  semicolon: 59,
  less: 60,
  equals: 61,
  greater: 62,
  question: 63,
  at: 64,
  upperB: 66,
  lowerB: 98,
  openBracket: 91,
  backslash: 92,
  closeBracket: 93,
  backtick: 96,
  tilde: 126,
  lowerM: 109,
  lowerU: 117,
} as const;

const digits = "0123456789";
const uppers = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const lowers = uppers.toLowerCase();
const classes = new Uint16Array(65_536);

function add(flag: number, characters: string): void {
  for (const character of characters) {
    const unit = character.charCodeAt(0);
    classes[unit] = (classes[unit] as number) | flag;
  }
}

add(alphanumeric | word | base64 | credential | userinfo | name, digits + uppers + lowers);
add(word, "_-");
add(base64, "+/=");
add(credential, "_-.~+/=%:");
add(label, `${uppers + digits} `);
add(userinfo, "-._~!$&*+=;:%@");
add(delimiter, " \u0000\u001b\t\n\r\v\f\u00a0\u2028\u2029\"'`\\,;&()[]{}<>|");
add(name, "_-.$");
add(headerEnd, "\u0000\u001b\n\r\"'`\\");

export function isOf(flag: number, unit: number): boolean {
  return ((classes[unit] as number) & flag) !== 0;
}

/** Where a run of characters of one class ends, at `limit` at the latest. */
export function runEnd(text: string, from: number, flag: number, limit: number = text.length): number {
  const last = Math.min(limit, text.length);
  let at = from;
  while (at < last && ((classes[text.charCodeAt(at)] as number) & flag) !== 0) at += 1;
  return at;
}

/** As `runEnd`, over everything that is not of the class. */
export function runEndOutside(text: string, from: number, flag: number, limit: number): number {
  const last = Math.min(limit, text.length);
  let at = from;
  while (at < last && ((classes[text.charCodeAt(at)] as number) & flag) === 0) at += 1;
  return at;
}

export function isDigit(unit: number): boolean {
  return unit >= 48 && unit <= 57;
}

export function isUpper(unit: number): boolean {
  return unit >= 65 && unit <= 90;
}

export function isLower(unit: number): boolean {
  return unit >= 97 && unit <= 122;
}

export function isHex(unit: number): boolean {
  return isDigit(unit) || (unit >= 97 && unit <= 102) || (unit >= 65 && unit <= 70);
}

/** Spaces and tabs, not line ends. */
export function isBlank(unit: number): boolean {
  return unit === code.space || unit === code.tab;
}
