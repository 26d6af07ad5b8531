// Counts the WebSocket frames in a server's bytes without looking into them, so that a thousand readers cost little.

export class FrameCounter {
  /** Whole heads of text frames that came so far. */
  textCount = 0;
  /** Bytes of the frame under way that are still to come. */
  #left = 0;
  /** A head that was cut by the end of a chunk. */
  #cut: Buffer | undefined;

  push(bytes: Buffer): void {
    const chunk = this.#cut === undefined ? bytes : Buffer.concat([this.#cut, bytes]);
    this.#cut = undefined;
    this.#walk(chunk);
  }

  /** Begins to count anew, at the place in the stream where it is. */
  reset(): void {
    this.textCount = 0;
  }

  #walk(chunk: Buffer): void {
    let at = Math.min(this.#left, chunk.length);
    this.#left -= at;
    while (at < chunk.length) {
      const headBytes = headBytesAt(chunk, at);
      if (at + headBytes > chunk.length) {
        this.#cut = chunk.subarray(at);
        return;
      }
      if (((chunk[at] ?? 0) & 0x0f) === textOpcode) this.textCount += 1;
      const end = at + headBytes + payloadBytesAt(chunk, at);
      this.#left = Math.max(0, end - chunk.length);
      at = Math.min(end, chunk.length);
    }
  }
}

const textOpcode = 1;

/** The texts in bytes that begin and end with a frame. */
export function textsIn(bytes: Buffer): readonly string[] {
  const texts: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const from = at + headBytesAt(bytes, at);
    const end = from + payloadBytesAt(bytes, at);
    if (((bytes[at] ?? 0) & 0x0f) === textOpcode) texts.push(bytes.toString("utf8", from, end));
    at = end;
  }
  return texts;
}

/** Of a frame without a mask, as servers send them. 2 where not even that much is there. */
function headBytesAt(chunk: Buffer, at: number): number {
  const length = chunk[at + 1] ?? 0;
  return length === 127 ? 10 : length === 126 ? 4 : 2;
}

function payloadBytesAt(chunk: Buffer, at: number): number {
  const length = chunk[at + 1] ?? 0;
  if (length === 127) return Number(chunk.readBigUInt64BE(at + 2));
  return length === 126 ? chunk.readUInt16BE(at + 2) : length;
}
