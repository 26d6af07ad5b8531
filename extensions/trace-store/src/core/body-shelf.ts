// Turns bodies into references to what is stored.
//
// Owns: what is known of the arrays that bodies share, so that only what is new in them is looked at and stored.
// Does not own: the rows. They go to the batch.
//
// Invariants
//   B1  The work for a body, and what it adds to the store, is in proportion to what is new in it.
//   B2  The parts of a list end where bodies end, so a body is whole parts of its list.
//   B3  Everything that is known here is stored, or in the batch that is being made. Where a batch fails, the whole shelf
//       is thrown away, and bodies begin anew.
import type { Body, BodyItem } from "@lathe/kernel";
import { BoundedMap } from "./bounded-map.ts";
import { readItems, readText, type TextDesk, type Work } from "./item-text.ts";
import type { Part } from "./keys.ts";
import { type CutText, PieceCutter, PieceShelf, type PieceTaker } from "./piece-shelf.ts";

/** Takes what a body adds to the store. */
export interface BodyTaker extends PieceTaker {
  /** A new list's number. */
  nextList(): number;
  takeListPart(list: number, at: number, itemCount: number, parts: readonly Part[]): void;
  /** Items that cannot be written. */
  skipItems(count: number): void;
}

/** A body as it is stored: `before`, then the items of the list up to `itemCount`, then `after`. */
export interface BodyReference {
  readonly length: number;
  readonly headLength: number;
  readonly before: readonly Part[];
  /** 0 = none. */
  readonly list: number;
  readonly itemCount: number;
  readonly after: readonly Part[];
  /** The first characters of its head, where it has no items. */
  readonly beginning: string;
}

interface Growing {
  /** 0 = the items were stored with the one body that has come so far: most arrays of bytes are used once. */
  list: number;
  itemCount: number;
  length: number;
  parts: readonly Part[];
}

const inlineMax = 1_024;
/** Bytes come from the network and are used once: a piece of their own would be shared with nobody. */
const inlineBytesMax = 4_096;
/** A head that stands before items comes again and again. */
const repeatedInlineMax = 128;
const knownHeadsMax = 256;

export class BodyShelf {
  readonly #desk: TextDesk;
  readonly #pieces = new PieceShelf();
  readonly #growing = new WeakMap<readonly BodyItem[], Growing>();
  readonly #heads = new BoundedMap<string, CutText>(knownHeadsMax);

  constructor(desk: TextDesk) {
    this.#desk = desk;
  }

  /** One body at a time. */
  *keep(body: Body, taker: BodyTaker): Work<BodyReference> {
    if (body.itemCount === 0) return yield* this.#keepText(body, taker);
    const head = yield* this.#keepHead(body.head, taker);
    const growing = this.#growing.get(body.items);
    const list =
      growing === undefined || growing.itemCount > body.itemCount
        ? yield* this.#begin(body, taker)
        : yield* this.#grow(growing, body, taker);
    const tail = yield* this.#cut(body.tail, inlineMax, taker);
    return {
      length: head.length + list.length + tail.length,
      headLength: head.length,
      before: list.list === 0 ? [...head.parts, ...list.parts] : head.parts,
      list: list.list,
      itemCount: list.itemCount,
      after: tail.parts,
      beginning: "",
    };
  }

  *#keepText({ head, tail }: Body, taker: BodyTaker): Work<BodyReference> {
    const { parts: before, length: headLength, beginning } = yield* this.#cut(head, inlineMax, taker);
    const { parts: after, length: tailLength } = yield* this.#cut(tail, inlineMax, taker);
    const length = headLength + tailLength;
    return { length, headLength, before, list: 0, itemCount: 0, after, beginning };
  }

  *#keepHead(text: string, taker: BodyTaker): Work<CutText> {
    const known = this.#heads.get(text);
    if (known !== undefined) return known;
    const head = yield* this.#cut(text, repeatedInlineMax, taker);
    this.#heads.set(text, head);
    return head;
  }

  *#begin(body: Body, taker: BodyTaker): Work<Growing> {
    const { parts, length } = yield* this.#cutItems(body, 0, taker);
    const growing: Growing = { list: 0, itemCount: body.itemCount, length, parts };
    this.#growing.set(body.items, growing);
    if (!(body.items[0] instanceof Uint8Array)) beginList(growing, taker);
    return growing;
  }

  *#grow(growing: Growing, body: Body, taker: BodyTaker): Work<Growing> {
    if (growing.list === 0) beginList(growing, taker);
    if (body.itemCount === growing.itemCount) return growing;
    const { parts, length } = yield* this.#cutItems(body, growing.itemCount, taker);
    taker.takeListPart(growing.list, growing.itemCount, body.itemCount - growing.itemCount, parts);
    growing.itemCount = body.itemCount;
    growing.length += length;
    return growing;
  }

  *#cutItems({ items, itemCount }: Body, from: number, taker: BodyTaker): Work<CutText> {
    const inlineMost = items[0] instanceof Uint8Array ? inlineBytesMax : inlineMax;
    const cutter = new PieceCutter(this.#pieces, inlineMost, taker);
    const broken = yield* readItems({ items, from, to: itemCount }, this.#desk, (text) => cutter.add(text));
    taker.skipItems(broken);
    return cutter.end();
  }

  *#cut(text: string, inlineMost: number, taker: BodyTaker): Work<CutText> {
    if (text === "") return nothing;
    const cutter = new PieceCutter(this.#pieces, inlineMost, taker);
    yield* readText(text, this.#desk, (part) => cutter.add(part));
    return cutter.end();
  }
}

const nothing: CutText = { parts: [], length: 0, beginning: "" };

function beginList(growing: Growing, taker: BodyTaker): void {
  growing.list = taker.nextList();
  taker.takeListPart(growing.list, 0, growing.itemCount, growing.parts);
  growing.parts = [];
}
