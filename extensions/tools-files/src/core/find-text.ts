// Where a text stands in another. The search of the language can take the product of both lengths, which whoever
// chooses both texts can make minutes; this one (Knuth, Morris, Pratt 1977) takes their sum.

/**
 * Where `wanted` begins in `text`, in order. Of places that overlap, `every` gives each one, `separate` those that are
 * left when the first one is taken. `wanted` must not be empty.
 */
export function* findPlaces(text: string, wanted: string, which: "every" | "separate"): Generator<number> {
  const borders = bordersOf(wanted);
  let matched = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    while (matched > 0 && wanted.charCodeAt(matched) !== unit) matched = borders[matched - 1] ?? 0;
    if (wanted.charCodeAt(matched) === unit) matched++;
    if (matched < wanted.length) continue;
    yield at - wanted.length + 1;
    matched = which === "every" ? (borders[matched - 1] ?? 0) : 0;
  }
}

/** For each beginning of a text, the length of the longest shorter beginning that it also ends with. */
function bordersOf(text: string): Int32Array {
  const borders = new Int32Array(text.length);
  let length = 0;
  for (let at = 1; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    while (length > 0 && text.charCodeAt(length) !== unit) length = borders[length - 1] ?? 0;
    if (text.charCodeAt(length) === unit) length++;
    borders[at] = length;
  }
  return borders;
}
