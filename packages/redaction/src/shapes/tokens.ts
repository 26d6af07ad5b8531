// Tokens: a prefix, and then one long run of characters that look like chance.
import { alphanumeric, code, isDigit, isHex, isLower, isOf, isUpper, runEnd, word } from "../characters.ts";
import type { Rest } from "../scanner.ts";
import { type Accept, refused, undecided } from "./prefix-rule.ts";

/** What is looked at of a token, at the most, to tell it from a name. */
const judgedMax = 96;

/** Judges part of a text. Who says yes to it says yes to whatever begins with it. */
export type Judge = (text: string, from: number, end: number) => boolean;

/** Accepts a run of at least `lengthMin` characters of a class that the judge holds for chance. */
export function acceptRun(flag: number, lengthMin: number, judge: Judge): Accept {
  const limit = Math.max(lengthMin, judgedMax);
  return (text, from, isWhole) => {
    const end = runEnd(text, from, flag, from + limit);
    if (end === text.length && end < from + limit && !isWhole) return undecided;
    return end - from >= lengthMin && judge(text, from, end) ? end : refused;
  };
}

/** Accepts a run of exactly so many characters, with no letter and no digit behind it. */
export function acceptExactly(length: number, isCharacter: (unit: number) => boolean): Accept {
  return (text, from, isWhole) => {
    const end = runEnd(text, from, alphanumeric, from + length + 1);
    if (end === text.length && end <= from + length && !isWhole) return undecided;
    if (end !== from + length) return refused;
    for (let at = from; at < end; at += 1) if (!isCharacter(text.charCodeAt(at))) return refused;
    return end;
  };
}

export function restOfRun(flag: number): Rest {
  return (text, from, isWhole) => {
    const end = runEnd(text, from, flag);
    return end === text.length && !isWhole ? ~end : end;
  };
}

/** The rest of a run whose parts are joined by single dots; a dot at the end belongs to the sentence around it. */
export const restOfDottedRun: Rest = (text, from, isWhole) => {
  for (let at = from; ; ) {
    const end = runEnd(text, at, word);
    if (end === text.length) return isWhole ? end : ~end;
    if (text.charCodeAt(end) !== code.dot) return end;
    if (end + 1 === text.length) return isWhole ? end : ~end;
    if (!isOf(word, text.charCodeAt(end + 1))) return end;
    at = end + 1;
  }
};

/** Whether it holds a digit and a letter. */
export const hasDigit: Judge = (text, from, end) => {
  let digit = false;
  let letter = false;
  for (let at = from; at < end; at += 1) {
    const unit = text.charCodeAt(at);
    if (isDigit(unit)) digit = true;
    else letter ||= isOf(alphanumeric, unit);
  }
  return digit && letter;
};

/** Whether letters of both cases and digits are mixed, or it is one long run without a word break: no chain of words. */
export const looksRandom: Judge = (text, from, end) => {
  let upper = false;
  let lower = false;
  let digit = false;
  let run = 0;
  let longestRun = 0;
  for (let at = from; at < end; at += 1) {
    const unit = text.charCodeAt(at);
    upper ||= isUpper(unit);
    lower ||= isLower(unit);
    digit ||= isDigit(unit);
    run = isOf(alphanumeric, unit) ? run + 1 : 0;
    longestRun = Math.max(longestRun, run);
  }
  return digit && ((upper && lower) || longestRun >= 16);
};

/** As `looksRandom`, for prefixes that hardly stand for anything else. */
export const looksLikeToken: Judge = (text, from, end) =>
  looksRandom(text, from, end) || changesCaseOften(text, from, end);

/** Whether the case of letters changes as often as it does by chance, and not only where the words of a name begin. */
export const changesCaseOften: Judge = (text, from, end) => {
  // What follows must not turn a yes into a no: a second pass may find less of it.
  const last = from + caseJudged;
  let changes = 0;
  for (let at = from + 1; at < last && at < end; at += 1) {
    if (isUpper(text.charCodeAt(at)) !== isUpper(text.charCodeAt(at - 1))) changes += 1;
  }
  return end >= last && changes >= caseChangesMin;
};

const caseJudged = 16;
const caseChangesMin = 6;

export const isHexDigit = (unit: number): boolean => isHex(unit) && !isUpper(unit);
export const isUpperOrDigit = (unit: number): boolean => isUpper(unit) || isDigit(unit);
