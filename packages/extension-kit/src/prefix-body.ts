// A JSON request body that grows at its end, for adapters that send the whole conversation with every request.
//
// Rendering and encoding a long conversation again for each step costs as much as the conversation is long. Here the
// bytes of what was rendered stay in one buffer, and a request costs what is new.
//
// Invariants
//   P1  The bytes of a body that was handed out never change before it is given back.
//   P2  A body that is never given back costs a copy of the buffer, not a wrong request.

/** Head, items with commas between them, tail. The head is fixed, the items grow, the tail is new each time. */
export class PrefixBody {
  #buffer: Buffer;
  /** Bytes of the head and the items. */
  #length: number;
  #itemCount = 0;
  readonly #pieces: string[] | undefined;
  /** Bodies that lie in the buffer and may still be on their way. */
  readonly #lent = new Set<Uint8Array>();

  /**
   * `head` is JSON text up to where the first item goes, for example `{"stream":true,"messages":[`. Where `pieces` are
   * given, the text of each item is added to them, with the comma before it.
   */
  constructor(head: string, pieces?: string[]) {
    this.#pieces = pieces;
    this.#buffer = Buffer.allocUnsafeSlow(Math.max(16_384, Buffer.byteLength(head) * 2));
    this.#length = this.#buffer.write(head);
  }

  get itemCount(): number {
    return this.#itemCount;
  }

  /** Adds an item, as JSON text, after those that are there. */
  append(jsonText: string): void {
    const text = this.#itemCount === 0 ? jsonText : `,${jsonText}`;
    this.#makeRoom(Buffer.byteLength(text));
    this.#length += this.#buffer.write(text, this.#length);
    this.#itemCount += 1;
    this.#pieces?.push(text);
  }

  /**
   * The whole body; `tail` is JSON text from behind the last item to the end, for example `]}`.
   *
   * It is a view, valid until it is given back; it must not be written to.
   */
  bytes(tail: string): Uint8Array {
    const tailLength = Buffer.byteLength(tail);
    this.#makeRoom(tailLength);
    this.#buffer.write(tail, this.#length);
    const body = this.#buffer.subarray(0, this.#length + tailLength);
    this.#lent.add(body);
    return body;
  }

  /** Says that the request with this body is over, so that its bytes may be written over. Any other value is ignored. */
  giveBack(body: Uint8Array): void {
    this.#lent.delete(body);
  }

  /** Makes the bytes behind the items ours to write: in a new buffer where a lent body still needs them. */
  #makeRoom(byteCount: number): void {
    const needed = this.#length + byteCount;
    if (this.#lent.size === 0 && needed <= this.#buffer.length) return;
    const size = needed <= this.#buffer.length ? this.#buffer.length : needed * 2;
    const buffer = Buffer.allocUnsafeSlow(size);
    this.#buffer.copy(buffer, 0, 0, this.#length);
    this.#buffer = buffer;
    this.#lent.clear();
  }
}
