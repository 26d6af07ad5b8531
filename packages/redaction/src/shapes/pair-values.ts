// Whether what stands behind a secret name is a secret, or the code and the words that talk about one.
//
// Everything here looks at `judgedMax` characters at the most, which the caller sees to.
import { isDigit, isLower, isOf, isUpper, word } from "../characters.ts";
import { holdsMarker } from "../markers.ts";
import type { SecretClass } from "../secret-names.ts";
import { changesCaseOften, hasDigit, looksRandom } from "./tokens.ts";

/** A value in quotes. */
export function isQuotedSecret(value: string, secretClass: SecretClass): boolean {
  // Where a part of it was found before, the rest is left: a second pass finds nothing that the first did not.
  if (holdsMarker(value) || isReference(value)) return false;
  switch (secretClass) {
    case "password":
      return isPassword(value);
    case "credential":
      return isCredential(value);
    case "authorization":
      return isAuthorization(value);
    case "cookie":
      return isCookie(value);
  }
}

/** How a value without quotes stands in its text. */
export interface BareValue {
  readonly value: string;
  /** The character behind it; empty at the end of the text. */
  readonly terminator: string;
  /** As in `?name=value&name=value`. */
  readonly isQuery: boolean;
  /** As in an environment file: `NAME=value`. */
  readonly isAssignment: boolean;
  /** No blank on either side of an `=`. */
  readonly isTight: boolean;
  /** Behind a name in quotes and a colon, as in JSON. */
  readonly isMember: boolean;
}

export function isBareSecret(bare: BareValue, secretClass: SecretClass): boolean {
  const { value, terminator } = bare;
  if (isReference(value) || isCodePath(value) || "([{`".includes(terminator || " ")) return false;
  if (bare.isQuery) return value.length >= 6 && !isPlaceholder(value);
  if (bare.isAssignment) return value.length >= 4 && !isPlaceholder(value);
  if (secretClass === "password") return isBarePassword(bare);
  return secretClass === "credential" && isCredential(value) && !(isCode(terminator) && isIdentifier(value));
}

function isBarePassword({ value, terminator, isTight, isMember }: BareValue): boolean {
  if (/^\d+$/.test(value)) return value.length >= 6 && (isMember || !isCode(terminator));
  if (!hasMixture(value) || value.length < 7 || isTypeName(value) || isPlaceholder(value)) return false;
  return !isCode(terminator) || (isTight && terminator === ",") || !isIdentifier(value);
}

/** Code goes on behind such a character, and a setting ends at it seldom. */
function isCode(terminator: string): boolean {
  return terminator !== "" && ",;)}]|<>".includes(terminator);
}

/** A password in quotes: no sentence, no name, no path. */
function isPassword(value: string): boolean {
  if (value.length < 5 || isPlaceholder(value)) return false;
  if (/\s/.test(value))
    return /\d/.test(value) && value.split(/\s+/).length <= 3 && /[^\w\s.,:'-]/.test(value);
  if (/^[a-z]+$/.test(value)) return value.length >= 8;
  return hasMixture(value) || (value.length >= 16 && changesCaseOften(value, 0, value.length));
}

/** Letters together with digits, or with signs that do not join words. */
function hasMixture(value: string): boolean {
  if (!/[A-Za-z0-9]/.test(value)) return false;
  return /\d/.test(value) || /[A-Za-z0-9][!@$^&*+=?~%][A-Za-z0-9!@$^&*+=?~%]/.test(value);
}

/** A key or token: a run that is no chain of words. */
function isCredential(value: string): boolean {
  if (value.length < 8 || /[^\w.~+/=:%!@$-]/.test(value) || isPlaceholder(value)) return false;
  if (value.length >= 20 && changesCaseOften(value, 0, value.length)) return true;
  if (!hasDigit(value, 0, value.length)) return false;
  if (value.length >= 16 && looksRandom(value, 0, value.length)) return true;
  return /\w{8}/.test(value) && digitCount(value) >= 2;
}

/** The value of the header: a scheme and credentials, or these alone. */
function isAuthorization(value: string): boolean {
  const credentials = value.match(/^(?:[A-Za-z][\w-]{1,24} +)?([\w.~+/=%:-]{8,})/)?.[1];
  return credentials !== undefined && isStrong(credentials);
}

/** Credentials of the header, where they stand without quotes. */
export function isStrong(value: string): boolean {
  if (isCodePath(value) || /^[A-Z_]+$/.test(value) || /^[A-Za-z]?[a-z_.-]+$/.test(value)) return false;
  return !isPlaceholder(value) && (/\d|=$/.test(value) || /[a-z][A-Z]/.test(value));
}

function isCookie(value: string): boolean {
  const content = value.match(/^[\w.-]+=([\w.%+/=~-]{8,})/)?.[1];
  return content !== undefined && /\d/.test(content);
}

/** It says where a value is, and is none: `${...}`, `$NAME`, `<token>`, `%s`, `{{ ... }}`. */
function isReference(value: string): boolean {
  // A key in base64 may begin as a path does.
  if (/^\/[A-Za-z0-9+/]{31,}={0,2}$/.test(value) && looksRandom(value, 0, value.length)) return false;
  return (
    /^(?:[$<%*{]|process\.env|import\.meta|os\.environ|env[.:(]|vault:|https?:|file:|\.{1,2}\/|\/)/.test(
      value,
    ) || /\$\{|\{\{|<%/.test(value)
  );
}

/** `config.apiKey`, `this.#token`, `process.env.PASSWORD`: names that are joined by dots. */
function isCodePath(value: string): boolean {
  return value.length < 160 && /^[A-Za-z_$][\w$]{0,31}!?(?:\??\.#?[A-Za-z_$][\w$]{0,31}!?)+$/.test(value);
}

function isIdentifier(value: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(value) && !(value.length >= 20 && digitCount(value) >= 3);
}

function digitCount(value: string): number {
  return value.match(/\d/g)?.length ?? 0;
}

/** `Uint8Array`, `Utf8String`, `Base64Url`. */
function isTypeName(value: string): boolean {
  return /^[A-Z][A-Za-z]*\d{1,3}[A-Z][A-Za-z]*$/.test(value);
}

const fixedWord =
  /^(?:true|false|null|none|nil|undefined|yes|no|on|off|string|number|boolean|object|optional|required|redacted|hidden|unknown|default)$|^[xX*.#_-]+$/i;
const algorithm = /^(?:base|sha|md|utf|hs|rs|es|aes|ed|rsa|ecdsa|x)-?\d+(?:[-_/].*)?$/i;
const instruction = /your|example|change.?me|placeholder/i;
const ownName =
  /pass(?:word|wd|phrase|code)|secret|token|credential|(?:api|access|auth).?key|invalid|missing/i;

/** Words that stand where a secret would be. */
function isPlaceholder(value: string): boolean {
  // A long run of chance may hold any short word.
  if (value.length >= 48 || isStrongRun(value)) return false;
  if (fixedWord.test(value) || algorithm.test(value) || instruction.test(value)) return true;
  // With a number in it, it is one that somebody has to remember.
  return ownName.test(value) && !/\d/.test(value);
}

function isStrongRun(value: string): boolean {
  return value.length >= 24 && looksRandom(value, 0, value.length) && !hasWords(value);
}

function hasWords(value: string): boolean {
  let letters = 0;
  for (let at = 0; at < value.length; at += 1) {
    const unit = value.charCodeAt(at);
    if (isOf(word, unit) && !isDigit(unit) && (isLower(unit) || isUpper(unit))) letters += 1;
  }
  return letters > value.length * 0.95;
}
