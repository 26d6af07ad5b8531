// Splits Markdown that is still being written into blocks at its top level, line by line and never looking back.
//
// What a reader sees is defined by this split: each block is lexed alone. A block is settled by the line after it and
// by nothing later, so a text that comes in pieces gives the same blocks as the text at once.
//
// Where a block ends
//   B1  A paragraph, heading, quote, table, rule or HTML ends at a blank line, and where a fence or a list interrupts it.
//   B2  A list goes on over blank lines while the next line is another item or is indented to the text of its item; so
//       whether it is loose is known when it settles. A fence inside of an item hides everything until it closes, or
//       until a line is indented less than the item's text.
//   B3  A fence at the top level ends at its closing line only. Its text is not lexed and may have any length.
//   B4  Indented code goes on over blank lines while lines are indented by four columns.
//   B5  A block of more than `blockChars` ends at the next line that can begin one: a list at its next item, a table
//       under its header told again, anything else at any line. No block exceeds twice that.
//   B6  A line of more than `lineCharsMax` is a block of its own, shown as plain text.
//   B7  HTML never goes on over a blank line: it is shown as text, and swallows nothing.

export type Block =
  | { readonly kind: "markdown"; readonly text: string }
  | { readonly kind: "fence"; readonly language: string; readonly text: string; readonly open: boolean }
  | { readonly kind: "plain"; readonly text: string };

export const blockChars: number = 4_000;
export const lineCharsMax: number = 8_000;

interface Fence {
  readonly mark: string;
  readonly length: number;
}

type Place =
  | { readonly kind: "between" }
  | {
      readonly kind: "paragraph";
      readonly lastLine: string;
      readonly tableHead: string | undefined;
      readonly prefix: string;
    }
  | {
      readonly kind: "list";
      readonly itemIndent: number;
      readonly afterBlank: boolean;
      readonly fence: Fence | undefined;
    }
  | { readonly kind: "indented" }
  | {
      readonly kind: "fence";
      readonly fence: Fence;
      readonly indent: number;
      readonly language: string;
      readonly from: number;
    };

const opening = /^ {0,3}(?:(`{3,})([^`]*)|(~{3,})(.*))$/;
const rule = /^ {0,3}(?:(?:-[\t ]*){3,}|(?:_[\t ]*){3,}|(?:\*[\t ]*){3,})$/;
const marker = /^( {0,3}(?:[*+-]|\d{1,9}[.)]))([\t ]+(?=\S)|[\t ]*$)/;
const interruptingMarker = /^ {0,3}(?:[*+-]|1[.)])[\t ]+\S/;
const markers = /^(?:[\t ]*(?:[*+-]|\d{1,9}[.)]|>)[\t ]+)+/;
const tableRule = /^ {0,3}\|?[\t ]*:?-+:?[\t ]*(?:\|[\t ]*:?-+:?[\t ]*)*\|?[\t ]*$/;

/** Reads one growing text. `advance` takes the text so far; what it settled once stays settled. */
export class BlockSplitter {
  #settled: Block[] = [];
  #place: Place = { kind: "between" };
  #start = 0;
  #lineStart = 0;
  #text = "";
  #isGlance = false;

  /** The blocks that no further text can change, in order. The same array for ever, only appended to. */
  get settled(): readonly Block[] {
    return this.#settled;
  }

  /** Takes in the lines that `text` completes. It must begin with the text that was given before. */
  advance(text: string): void {
    this.#text = text;
    for (
      let end = text.indexOf("\n", this.#lineStart);
      end !== -1;
      end = text.indexOf("\n", this.#lineStart)
    ) {
      this.#readLine(end, end + 1);
    }
  }

  /** The blocks of what is not settled: none, one, or few where the last line, complete as it stands, begins another. */
  unsettled(): readonly Block[] {
    const rest = new BlockSplitter();
    rest.#place = this.#place;
    rest.#start = this.#start;
    rest.#lineStart = this.#lineStart;
    rest.#text = this.#text;
    rest.#isGlance = true;
    if (rest.#lineStart < rest.#text.length) rest.#readLine(rest.#text.length, rest.#text.length);
    rest.#close(rest.#lineStart);
    return rest.#settled;
  }

  #readLine(end: number, next: number): void {
    const from = this.#lineStart;
    const isLong = end - from > lineCharsMax;
    if (isLong && this.#place.kind !== "fence") {
      this.#close(from);
      this.#settled.push({ kind: "plain", text: this.#kept(this.#text.slice(from, end)) });
      this.#lineStart = next;
      return;
    }
    const line = isLong ? "" : this.#text.slice(from, end).replace(/\r$/, "");
    this.#lineStart = next;
    this.#place = this.#continued(line, from, next);
  }

  #continued(line: string, from: number, next: number): Place {
    const place = this.#place;
    switch (place.kind) {
      case "between":
        return this.#opened(line, from);
      case "fence":
        return closes(line, place.fence) ? this.#close(from, false) : place;
      case "indented":
        if (isBlank(line)) return place;
        return indentOf(line) < 4 || this.#isFull(next) ? this.#reopened(line, from) : place;
      case "paragraph":
        return this.#paragraphContinued(place, line, from, next);
      case "list":
        return this.#listContinued(place, line, from, next);
    }
  }

  #opened(line: string, from: number): Place {
    if (isBlank(line)) return { kind: "between" };
    this.#start = from;
    const fence = opening.exec(line);
    if (fence !== null) return fencePlace(fence, indentOf(line), this.#lineStart);
    if (indentOf(line) >= 4) return { kind: "indented" };
    const item = rule.test(line) ? null : marker.exec(line);
    if (item !== null) return listPlace(line, item);
    return { kind: "paragraph", lastLine: line, tableHead: undefined, prefix: "" };
  }

  #reopened(line: string, from: number): Place {
    this.#place = this.#close(from);
    return this.#opened(line, from);
  }

