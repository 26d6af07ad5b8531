// What may be on a disk after a power cut: everything that was flushed, and of the rest any part.
//
// A page of 4 KiB that was written and not flushed is there as it was before, or as it was after any of the writes since
// then, or mixed of two of these in sectors of 512 bytes. The file may have its new length or its flushed one.

import type { RandomNumbers } from "../random-numbers.ts";
import type { JournalRecord } from "./journal.ts";

const pageBytes = 4_096;
const sectorBytes = 512;

export class DiskModel {
  readonly #flushed = new Map<number, Buffer>();
  /** Of each page that was written since, what it held after each write. */
  readonly #pending = new Map<number, Buffer[]>();
  #flushedLength = 0;
  #length = 0;
  /** While a flush is under way: how much of what is pending it covers. */
  #covered: ReadonlyMap<number, number> = new Map();
  #coveredLength = 0;
  #flushedWrite: readonly number[] = [];

  get pendingPageCount(): number {
    return this.#pending.size;
  }

  apply(record: JournalRecord): void {
    if (record.kind === "write") this.#write(record.offset, record.bytes, record.isFlushed);
    if (record.kind === "write-returned") this.#settleWrite();
    if (record.kind === "flush") {
      this.#covered = new Map(Array.from(this.#pending, ([page, versions]) => [page, versions.length]));
      this.#coveredLength = this.#length;
    }
    if (record.kind === "flush-returned") {
      for (const [page, count] of this.#covered) this.#settle(page, count);
      this.#flushedLength = this.#coveredLength;
    }
    if (record.kind === "length") this.#length = record.bytes;
  }

  /** One of the files that a power cut at this moment may leave. */
  image(random: RandomNumbers): Buffer {
    const length = random.below(2) === 0 ? this.#length : this.#flushedLength;
    const image = Buffer.alloc(length);
    const put = (page: number, content: Buffer): void => {
      if (page * pageBytes < length) content.copy(image, page * pageBytes);
    };
    for (const [page, content] of this.#flushed) put(page, content);
    for (const [page, versions] of this.#pending) put(page, this.#survivor(page, versions, random));
    return image;
  }

  #write(offset: number, bytes: Buffer, isFlushed: boolean): void {
    const pages: number[] = [];
    for (let page = Math.floor(offset / pageBytes); page * pageBytes < offset + bytes.length; page++) {
      const versions = this.#pending.get(page) ?? [];
      const content = Buffer.from(versions.at(-1) ?? this.#flushedPage(page));
      const from = page * pageBytes - offset;
      bytes.copy(content, Math.max(0, -from), Math.max(0, from), Math.min(bytes.length, from + pageBytes));
      this.#pending.set(page, [...versions, content]);
      pages.push(page);
    }
    this.#length = Math.max(this.#length, offset + bytes.length);
    if (isFlushed) this.#flushedWrite = pages;
  }

  #settleWrite(): void {
    for (const page of this.#flushedWrite) {
      this.#settle(page, this.#pending.get(page)?.length ?? 0);
      this.#flushedLength = Math.max(this.#flushedLength, Math.min(this.#length, (page + 1) * pageBytes));
    }
    this.#flushedWrite = [];
  }

  #settle(page: number, count: number): void {
    const versions = this.#pending.get(page) ?? [];
    const last = versions[count - 1];
    if (last !== undefined) this.#flushed.set(page, last);
    if (count < versions.length) this.#pending.set(page, versions.slice(count));
    else this.#pending.delete(page);
  }

  #survivor(page: number, versions: readonly Buffer[], random: RandomNumbers): Buffer {
    const all = [this.#flushedPage(page), ...versions];
    const one = all[random.below(all.length)] as Buffer;
    if (random.below(4) > 0) return one;
    const torn = Buffer.from(one);
    const other = all[random.below(all.length)] as Buffer;
    for (let at = 0; at < pageBytes; at += sectorBytes)
      if (random.below(2) === 0) other.copy(torn, at, at, at + sectorBytes);
    return torn;
  }

  #flushedPage(page: number): Buffer {
    return this.#flushed.get(page) ?? Buffer.alloc(pageBytes);
  }
}
