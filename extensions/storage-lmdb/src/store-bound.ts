// Keeps the store below the size that it was given.
import { StorageReadOnlyError } from "@lathe/kernel";

export interface BoundDesk {
  /** 0 = as much as the disk takes. */
  readonly usedBytesMax: number;
  /** Of the file, what holds something. */
  readonly usedBytes: () => number;
}

export class StoreBound {
  readonly #desk: BoundDesk;
  #usedBytes: number | undefined;

  constructor(desk: BoundDesk) {
    this.#desk = desk;
  }

  get isSet(): boolean {
    return this.#desk.usedBytesMax > 0;
  }

  /** To be called after each transaction. */
  changed(): void {
    this.#usedBytes = undefined;
  }

  /** Why so many more bytes must not be stored; undefined = they may. */
  refusalOf(bytes: number): StorageReadOnlyError | undefined {
    const { usedBytesMax, usedBytes } = this.#desk;
    if (!this.isSet) return undefined;
    this.#usedBytes ??= usedBytes();
    if (this.#usedBytes + bytes <= usedBytesMax) return undefined;
    return new StorageReadOnlyError(
      `The store is at its bound of ${usedBytesMax} bytes (storeBytesMax). Remove old things with lathe state prune, or raise it.`,
    );
  }
}
