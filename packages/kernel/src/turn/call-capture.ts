// What went over the wire of one model call, for the trace.
import type { ModelCallCapture } from "../contracts/provider.ts";
import type { Body, Span } from "../logging/span.ts";

/** More of an answer is not kept: it would only be the overhead of a stream that has its content in the log as well. */
const responseBytesMax = 33_554_432;

export class CallCapture implements ModelCallCapture {
  #request: Body | undefined;
  readonly #pieces: Uint8Array[] = [];
  #byteCount = 0;

  request(body: Body): void {
    this.#request ??= body;
  }

  response(bytes: Uint8Array): void {
    this.#byteCount += bytes.length;
    if (this.#byteCount <= responseBytesMax) this.#pieces.push(bytes);
  }

  /**
   * @param withheld The answer held a secret. On the wire it may be cut into pieces that no pattern finds, so none of
   *   them is kept.
   */
  handOver(span: Span, withheld: boolean): void {
    if (this.#request !== undefined) span.body("request", this.#request);
    if (this.#byteCount > 0) span.body("response", this.#response(withheld));
  }

  #response(withheld: boolean): Body {
    const note = withheld
      ? "[withheld: the answer held a secret]"
      : this.#byteCount > responseBytesMax
        ? `[cut: the answer was ${this.#byteCount} bytes long]`
        : "";
    const items = withheld ? [] : this.#pieces;
    return { head: "", items, itemCount: items.length, tail: note };
  }
}
