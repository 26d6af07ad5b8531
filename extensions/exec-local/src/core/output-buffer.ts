/** Keeps the first bytes of an output as text, and counts the others. */
export class OutputBuffer {
  readonly #decoder = new TextDecoder();
  #onText: ((text: string) => void) | undefined;
  #freeBytes: number;
  #droppedBytes = 0;
  #text = "";
  #closed = false;

  constructor(bytesMax: number, onText?: (text: string) => void) {
    this.#freeBytes = bytesMax;
    this.#onText = onText;
  }

  /** Takes a chunk; its memory may be used again afterwards. */
  add(chunk: Uint8Array): void {
    if (this.#closed) return;
    const kept = chunk.subarray(0, this.#freeBytes);
    this.#freeBytes -= kept.length;
    this.#droppedBytes += chunk.length - kept.length;
    if (kept.length > 0) this.#say(this.#decoder.decode(kept, { stream: true }));
  }

  /** Ends the output; what comes later is ignored. */
  close(): { readonly output: string; readonly droppedBytes: number } {
    if (!this.#closed) {
      this.#closed = true;
      // After a cut, an unfinished character is the limit's doing: it is left out instead of shown as damage.
      if (this.#droppedBytes === 0) this.#say(this.#decoder.decode());
    }
    return { output: this.#text, droppedBytes: this.#droppedBytes };
  }

  #say(text: string): void {
    if (text === "") return;
    this.#text += text;
    try {
      this.#onText?.(text);
    } catch {
      // A listener that fails is not asked again; the command and the daemon go on without it.
      this.#onText = undefined;
    }
  }
}
