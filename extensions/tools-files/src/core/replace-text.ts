// The decision behind edit_file: where the old text stands, and what the file becomes.
import { findPlaces } from "./find-text.ts";

export interface Edit {
  readonly oldText: string;
  readonly newText: string;
  /** Without it there must be exactly one place. */
  readonly all: boolean;
}

/** `lines` are those at which the first places begin, counted from 1; `count` is the number of all places. */
export type Replacement =
  | {
      readonly kind: "replaced";
      readonly text: string;
      readonly count: number;
      readonly lines: readonly number[];
    }
  | { readonly kind: "not-found"; readonly similarLine: number | undefined }
  | { readonly kind: "ambiguous"; readonly count: number; readonly lines: readonly number[] }
  | { readonly kind: "too-long"; readonly length: number };

const shownLineCountMax = 10;

/**
 * Replaces the old text, which must stand in the text exactly once unless `all` is set. An edit that speaks of line
 * ends as LF alone means the file's own: where it has only CRLF, and where only so the old text is found.
 * A result of more than `lengthMax` UTF-16 units is not made.
 */
export function replaceText(text: string, edit: Edit, lengthMax: number): Replacement {
  const exact = hasOnlyCarriageReturns(text) ? withCarriageReturns(edit) : edit;
  const replacement = replaceExactly(text, exact, lengthMax);
  const other = withCarriageReturns(exact);
  if (replacement.kind !== "not-found" || other.oldText === exact.oldText) return replacement;
  const second = replaceExactly(text, other, lengthMax);
  return second.kind === "not-found" ? replacement : second;
}

function replaceExactly(text: string, edit: Edit, lengthMax: number): Replacement {
  const { oldText, newText, all } = edit;
  const found = countPlaces(text, edit);
  if (found.count === 0) return { kind: "not-found", similarLine: findSimilarLine(text, oldText) };
  const lines = lineNumbersOf(text, found.first);
  if (found.count > 1 && !all) return { kind: "ambiguous", count: found.count, lines };
  const length = text.length + found.count * (newText.length - oldText.length);
  if (length > lengthMax) return { kind: "too-long", length };
  return { kind: "replaced", text: rebuild(text, edit), count: found.count, lines };
}

/** Places that overlap are both counted where one is meant: it could be either. */
function countPlaces(
  text: string,
  { oldText, all }: Edit,
): { readonly count: number; readonly first: readonly number[] } {
  const first: number[] = [];
  let count = 0;
  for (const place of findPlaces(text, oldText, all ? "separate" : "every")) {
    if (count++ < shownLineCountMax) first.push(place);
  }
  return { count, first };
}

function rebuild(text: string, { oldText, newText }: Edit): string {
  const parts: string[] = [];
  let from = 0;
  for (const place of findPlaces(text, oldText, "separate")) {
    parts.push(text.slice(from, place), newText);
    from = place + oldText.length;
  }
  return parts.join("") + text.slice(from);
}

function hasOnlyCarriageReturns(text: string): boolean {
  return text.includes("\r\n") && !/(?<!\r)\n/.test(text);
}

/** An edit that names a CR itself is taken as it is. */
function withCarriageReturns(edit: Edit): Edit {
  const { oldText, newText } = edit;
  if (oldText.includes("\r") || newText.includes("\r")) return edit;
  return { ...edit, oldText: oldText.replaceAll("\n", "\r\n"), newText: newText.replaceAll("\n", "\r\n") };
}

function lineNumbersOf(text: string, places: readonly number[]): number[] {
  const lines: number[] = [];
  let line = 1;
  let from = 0;
  for (const place of places) {
    for (let at = text.indexOf("\n", from); at !== -1 && at < place; at = text.indexOf("\n", at + 1)) line++;
    from = place;
    lines.push(line);
  }
  return lines;
}

/** The line that reads like the first line of the wanted text when white space at its ends is left aside. */
function findSimilarLine(text: string, wanted: string): number | undefined {
  const first = wanted
    .split("\n")
    .map((line) => line.trim())
    .find((line) => line !== "");
  if (first === undefined) return undefined;
  const index = text.split("\n").findIndex((line) => line.trim() === first);
  return index === -1 ? undefined : index + 1;
}
