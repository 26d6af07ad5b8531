// Makes text of the items of a body, with its secrets taken out.
//
// A string stands for itself, an object for its JSON and a line end; bytes that follow each other are one UTF-8 text,
// wherever the network cut them.
//
// Long texts are worked on in parts. Between two of them these generators yield, for others to get their turn: most
// texts are short, and then this costs no promise.
import type { BodyItem, JsonValue, Redactor } from "@lathe/kernel";

export interface TextDesk {
  /** Undefined = nothing is taken out. */
  readonly redactor: Redactor | undefined;
}

/** Work that yields where others should get their turn. */
export type Work<Result> = Generator<undefined, Result, undefined>;

export interface ItemRange {
  readonly items: readonly BodyItem[];
  readonly from: number;
  readonly to: number;
}

/**
 * More text than this at once is worked on in parts, with a rest between them. Memory for larger parts would be asked of
 * the system each time, which costs more than the work on them.
 */
export const textLengthAtOnce = 65_536;

/** Gives the text of the items to `take`, in order. Returns the count of items that are no JSON. */
export function* readItems(
  { items, from, to }: ItemRange,
  desk: TextDesk,
  take: (text: string) => void,
): Work<number> {
  let brokenCount = 0;
  let sinceRest = 0;
  for (let index = from; index < to; ) {
    const item = items[index] as BodyItem;
    if (item instanceof Uint8Array) {
      const end = endOfBytes(items, index, to);
      yield* readBytes(items.slice(index, end) as readonly Uint8Array[], desk, take);
      index = end;
      continue;
    }
    index++;
    const text = typeof item === "string" ? item : jsonLine(item, desk.redactor);
    if (text === undefined) brokenCount++;
    else if (typeof item === "string") yield* readText(item, desk, take);
    else take(text);
    sinceRest += text?.length ?? 0;
    if (sinceRest >= textLengthAtOnce) {
      sinceRest = 0;
      yield;
    }
  }
  return brokenCount;
}

/** Gives a text to `take`, at once or in parts. */
export function* readText(text: string, desk: TextDesk, take: (text: string) => void): Work<void> {
  const { redactor } = desk;
  if (text.length <= textLengthAtOnce) {
    take(redactor === undefined ? text : redactor.text(text));
    return;
  }
  const stream = redactor?.stream();
  for (let at = 0; at < text.length; at += textLengthAtOnce) {
    const piece = text.slice(at, at + textLengthAtOnce);
    take(stream === undefined ? piece : stream.push(piece));
    yield;
  }
  if (stream !== undefined) take(stream.end());
}

function* readBytes(pieces: readonly Uint8Array[], desk: TextDesk, take: (text: string) => void): Work<void> {
  let total = 0;
  for (const piece of pieces) total += piece.byteLength;
  if (total <= textLengthAtOnce) {
    const text = Buffer.concat(pieces, total).toString("utf8");
    take(desk.redactor === undefined ? text : desk.redactor.text(text));
    return;
  }
  const stream = desk.redactor?.stream();
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  for (const bytes of joined(pieces)) {
    const text = decoder.decode(bytes, { stream: true });
    take(stream === undefined ? text : stream.push(text));
    yield;
  }
  const last = decoder.decode();
  take(stream === undefined ? last : stream.push(last) + stream.end());
}

/** The same bytes in parts of about `textLengthAtOnce`. */
function* joined(pieces: readonly Uint8Array[]): Generator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  for (const piece of pieces) {
    for (let at = 0; at < piece.byteLength; at += textLengthAtOnce) {
      const part = piece.subarray(at, at + textLengthAtOnce);
      waiting.push(part);
      bytes += part.byteLength;
      if (bytes < textLengthAtOnce) continue;
      yield asOne(waiting, bytes);
      waiting = [];
      bytes = 0;
    }
  }
  if (bytes > 0) yield asOne(waiting, bytes);
}

function asOne(parts: readonly Uint8Array[], byteCount: number): Uint8Array {
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts, byteCount);
}

function endOfBytes(items: readonly BodyItem[], from: number, to: number): number {
  let end = from;
  while (end < to && items[end] instanceof Uint8Array) end++;
  return end;
}

/** Undefined where the item is no JSON. */
function jsonLine(item: object, redactor: Redactor | undefined): string | undefined {
  try {
    const shown = redactor === undefined ? item : redactor.json(item as JsonValue);
    const text: string | undefined = JSON.stringify(shown);
    return text === undefined ? undefined : `${text}\n`;
  } catch {
    return undefined;
  }
}
