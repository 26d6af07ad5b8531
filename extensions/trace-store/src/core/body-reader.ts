// Puts bodies together again, whole or a range of one, reading no piece that is not asked for.
import type { JsonValue, Storage } from "@lathe/kernel";
import { keys, type ListPart, type Part } from "./keys.ts";
import type { StoredBody } from "./span-codec.ts";
import { pagedRows } from "./trace-reader.ts";

export interface BodyPlace {
  readonly generation: number;
  readonly body: StoredBody;
}

const listRowsPerPage = 128;
/** So many pieces are read at once. */
const piecesPerRead = 32;

/** The UTF-16 units `from` to `to`. Undefined where a piece is gone: the generation is being removed. */
export async function readRange(
  place: BodyPlace,
  from: number,
  to: number,
  storage: Storage,
): Promise<string | undefined> {
  const wanted: { readonly part: Part; readonly from: number; readonly to: number }[] = [];
  let at = 0;
  for await (const part of partsOf(place, storage)) {
    if (at >= to) break;
    const end = at + (typeof part === "string" ? part.length : part[1]);
    if (end > from) wanted.push({ part, from: Math.max(0, from - at), to: to - at });
    at = end;
  }
  let text = "";
  for (let first = 0; first < wanted.length; first += piecesPerRead) {
    const slices = wanted.slice(first, first + piecesPerRead);
    const texts = await textsOf(
      place.generation,
      slices.map(({ part }) => part),
      storage,
    );
    if (texts === undefined) return undefined;
    slices.forEach((slice, index) => {
      text += texts[index]?.slice(slice.from, slice.to);
    });
  }
  return text;
}

/** What was added to a list of items from the item `from` on, up to `to`, which both are ends of bodies. */
export async function readListRange(
  generation: number,
  list: number,
  range: { readonly from: number; readonly to: number },
  storage: Storage,
): Promise<string | undefined> {
  let text = "";
  for await (const { at, parts } of listParts(generation, list, storage)) {
    if (at >= range.to) break;
    if (at < range.from) continue;
    const texts = await textsOf(generation, parts, storage);
    if (texts === undefined) return undefined;
    text += texts.join("");
  }
  return text;
}

async function* partsOf({ generation, body }: BodyPlace, storage: Storage): AsyncGenerator<Part> {
  const [, , before, list, itemCount, after] = body;
  yield* before;
  if (list > 0) {
    for await (const { at, parts } of listParts(generation, list, storage)) {
      if (at >= itemCount) break;
      yield* parts;
    }
  }
  yield* after;
}

async function* listParts(
  generation: number,
  list: number,
  storage: Storage,
): AsyncGenerator<{ readonly at: number; readonly parts: readonly Part[] }> {
  for await (const { key, value } of pagedRows(storage, keys.list(generation, list), listRowsPerPage)) {
    let at = key.at(-1) as number;
    for (const [itemCount, ...parts] of value as unknown as readonly ListPart[]) {
      yield { at, parts };
      at += itemCount;
    }
  }
}

async function textsOf(
  generation: number,
  parts: readonly Part[],
  storage: Storage,
): Promise<readonly string[] | undefined> {
  const named = parts.filter((part) => typeof part !== "string");
  const rows = await storage.getMany(named.map(([hash]) => keys.piece(generation, hash)));
  const values = new Map<string, JsonValue | undefined>();
  named.forEach(([hash], index) => {
    values.set(hash, rows[index]?.value);
  });
  const texts: string[] = [];
  for (const part of parts) {
    const text = typeof part === "string" ? part : values.get(part[0]);
    if (typeof text !== "string") return undefined;
    texts.push(text);
  }
  return texts;
}
