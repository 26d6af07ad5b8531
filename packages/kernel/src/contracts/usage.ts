/**
 * Tokens of one model call, in one form for every provider. `null` = the provider did not report it.
 *
 * The cached and written tokens are parts of `inputTokens`; the reasoning tokens are part of `outputTokens`.
 */
export interface Usage {
  /** The whole prompt, cached and cache-written tokens included. */
  readonly inputTokens: number | null;
  /** Everything that the model produced, reasoning included. */
  readonly outputTokens: number | null;
  readonly cacheReadTokens: number | null;
  readonly cacheWriteTokens: number | null;
  readonly reasoningTokens: number | null;
}
