// The decision behind edit_file: where the old text stands, and what the file becomes.

export type Replacement =
  | { readonly kind: "replaced"; readonly text: string; readonly lines: readonly number[] }
  | { readonly kind: "not-found"; readonly similarLine: number | undefined }
  | { readonly kind: "ambiguous"; readonly lines: readonly number[] };

/**
 * Replaces `oldText`, which must stand in the text exactly once unless `all` is set. In a file with CRLF line ends,
 * texts given with LF are taken to mean CRLF. The lines are those at which the occurrences begin, counted from 1.
 */
export function replaceText(text: string, oldText: string, newText: string, all: boolean): Replacement {
  const places = findPlaces(text, oldText);
  if (places.length === 0) {
    if (needsCarriageReturns(text, oldText)) {
      return replaceText(text, withCarriageReturns(oldText), withCarriageReturns(newText), all);
    }
    return { kind: "not-found", similarLine: findSimilarLine(text, oldText) };
  }
  const lines = lineNumbersOf(text, places);
  if (places.length > 1 && !all) return { kind: "ambiguous", lines };
  // Split and join, because a replacement string would give a meaning to "$".
  return { kind: "replaced", text: text.split(oldText).join(newText), lines };
}

function findPlaces(text: string, part: string): number[] {
  const places: number[] = [];
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) places.push(at);
  return places;
}

function needsCarriageReturns(text: string, oldText: string): boolean {
  return text.includes("\r\n") && oldText.includes("\n") && !oldText.includes("\r\n");
}

function withCarriageReturns(text: string): string {
  return text.replaceAll("\r\n", "\n").replaceAll("\n", "\r\n");
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
