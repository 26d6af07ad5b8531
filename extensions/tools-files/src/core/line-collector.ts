/** Picks a range of lines out of chunks of bytes, and stops at a number of lines or of bytes. */
export class LineCollector {
  readonly #firstLine: number;
  readonly #lineCountMax: number;
  #freeBytes: number;
  readonly #kept: Uint8Array[] = [];
  /** The line that the next byte belongs to, counted from 1. */
  #line = 1;
  #lineHasBytes = false;
  #stop: "lines" | "bytes" | undefined;

  constructor(range: {
    readonly firstLine: number;
    readonly lineCountMax: number;
    readonly bytesMax: number;
  }) {
    this.#firstLine = range.firstLine;
    this.#lineCountMax = range.lineCountMax;
    this.#freeBytes = range.bytesMax;
  }

  /** Whether more of the file is wanted. */
  add(chunk: Uint8Array): boolean {
    let position = 0;
    while (position < chunk.length && this.#stop === undefined) {
      const newline = chunk.indexOf(0x0a, position);
      const end = newline === -1 ? chunk.length : newline + 1;
      if (this.#line >= this.#firstLine) this.#keep(chunk.subarray(position, end));
      if (this.#stop !== undefined) break;
      this.#lineHasBytes = newline === -1;
      if (newline !== -1) this.#line++;
      position = end;
    }
    return this.#stop === undefined;
  }

  #keep(part: Uint8Array): void {
    if (this.#line - this.#firstLine >= this.#lineCountMax) {
      this.#stop = "lines";
      return;
    }
    const fitting = part.subarray(0, this.#freeBytes);
    if (fitting.length > 0) this.#kept.push(fitting);
    this.#freeBytes -= fitting.length;
    if (fitting.length < part.length) this.#stop = "bytes";
  }

  /** The bytes of the range. */
  bytes(): Uint8Array {
    return Buffer.concat(this.#kept);
  }

  /** What ended the collecting before the end of the file. */
  get stop(): "lines" | "bytes" | undefined {
    return this.#stop;
  }

  /** The line at which it was stopped: the first one not shown, or not shown to its end. */
  get nextLine(): number {
    return this.#line;
  }

  /** Lines of the file so far; of the whole file when nothing stopped the collecting. */
  get lineCount(): number {
    return this.#lineHasBytes ? this.#line : this.#line - 1;
  }
}
