// Numbers that only grow, also from one start of the process to the next. They are reserved in blocks: the mark that
// says up to where is written together with the first commit that uses a number of the block, so no number that
// anybody has seen can come again, and hardly any commit writes a mark.

const blockSize = 2 ** 20;

export class VersionLedger {
  #last: number;
  #reserved: number;

  /** `mark` is the last number that may have been used before this start; 0 for a new store. */
  constructor(mark: number) {
    this.#last = mark;
    this.#reserved = mark;
  }

  take(): number {
    return ++this.#last;
  }

  /** The mark that must be durable with the numbers taken so far; undefined where it already is. */
  reserve(): number | undefined {
    if (this.#last <= this.#reserved) return undefined;
    this.#reserved = this.#last + blockSize;
    return this.#reserved;
  }
}
