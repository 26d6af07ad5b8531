// Lexes one block with `marked`, within bounds that hold for any text.
//
// `marked` is linear on what people write, and is not on what they do not: emphasis that never closes is looked for to
// the end of the block by each of its openers, nested containers are read once for each level. So containers nest
// `blockDepthMax` deep, spans `inlineDepthMax`, tables have `tableCellsMax` cells, and looking for what is not found
// costs at most `stepsPerChar` steps for each character of the block. Deeper containers and spans are shown as the text
// that they are; a block that exceeds the steps is plain text as a whole.

import { Lexer, type Links, type Token, Tokenizer, type Tokens } from "marked";

export const blockDepthMax = 8;
export const inlineDepthMax = 12;
export const tableCellsMax = 2_000;
export const stepsPerChar = 64;

/** What a block was lexed into. `links` are the definitions that it makes or was given, by normalized label. */
export interface LexedBlock {
  readonly tokens: readonly Token[];
  readonly links: Links;
}

class TooManyStepsError extends Error {}

class BoundedTokenizer extends Tokenizer {
  #blockDepth = 0;
  #inlineDepth = 0;
  #stepsLeft: number;

  constructor(charCount: number) {
    super();
    this.#stepsLeft = 10_000 + stepsPerChar * charCount;
  }

  override blockquote(src: string): Tokens.Blockquote | undefined {
    return this.#container(() => super.blockquote(src));
  }

  override list(src: string): Tokens.List | undefined {
    return this.#container(() => super.list(src));
  }

  override table(src: string): Tokens.Table | undefined {
    const head = src.slice(0, src.indexOf("\n") + 1);
    const cellCount = (head.split("|").length + 1) * src.split("\n").length;
    return cellCount > tableCellsMax ? undefined : super.table(src);
  }

  override emStrong(src: string, masked: string, previous?: string): Tokens.Em | Tokens.Strong | undefined {
    const first = src.charCodeAt(0);
    if (first !== 42 && first !== 95) return undefined;
    return this.#span(src, () => super.emStrong(src, masked, previous));
  }

  override del(src: string, masked: string, previous?: string): Tokens.Del | undefined {
    return src.charCodeAt(0) === 126 ? this.#span(src, () => super.del(src, masked, previous)) : undefined;
  }

  override link(src: string): Tokens.Link | Tokens.Image | undefined {
    const first = src.charCodeAt(0);
    return first === 91 || first === 33 ? this.#span(src, () => super.link(src)) : undefined;
  }

  override reflink(src: string, links: Links): Tokens.Link | Tokens.Image | Tokens.Text | undefined {
    const first = src.charCodeAt(0);
    return first === 91 || first === 33 ? this.#span(src, () => super.reflink(src, links)) : undefined;
  }

  #container<Found>(read: () => Found): Found | undefined {
    if (this.#blockDepth === blockDepthMax) return undefined;
    this.#blockDepth += 1;
    const found = read();
    this.#blockDepth -= 1;
    return found;
  }

  #span<Found extends { readonly raw: string }>(
    src: string,
    read: () => Found | undefined,
  ): Found | undefined {
    if (this.#inlineDepth === inlineDepthMax) return undefined;
    this.#inlineDepth += 1;
    const found = read();
    this.#inlineDepth -= 1;
    // What is found was read to its end, what is not was looked for to the end of the block.
    this.#stepsLeft -= found?.raw.length ?? src.length;
    if (this.#stepsLeft < 0) throw new TooManyStepsError();
    return found;
  }
}

/** The tokens of `text`, or `undefined` where it has to be shown as plain text. */
export function lexBlock(text: string, links: Links = {}): LexedBlock | undefined {
  const lexer = new Lexer({ gfm: true, tokenizer: new BoundedTokenizer(text.length) });
  Object.assign(lexer.tokens.links, links);
  try {
    return { tokens: lexer.lex(text), links: lexer.tokens.links };
  } catch {
    // Too many steps, or a text that the lexer has no rule for. A reader loses the layout and not a word.
    return undefined;
  }
}
