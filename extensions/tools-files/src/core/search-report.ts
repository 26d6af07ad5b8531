import type { ToolOutput } from "@lathe/kernel";
import { AnswerLines, counted, printable } from "./answer.ts";
import type { FileMatches } from "./match-lines.ts";

export interface SearchLimits {
  readonly matchCountMax: number;
  /** Files that are looked at, also those that are passed over. */
  readonly fileCountMax: number;
  readonly fileBytesMax: number;
  /** Of all files together. */
  readonly bytesMax: number;
}

/** Gathers what a search found, what it passed over, and when it has enough. */
export class SearchReport {
  readonly #limits: SearchLimits;
  readonly #lines = new AnswerLines();
  #freeBytes: number;
  #seenCount = 0;
  #searchedCount = 0;
  #matchingFileCount = 0;
  #binaryCount = 0;
  #largeCount = 0;
  #unreadableCount = 0;
  #isFull = false;
  #spent: string | undefined;

  constructor(limits: SearchLimits) {
    this.#limits = limits;
    this.#freeBytes = limits.bytesMax;
  }

  get freeMatchCount(): number {
    return this.#limits.matchCountMax - this.#lines.count;
  }

  /** No more matches can be shown. */
  get isFull(): boolean {
    return this.#isFull || this.freeMatchCount <= 0;
  }

  /** No more files may be looked at. */
  get isSpent(): boolean {
    return this.#spent !== undefined;
  }

  /** Counts a file that was come by, whether it is wanted or not. */
  countSeen(): void {
    this.#seenCount++;
    if (this.#seenCount > this.#limits.fileCountMax)
      this.#spent ??= counted(this.#limits.fileCountMax, "file");
  }

  /** Whether a file of this size is to be read; it is counted as passed over where it is not. */
  admit(sizeBytes: number): boolean {
    if (sizeBytes > this.#limits.fileBytesMax) {
      this.#largeCount++;
      return false;
    }
    if (sizeBytes > this.#freeBytes) this.#spent ??= counted(this.#limits.bytesMax, "byte");
    if (this.isSpent) return false;
    this.#freeBytes -= sizeBytes;
    return true;
  }

  countUnreadable(): void {
    this.#unreadableCount++;
  }

  add(path: string, matches: FileMatches): void {
    if (matches === "binary") {
      this.#binaryCount++;
      return;
    }
    this.#searchedCount++;
    if (matches.length > 0) this.#matchingFileCount++;
    for (const { line, excerpt } of matches) {
      if (!this.#lines.add(`${printable(path)}:${line}: ${excerpt}`)) this.#isFull = true;
    }
  }

  toOutput(): ToolOutput {
    return {
      content: this.#lines.endWith(this.#summary()),
      details: {
        matchCount: this.#lines.count,
        matchingFileCount: this.#matchingFileCount,
        searchedFileCount: this.#searchedCount,
        complete: !this.isFull && !this.isSpent,
      },
    };
  }

  #summary(): string {
    const matchCount = this.#lines.count;
    const found =
      matchCount === 0
        ? "no line matches"
        : `${matchCount} matching ${matchCount === 1 ? "line" : "lines"} in ${counted(this.#matchingFileCount, "file")}`;
    const parts = [`${found}; ${counted(this.#searchedCount, "file")} searched`];
    const passedOver = [
      [this.#binaryCount, "binary"],
      [this.#largeCount, `larger than ${this.#limits.fileBytesMax} bytes`],
      [this.#unreadableCount, "unreadable"],
    ] as const;
    const said = passedOver.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
    if (said.length > 0) parts.push(`passed over: ${said.join(", ")}`);
    if (this.isFull) parts.push("there may be more: narrow the pattern or the path");
    if (this.#spent !== undefined) parts.push(`stopped after ${this.#spent}: search a folder below`);
    return parts.join("; ");
  }
}
