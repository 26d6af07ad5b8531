// Random bytes, bought in bulk: one call to the system serves some hundred identifiers.
import { randomFillSync } from "node:crypto";

const poolBytes = 4_096;

export class RandomPool {
  readonly #pool = Buffer.allocUnsafeSlow(poolBytes);
  #position = poolBytes;

  /** `byteCount` fresh random bytes as lower-case hexadecimal digits; at most 4,096. No byte is given twice. */
  hex(byteCount: number): string {
    const start = this.#take(byteCount);
    return this.#pool.toString("hex", start, start + byteCount);
  }

  /** A fresh random integer, from 0 to 65,535. */
  uint16(): number {
    return this.#pool.readUInt16BE(this.#take(2));
  }

  #take(byteCount: number): number {
    if (this.#position + byteCount > poolBytes) {
      randomFillSync(this.#pool);
      this.#position = 0;
    }
    const start = this.#position;
    this.#position += byteCount;
    return start;
  }
}
