import type { Usage } from "../contracts/usage.ts";

/** A model by the names that a turn knows it by: its provider's, and its own there. */
export interface ModelName {
  readonly provider: string;
  readonly model: string;
}

/** USD per million tokens. */
export interface ModelPrice {
  readonly input: number;
  readonly output: number;
  /** Of the part of the input that the provider had cached; as `input` where absent. */
  readonly cacheRead?: number;
  /** Of the part of the input that the provider cached; as `input` where absent. */
  readonly cacheWrite?: number;
}

/** Input and output together; what was not reported counts 0. */
export function tokensOf({ inputTokens, outputTokens }: Usage): number {
  return (inputTokens ?? 0) + (outputTokens ?? 0);
}

/** What it costs, in USD; what was not reported costs 0. */
export function usdOf(usage: Usage, price: ModelPrice): number {
  const { cacheReadTokens, cacheWriteTokens, inputTokens, outputTokens } = usage;
  const [read, written] = [cacheReadTokens ?? 0, cacheWriteTokens ?? 0];
  // The cached tokens are parts of the input; a provider that counts otherwise must not make it cost less than nothing.
  const fresh = Math.max(0, (inputTokens ?? 0) - read - written);
  const { input, output, cacheRead = input, cacheWrite = input } = price;
  const perMillion = fresh * input + read * cacheRead + written * cacheWrite + (outputTokens ?? 0) * output;
  return perMillion / 1_000_000;
}
