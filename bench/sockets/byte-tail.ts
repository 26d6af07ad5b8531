// The last bytes of a stream, for readers that wait for its end and do not look at the rest.

const tailBytes = 512;

export class ByteTail {
  byteCount = 0;
  #tail: Buffer = Buffer.alloc(0);

  push(bytes: Buffer): void {
    this.byteCount += bytes.length;
    const joined = bytes.length >= tailBytes ? bytes : Buffer.concat([this.#tail, bytes]);
    this.#tail = joined.subarray(-tailBytes);
  }

  /** Whether the last 512 bytes hold this text. */
  holds(text: string): boolean {
    return this.#tail.includes(text);
  }

  reset(): void {
    this.byteCount = 0;
    this.#tail = Buffer.alloc(0);
  }
}
