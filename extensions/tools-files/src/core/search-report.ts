import type { ToolOutput } from "@lathe/kernel";
import { counted, printable } from "./answer.ts";
import type { FileMatches } from "./match-lines.ts";

export interface SearchLimits {
  readonly matchCountMax: number;
  readonly searchFileBytesMax: number;
  readonly searchBytesMax: number;
}

/** Gathers what a search found, what it passed over, and when it has enough. */
export class SearchReport {
  readonly #limits: SearchLimits;
  readonly #lines: string[] = [];
  #freeBytes: number;
  #searchedCount = 0;
  #matchingFileCount = 0;
  #binaryCount = 0;
  #largeCount = 0;
  #unreadableCount = 0;
  #outOfBytes = false;

  constructor(limits: SearchLimits) {
    this.#limits = limits;
    this.#freeBytes = limits.searchBytesMax;
  }

  get freeMatchCount(): number {
    return this.#limits.matchCountMax - this.#lines.length;
  }

  get isFull(): boolean {
    return this.freeMatchCount <= 0;
  }

  /** Whether a file of this size is to be read; it is counted as passed over where it is not. */
  admit(sizeBytes: number): boolean {
    if (sizeBytes > this.#limits.searchFileBytesMax) {
      this.#largeCount++;
      return false;
    }
    this.#outOfBytes ||= sizeBytes > this.#freeBytes;
    if (this.#outOfBytes) return false;
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
    for (const { line, excerpt } of matches) this.#lines.push(`${printable(path)}:${line}: ${excerpt}`);
  }

  toOutput(): ToolOutput {
    return {
      content: [...this.#lines, `[${this.#summary()}]`].join("\n"),
      details: {
        matchCount: this.#lines.length,
        matchingFileCount: this.#matchingFileCount,
        searchedFileCount: this.#searchedCount,
        complete: !this.isFull && !this.#outOfBytes,
      },
    };
  }

  #summary(): string {
    const found =
      this.#lines.length === 0
        ? "no line matches"
        : `${this.#lines.length} matching ${this.#lines.length === 1 ? "line" : "lines"} in ${counted(this.#matchingFileCount, "file")}`;
    const parts = [`${found}; ${counted(this.#searchedCount, "file")} searched`];
    const passedOver = [
      [this.#binaryCount, "binary"],
      [this.#largeCount, `larger than ${this.#limits.searchFileBytesMax} bytes`],
      [this.#unreadableCount, "unreadable"],
    ] as const;
    const said = passedOver.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
    if (said.length > 0) parts.push(`passed over: ${said.join(", ")}`);
    if (this.isFull) parts.push("there may be more: narrow the pattern or the path");
    if (this.#outOfBytes) {
      parts.push(`stopped after ${this.#limits.searchBytesMax} bytes: search a folder below`);
    }
    return parts.join("; ");
  }
}