  #paragraphContinued(place: Place & { kind: "paragraph" }, line: string, from: number, next: number): Place {
    if (isBlank(line)) return this.#close(from);
    if (opening.test(line)) return this.#reopened(line, from);
    if (interruptingMarker.test(line) && !rule.test(line)) return this.#reopened(line, from);
    const rows = place.tableHead;
    if (this.#isFull(next)) {
      this.#close(from);
      if (rows === undefined || rows.length > blockChars / 4) return this.#opened(line, from);
      this.#start = from;
      return { kind: "paragraph", lastLine: line, tableHead: rows, prefix: rows };
    }
    const startsTable =
      rows === undefined && line.includes("-") && place.lastLine.includes("|") && tableRule.test(line);
    return { ...place, lastLine: line, tableHead: startsTable ? `${place.lastLine}\n${line}\n` : rows };
  }

  #listContinued(place: Place & { kind: "list" }, line: string, from: number, next: number): Place {
    if (isBlank(line)) return place.fence === undefined ? { ...place, afterBlank: true } : place;
    if (this.#isOverfull(next)) return this.#reopened(line, from);
    const indent = indentOf(line);
    if (indent >= place.itemIndent)
      return { ...place, afterBlank: false, fence: fenceAfter(line, place.fence) };
    const isRule = rule.test(line);
    const item = isRule ? null : marker.exec(line);
    if (item !== null) return this.#isFull(next) ? this.#reopened(line, from) : listPlace(line, item);
    const isInterrupted = isRule || opening.test(line) || /^ {0,3}(?:>|#{1,6}(?:\s|$))/.test(line);
    if (place.afterBlank || isInterrupted) return this.#reopened(line, from);
    return { ...place, fence: undefined };
  }

  #isFull(next: number): boolean {
    return next - this.#start > blockChars;
  }

  #isOverfull(next: number): boolean {
    return next - this.#start > 2 * blockChars;
  }

  #close(end: number, open = true): Place {
    const place = this.#place;
    this.#place = { kind: "between" };
    if (place.kind === "fence") {
      const text = unindented(this.#text.slice(place.from, end), place.indent);
      this.#settled.push({ kind: "fence", language: place.language, text: this.#kept(text), open });
    } else if (place.kind !== "between") {
      const prefix = place.kind === "paragraph" ? place.prefix : "";
      this.#settled.push({ kind: "markdown", text: this.#kept(prefix + this.#text.slice(this.#start, end)) });
    }
    return this.#place;
  }

  // A slice keeps the whole text alive that it was cut from, and a message that comes in thousands of pieces has been
  // thousands of texts. What is shown until the next piece only is not worth the copy.
  #kept(text: string): string {
    return this.#isGlance ? text : [text.slice(0, 1), text.slice(1)].join("");
  }
}

function listPlace(line: string, item: RegExpExecArray): Place {
  const [all, mark = "", space = ""] = item;
  const width = columns(mark + space) - columns(mark);
  const isEmpty = all.length === line.length;
  const itemIndent = columns(mark) + (isEmpty || width > 4 ? 1 : width);
  return { kind: "list", itemIndent, afterBlank: false, fence: fenceAfter(line, undefined) };
}

function fencePlace(match: RegExpExecArray, indent: number, from: number): Place {
  const mark = match[1] ?? match[3] ?? "";
  const language = (match[2] ?? match[4] ?? "").trim();
  return { kind: "fence", fence: { mark: mark.charAt(0), length: mark.length }, indent, language, from };
}

/** Which fence of an item is open after `line`, where `fence` was open before. */
function fenceAfter(line: string, fence: Fence | undefined): Fence | undefined {
  if (fence !== undefined) return closes(line.trimStart(), fence) ? undefined : fence;
  const match = opening.exec(line.replace(markers, "").trimStart());
  const mark = match?.[1] ?? match?.[3];
  return mark === undefined ? undefined : { mark: mark.charAt(0), length: mark.length };
}

function closes(line: string, fence: Fence): boolean {
  if (indentOf(line) > 3) return false;
  const mark = line.trim();
  if (mark.length < fence.length) return false;
  for (const character of mark) if (character !== fence.mark) return false;
  return true;
}

function unindented(text: string, indent: number): string {
  return indent === 0 ? text : text.replace(new RegExp(`^ {1,${indent}}`, "gm"), "");
}

function isBlank(line: string): boolean {
  return !/[^\t ]/.test(line);
}

function indentOf(line: string): number {
  return columns(/^[\t ]*/.exec(line)?.[0] ?? "");
}

function columns(text: string): number {
  let column = 0;
  for (const character of text) column += character === "\t" ? 4 - (column % 4) : 1;
  return column;
}
