// Picks a range of lines out of chunks of bytes. What is picked ends at the end of a line wherever it can, so that
// ranges read one after the other are together the file.

export interface LineRange {
  /** Counted from 1. */
  readonly firstLine: number;
  readonly lineCountMax: number;
  readonly bytesMax: number;
}

export class LineCollector {
  readonly #range: LineRange;
  readonly #wholeLines: Uint8Array[] = [];
  /** The parts of the line that has not ended yet. */
  #openLine: Uint8Array[] = [];
  #freeBytes: number;
  /** The line that the next byte belongs to, counted from 1. */
  #line = 1;
  #lineHasBytes = false;
  #stop: "line-count" | "bytes" | "long-line" | undefined;

  constructor(range: LineRange) {
    this.#range = range;
    this.#freeBytes = range.bytesMax;
  }

  /** Whether more of the file is wanted. */
  add(chunk: Uint8Array): boolean {
    let position = 0;
    while (position < chunk.length) {
      const newline = chunk.indexOf(0x0a, position);
      const end = newline === -1 ? chunk.length : newline + 1;
      if (this.#line >= this.#range.firstLine) this.#keep(chunk.subarray(position, end));
      if (this.#stop !== undefined) return false;
      this.#lineHasBytes = newline === -1;
      if (newline !== -1) this.#endLine();
      position = end;
    }
    return true;
  }

  #keep(part: Uint8Array): void {
    if (this.#line - this.#range.firstLine >= this.#range.lineCountMax) {
      this.#stop = "line-count";
      return;
    }
    const fitting = part.subarray(0, this.#freeBytes);
    this.#freeBytes -= fitting.length;
    this.#openLine.push(fitting);
    if (fitting.length === part.length) return;
    // A line alone is shown as far as it goes; behind others it waits for the next reading.
    this.#stop = this.#wholeLines.length === 0 ? "long-line" : "bytes";
    if (this.#stop === "bytes") this.#openLine = [];
  }

  #endLine(): void {
    this.#line++;
    this.#wholeLines.push(...this.#openLine);
    this.#openLine = [];
  }

  /** The bytes of the range. */
  bytes(): Uint8Array {
    return Buffer.concat([...this.#wholeLines, ...this.#openLine]);
  }

  /** What ended the collecting before the end of the file. */
  get stop(): "line-count" | "bytes" | "long-line" | undefined {
    return this.#stop;
  }

  /** The line at which it was stopped: the first one not shown, or not shown to its end. */
  get stoppedLine(): number {
    return this.#line;
  }

  /** Lines of the file so far; of the whole file when nothing stopped the collecting. */
  get lineCount(): number {
    return this.#lineHasBytes ? this.#line : this.#line - 1;
  }
}
