// Frames between the daemon and a guest: four bytes of length, most significant first, and JSON in UTF-8.

const headerBytes = 4;

export function toFrame(message: object): Buffer {
  const text = JSON.stringify(message);
  const bodyBytes = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(headerBytes + bodyBytes);
  frame.writeUInt32BE(bodyBytes, 0);
  frame.write(text, headerBytes);
  return frame;
}

/** Cuts a stream into the bodies of frames. Holds no more than one frame of the largest size, and one chunk. */
export class FrameReader {
  readonly #frameBytesMax: number;
  #chunks: Buffer[] = [];
  #heldBytes = 0;
  #wantedBytes = headerBytes;
  #bodyBytes: number | undefined;
  #isShut = false;

  constructor(frameBytesMax: number) {
    this.#frameBytesMax = frameBytesMax;
  }

  /** Yields each body that is whole by now; "too-large" where a header announces more than may be, and nothing after that. */
  *read(chunk: Buffer): Generator<Buffer | "too-large"> {
    if (this.#isShut) return;
    this.#chunks.push(chunk);
    this.#heldBytes += chunk.length;
    while (this.#heldBytes >= this.#wantedBytes) {
      const part = this.#take(this.#wantedBytes);
      if (this.#bodyBytes !== undefined) {
        this.#expect(headerBytes, undefined);
        yield part;
        continue;
      }
      const bodyBytes = part.readUInt32BE(0);
      if (bodyBytes > this.#frameBytesMax) {
        this.#isShut = true;
        yield "too-large";
        return;
      }
      this.#expect(bodyBytes, bodyBytes);
    }
  }

  #expect(wantedBytes: number, bodyBytes: number | undefined): void {
    this.#wantedBytes = wantedBytes;
    this.#bodyBytes = bodyBytes;
  }

  #take(bytes: number): Buffer {
    const held = this.#chunks.length === 1 ? this.#chunks[0] : undefined;
    const whole = held ?? Buffer.concat(this.#chunks, this.#heldBytes);
    this.#chunks = whole.length === bytes ? [] : [whole.subarray(bytes)];
    this.#heldBytes -= bytes;
    return whole.subarray(0, bytes);
  }
}
