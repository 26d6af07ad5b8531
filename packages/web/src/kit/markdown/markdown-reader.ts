// Reads a growing message into blocks that a page can keep: a block that is settled stays the same object.
//
// Link reference definitions
//   D1  A definition counts in the whole message, and the first of a label wins.
//   D2  While the message grows, a settled block knows the definitions up to its own end. When the message has ended,
//       the blocks that name a label which was defined after them are lexed once more. So nothing that is settled is
//       lexed again while pieces arrive.
//   D3  The first `definitionsMax` definitions count, and the first `labelsMax` labels of each block.

import type { Links, Token } from "marked";
import { lexBlock } from "./lex-block.ts";
import { type Block, BlockSplitter } from "./split-blocks.ts";

export const definitionsMax = 500;
export const labelsMax = 200;

/** A block as it is shown. A block of Markdown without tokens is shown as plain text. */
export type ReadBlock =
  | Exclude<Block, { readonly kind: "markdown" }>
  | { readonly kind: "markdown"; readonly text: string; readonly tokens: readonly Token[] | undefined };

/** A message as far as it has come. `settled` is one array for the life of its reader, only appended to while live. */
export interface Reading {
  readonly settled: readonly ReadBlock[];
  readonly unsettled: readonly ReadBlock[];
}

type Definition = Links[string];

/** A settled block that names labels, and how many of them had a definition when it was lexed. */
interface Referrer {
  readonly at: number;
  readonly text: string;
  readonly labels: readonly string[];
  definedCount: number;
}

/** Reads one message over its life. */
export class MarkdownReader {
  readonly #splitter = new BlockSplitter();
  readonly #settled: ReadBlock[] = [];
  readonly #definitions = new Map<string, Definition>();
  readonly #referrers: Referrer[] = [];
  #text = "";

  /** True where this reader can go on to `text`; otherwise a new one has to begin. */
  continuesTo(text: string): boolean {
    // As one comparison of memory: `startsWith` looks at each character, which is ten times slower.
    return text.slice(0, this.#text.length) === this.#text;
  }

  /** Reads on to the end of `text`, which begins with what was read before. `live` tells that more may come. */
  read(text: string, live: boolean): Reading {
    this.#text = text;
    this.#splitter.advance(text);
    const { settled } = this.#splitter;
    for (const block of settled.slice(this.#settled.length)) this.#settle(block);
    const unsettled = this.#splitter.unsettled();
    const known = live ? this.#definitions : this.#definitionsWith(unsettled);
    if (!live) this.#resolveLate(known);
    return { settled: this.#settled, unsettled: unsettled.map((block) => readBlock(block, known)) };
  }

  #settle(block: Block): void {
    collectDefinitions(block, this.#definitions);
    const labels = block.kind === "markdown" ? labelsIn(block.text) : [];
    if (labels.length > 0) {
      const definedCount = countDefined(labels, this.#definitions);
      this.#referrers.push({ at: this.#settled.length, text: block.text, labels, definedCount });
    }
    this.#settled.push(readBlock(block, this.#definitions));
  }

  #definitionsWith(unsettled: readonly Block[]): ReadonlyMap<string, Definition> {
    const known = new Map(this.#definitions);
    for (const block of unsettled) collectDefinitions(block, known);
    return known;
  }

  #resolveLate(known: ReadonlyMap<string, Definition>): void {
    for (const referrer of this.#referrers) {
      const definedCount = countDefined(referrer.labels, known);
      if (definedCount === referrer.definedCount) continue;
      referrer.definedCount = definedCount;
      this.#settled[referrer.at] = readBlock({ kind: "markdown", text: referrer.text }, known);
    }
  }
}

function readBlock(block: Block, known: ReadonlyMap<string, Definition>): ReadBlock {
  if (block.kind !== "markdown") return block;
  const links: Links = Object.create(null);
  for (const label of labelsIn(block.text)) {
    const definition = known.get(label);
    if (definition !== undefined) links[label] = definition;
  }
  return { ...block, tokens: lexBlock(block.text, links)?.tokens };
}

function collectDefinitions(block: Block, known: Map<string, Definition>): void {
  if (block.kind !== "markdown" || !block.text.includes("]:")) return;
  for (const [label, definition] of Object.entries(lexBlock(block.text)?.links ?? {})) {
    if (!known.has(label) && known.size < definitionsMax) known.set(label, definition);
  }
}

const bracketed = /\[([^[\]]{1,999})\]/g;

function labelsIn(text: string): readonly string[] {
  if (!text.includes("[")) return [];
  const labels = new Set<string>();
  for (const match of text.matchAll(bracketed)) {
    if (labels.size === labelsMax) break;
    labels.add(normalizedLabel(match[1] ?? ""));
  }
  return [...labels];
}

// The way of the lexer, whose keys these are: folding case needs both directions.
function normalizedLabel(label: string): string {
  return label.trim().replace(/\s+/g, " ").toLowerCase().toUpperCase().toLowerCase();
}

function countDefined(labels: readonly string[], known: ReadonlyMap<string, Definition>): number {
  return labels.filter((label) => known.has(label)).length;
}
