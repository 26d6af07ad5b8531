// Messages over a pipe: four bytes that say how long the next one is, highest first, and the message as JSON.

const headBytes = 4;

export function frameOf(message: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(message), "utf8");
  const head = Buffer.alloc(headBytes);
  head.writeUInt32BE(body.length);
  return Buffer.concat([head, body]);
}

/** Puts messages together from the pieces in which they arrive. */
export class FrameReader {
  readonly #bytesMax: number;
  #pieces: Buffer[] = [];
  #heldBytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** The messages that are complete now, parsed. Throws where one is too long or no JSON. */
  push(piece: Buffer): unknown[] {
    this.#pieces.push(piece);
    this.#heldBytes += piece.length;
    const messages: unknown[] = [];
    for (;;) {
      const bytes = this.#nextLength();
      if (bytes === null || this.#heldBytes < headBytes + bytes) return messages;
      const held = this.#join();
      messages.push(JSON.parse(held.toString("utf8", headBytes, headBytes + bytes)));
      this.#pieces = [held.subarray(headBytes + bytes)];
      this.#heldBytes -= headBytes + bytes;
    }
  }

  #nextLength(): number | null {
    if (this.#heldBytes < headBytes) return null;
    if ((this.#pieces[0]?.length ?? 0) < headBytes) this.#join();
    const bytes = (this.#pieces[0] as Buffer).readUInt32BE(0);
    if (bytes > this.#bytesMax)
      throw new RangeError(`A message of ${bytes} bytes is more than ${this.#bytesMax}`);
    return bytes;
  }

  #join(): Buffer {
    const held = this.#pieces.length === 1 ? (this.#pieces[0] as Buffer) : Buffer.concat(this.#pieces);
    this.#pieces = [held];
    return held;
  }
}
