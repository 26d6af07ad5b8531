// Usage as the Messages API reports it: in pieces, the later of which replace the earlier.
import { type JsonObject, objectOf, tokenCount, type Unchecked, type Usage } from "@lathe/extension-kit";

export class MessagesUsage {
  #uncached: number | null = null;
  #cacheRead: number | null = null;
  #cacheWrite: number | null = null;
  #output: number | null = null;
  #thinking: number | null = null;

  take(usage: JsonObject): void {
    this.#uncached = later(usage.input_tokens, this.#uncached);
    this.#cacheRead = later(usage.cache_read_input_tokens, this.#cacheRead);
    this.#cacheWrite = later(usage.cache_creation_input_tokens, this.#cacheWrite);
    this.#output = later(usage.output_tokens, this.#output);
    this.#thinking = later(objectOf(usage.output_tokens_details)?.thinking_tokens, this.#thinking);
  }

  /** In the contract's form: what the API calls input is only what the cache did not hold. */
  get whole(): Usage {
    const cached = (this.#cacheRead ?? 0) + (this.#cacheWrite ?? 0);
    return {
      inputTokens: this.#uncached === null ? null : this.#uncached + cached,
      outputTokens: this.#output,
      cacheReadTokens: this.#cacheRead,
      cacheWriteTokens: this.#cacheWrite,
      reasoningTokens: this.#thinking,
    };
  }
}

function later(value: Unchecked, earlier: number | null): number | null {
  return tokenCount(value) ?? earlier;
}
